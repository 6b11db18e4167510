"""Candidates over HTTP: handed in in bulk, and told back with states and reasons."""

import datetime as dt
import json

import time_machine
from django.test import TestCase

from articles.inbox import deciding
from articles.models import Article, AuditEntry, Candidate, LeftOut
from tests.support.factories import make_digest, publish
from tests.support.programs import ProgramClient, make_program, make_token, problem

ADDRESS = "/api/v1/candidates"
MORNING = "2026-01-03T06:00:00+09:00"
DAYS = {"from": "2026-01-01", "to": "2026-01-05"}
DAY, NEXT = dt.date(2026, 1, 2), dt.date(2026, 1, 4)
ONE = {"url": "https://hanbit.example/1?utm_source=a", "title": "새 라인 가동"}


class CandidatesTestCase(TestCase):
    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        self.program = make_program()
        self.client = ProgramClient(make_token(self.program, read=True))

    def send(self, *candidates, **more):
        body = json.dumps({"candidates": list(candidates)} | more)
        return self.client.post(ADDRESS, body, content_type="application/json")

    def told(self):
        return self.client.get(ADDRESS, DAYS).json()["candidates"]


class HandingInTests(CandidatesTestCase):
    def test_many_at_once_are_taken_and_the_same_again_is_known(self):
        other = {"url": "https://garam.example/2", "score": 0.5, "published_on": "2026-01-02"}
        first, again = self.send(ONE, other), self.send(ONE, other)
        self.assertEqual((first.status_code, again.status_code), (201, 200))
        account = first.json()
        self.assertEqual((account["new"], account["known"], account["refused"]), (2, 0, 0))
        self.assertEqual([row["fate"] for row in account["candidates"]], ["new", "new"])
        self.assertEqual(account["candidates"][0]["url"], ONE["url"])
        self.assertEqual([row["state"] for row in again.json()["candidates"]], ["new", "new"])
        self.assertEqual(Candidate.objects.count(), 2)
        came = AuditEntry.objects.get(action="candidates-came")
        self.assertEqual(came.actor_name, self.program.name)

    def test_one_without_a_web_address_is_refused_and_the_others_are_taken(self):
        account = self.send(ONE, {"title": "주소 없음"}).json()
        self.assertEqual([row["fate"] for row in account["candidates"]], ["new", "refused"])
        self.assertIn("https://", account["candidates"][1]["why"])

    def test_each_row_has_all_keys_and_the_address_as_it_was_sent(self):
        long = {"url": f"https://hanbit.example/{'1' * 300}"}
        taken, refused = self.send(long, {"url": "hanbit"}).json()["candidates"]
        self.assertEqual((taken["url"], refused["url"]), (long["url"], "hanbit"))
        self.assertEqual(list(refused), list(taken))
        self.assertEqual((refused["state"], refused["used_on"]), (None, None))

    def test_an_address_that_is_too_long_is_told_as_that(self):
        long = {"url": f"https://hanbit.example/{'1' * 2_000}"}
        (row,) = self.send(long).json()["candidates"]
        self.assertEqual(row["fate"], "refused")
        self.assertIn("2000자", row["why"])

    def test_what_has_another_shape_is_refused_with_its_place(self):
        for wrong, place in (
            ({"url": 5}, "/candidates/0/url"),
            (ONE | {"score": "viel"}, "/candidates/0/score"),
            (ONE | {"score": True}, "/candidates/0/score"),
            (ONE | {"published_on": "gestern"}, "/candidates/0/published_on"),
            (ONE | {"excerpt": "x" * 4_001}, "/candidates/0/excerpt"),
            ("https://hanbit.example/1", "/candidates/0"),
        ):
            with self.subTest(place, wrong=str(wrong)[:60]):
                told = problem(self, self.send(wrong), 422, "unusable")
                self.assertEqual([error["pointer"] for error in told["errors"]], [place])
        for body in ("{}", "[]", json.dumps({"candidates": [ONE] * 501})):
            answer = self.client.post(ADDRESS, body, content_type="application/json")
            problem(self, answer, 422, "unusable")
        answer = self.client.post(ADDRESS, "a: b", content_type="application/json")
        problem(self, answer, 400, "malformed")
        self.assertFalse(Candidate.objects.exists())

    def test_unknown_keys_are_named_and_unknown_parameters_refused(self):
        self.assertIn("summary", self.send(ONE | {"summary": "x"}).json()["notices"][0])
        body = json.dumps({"candidates": [ONE]})
        answer = self.client.post(f"{ADDRESS}?dry_run=1", body, content_type="application/json")
        problem(self, answer, 400, "malformed")

    def test_each_method_needs_its_scope(self):
        only_push = ProgramClient(make_token(self.program))
        only_read = ProgramClient(make_token(self.program, push=False, read=True))
        problem(self, only_push.get(ADDRESS, DAYS), 403, "insufficient-scope")
        answer = only_read.post(ADDRESS, "{}", content_type="application/json")
        problem(self, answer, 403, "insufficient-scope")
        problem(self, only_push.put(ADDRESS), 405, "method-not-allowed")


class ReadingTests(CandidatesTestCase):
    def decide(self):
        self.send(
            *(
                {"url": f"https://hanbit.example/{n}", "title": f"{n}번 소식", "excerpt": "비밀"}
                for n in range(5)
            )
        )
        rows = list(Candidate.objects.order_by("pk"))
        deciding.reject(rows[0], "광고", by=None)
        publish(deciding.choose(rows[1], DAY, by=None).digest)
        deciding.choose(rows[2], NEXT, by=None)
        left = deciding.choose(rows[3], NEXT, by=None).candidate
        Article.objects.filter(uid=left.article_uid).delete()
        LeftOut.objects.create(
            **{"article_uid": left.article_uid, "date": NEXT, "reason": "weak"},
            left_out_at=left.came_at,
        )

    def test_states_and_reasons_are_told(self):
        self.decide()
        rows = [(row["state"], row["reason"], row["used_on"]) for row in self.told()]
        weak = str(LeftOut.Reason.WEAK.label)
        self.assertEqual(
            rows,
            [
                ("rejected", "광고", None),
                ("used", None, DAY.isoformat()),
                ("chosen", None, None),
                ("left-out", weak, None),
                ("new", None, None),
            ],
        )

    def test_excerpts_are_not_told(self):
        self.decide()
        self.assertNotIn("비밀", self.client.get(ADDRESS, DAYS).content.decode())

    def test_a_program_gets_its_own_candidates_of_those_days_only(self):
        self.send(ONE)
        other = ProgramClient(make_token(make_program("다른 수집기"), read=True))
        self.assertEqual(other.get(ADDRESS, DAYS).json(), {"candidates": []})
        days = {"from": "2026-01-04", "to": "2026-01-05"}
        self.assertEqual(self.client.get(ADDRESS, days).json(), {"candidates": []})
        for days in ({}, {"from": "2026-01-01", "to": "2026-01-08"}):
            problem(self, self.client.get(ADDRESS, days), 400, "malformed")

    def test_a_page_that_a_digest_has_already_is_told_as_used(self):
        make_digest("2026-01-02")
        account = self.send({"url": "https://hanbit.example/2026/01/02/1"}).json()
        self.assertEqual(account["candidates"][0]["used_on"], "2026-01-02")
