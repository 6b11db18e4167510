"""Reading digests over HTTP: drafts and public ones, and nothing of what is withdrawn."""

import json

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from articles.digests import publishing, revisions, trash
from articles.models import Digest
from articles.posts import json_document
from tests.support.factories import make_article, make_digest
from tests.support.programs import ProgramClient, make_token, problem

DAY = "2026-01-03"
ADDRESS = f"/api/v1/digests/{DAY}"
LIST = "/api/v1/digests"


class ReadingTestCase(TestCase):
    def setUp(self):
        self.client = ProgramClient(make_token(push=False, read=True))

    def list(self, first, last):
        return self.client.get(LIST, {"from": first, "to": last})


class DigestTests(ReadingTestCase):
    def test_document_is_that_of_the_operator_with_the_status(self):
        digest = make_digest(DAY, published=False)
        make_article(digest, headline="셋째 기사")
        digest.articles.update(unread_citations=[[0, "알 수 없는 줄"]])
        told = self.client.get(ADDRESS).json()
        self.assertEqual(told.pop("status"), "draft")
        document = json_document.from_snapshot(revisions.snapshot(digest), for_readers=False)
        self.assertEqual(told, document)
        self.assertIn("unread_citations", told["articles"][0])

    def test_public_digest_is_told_as_public(self):
        make_digest(DAY)
        told = self.client.get(ADDRESS).json()
        self.assertEqual(told["status"], "published")
        public = json.loads(self.client.get("/2026/01/03.json").content)
        self.assertEqual({**public, "status": "published"}, told)

    def test_withdrawn_deleted_and_missing_days_are_answered_alike(self):
        missing = self.client.get(ADDRESS)
        digest = make_digest(DAY)
        publishing.withdraw(digest)
        withdrawn = self.client.get(ADDRESS)
        trash.delete(Digest.objects.get())
        deleted = self.client.get(ADDRESS)
        problem(self, missing, 404, "not-found")
        for other in (withdrawn, deleted):
            self.assertEqual(other.content, missing.content)
            self.assertEqual(dict(other.items()), dict(missing.items()))

    def test_impossible_days_and_unknown_addresses_are_not_found(self):
        for path in (
            *("2026-02-30", "0000-01-01", "2999-13-01", "1899-12-31", "20260103", "2026-1-3"),
            *(f"{DAY}/", f"{DAY}/pushes/", f"{DAY}/pushes/1", "", "２０２６-01-03", f"{DAY}%0a"),
        ):
            for method in ("GET", "POST", "DELETE"):
                with self.subTest(f"{method} {path}"):
                    response = self.client.generic(method, f"{LIST}/{path}")
                    problem(self, response, 404, "not-found")

    def test_parameters_are_not_passed_over(self):
        make_digest(DAY)
        problem(self, self.client.get(f"{ADDRESS}?fields=title"), 400, "malformed")


class ListTests(ReadingTestCase):
    def test_days_come_in_order_with_their_status_and_without_withdrawn_ones(self):
        make_digest("2026-01-05", published=False)
        make_digest("2026-01-03")
        publishing.withdraw(make_digest("2026-01-04"))
        publishing.submit(make_digest("2026-01-06", published=False))
        make_digest("2026-01-07")
        told = self.list("2026-01-03", "2026-01-06").json()
        self.assertEqual(told.keys(), {"digests"})
        self.assertEqual(
            [(digest["date"], digest["status"]) for digest in told["digests"]],
            [("2026-01-03", "published"), ("2026-01-05", "draft"), ("2026-01-06", "in_review")],
        )
        self.assertEqual(told["digests"][0], self.client.get(ADDRESS).json())

    def test_days_without_a_digest_are_an_empty_list(self):
        self.assertEqual(self.list(DAY, DAY).json(), {"digests": []})

    def test_month_is_taken_and_no_day_more(self):
        self.assertEqual(self.list("2026-01-01", "2026-01-31").status_code, 200)
        problem(self, self.list("2026-01-01", "2026-02-01"), 400, "malformed")
        problem(self, self.list("1900-01-01", "2999-12-31"), 400, "malformed")

    def test_both_days_are_needed_and_must_be_possible(self):
        for query in (
            *("", "?from=2026-01-03", "?to=2026-01-03", "?from=&to=", "?from=x&to=2026-01-03"),
            *("?from=20260103&to=20260103", "?from=2026-W01-6&to=2026-W01-6", "?page=2"),
            *("?from=2026-02-30&to=2026-03-01", "?from=0001-01-01&to=0001-01-02"),
            *("?from=2026-01-04&to=2026-01-03", f"?from={'9' * 5000}&to=2026-01-03"),
            *("?from=2026-01-03&to=2026-01-03&to=2026-01-04", "?from=2026-01-03&to=2026-01-03&x=1"),
        ):
            with self.subTest(query[:60]):
                problem(self, self.client.get(f"{LIST}{query}"), 400, "malformed")

    def test_work_grows_with_the_digests_and_not_with_the_archive(self):
        make_digest(DAY)
        self.list(DAY, DAY)  # notes the use
        costs = []
        for day in ("2026-02-01", "2026-02-02", "2026-01-04"):
            make_digest(day)
            with CaptureQueriesContext(connection) as queries:
                self.list("2026-01-01", "2026-01-31")
            costs.append(len(queries))
        self.assertEqual(costs[0], costs[1])
        self.assertLessEqual(costs[2], costs[1] + 4)
