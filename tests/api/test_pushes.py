"""Handing in a digest over HTTP: answers, bodies that are none, and what a push never does."""

import hashlib
from unittest.mock import patch

import pytest
import time_machine
from django.db import IntegrityError, OperationalError
from django.http import UnreadablePostError
from django.test import TestCase
from django.utils import timezone

from articles.digests import publishing
from articles.models import Article, Digest, Push
from articles.posts.pushes.problems import Problem, Refused
from tests.support.factories import make_digest
from tests.support.programs import ProgramClient, make_program, make_token, problem, row_of

DAY = "2026-01-03"
ADDRESS = f"/api/v1/digests/{DAY}/pushes"
POST = """# 오늘의 모음

## 새 가속기 공개

### 요약
- 첫째 요점
- 둘째 요점

### 시사점
- **전망**: 내년에 더 커질 전망.

출처: [한빛일보](https://hanbit.example/2026/01/03/1)
"""
OTHER = POST.replace("둘째 요점", "다른 요점")


class PushTestCase(TestCase):
    def setUp(self):
        self.program = make_program()
        self.plain = make_token(self.program)
        self.client = ProgramClient(self.plain)

    def push(self, content=POST, **options):
        return self.client.push(DAY, content, **options)


class AnswerTests(PushTestCase):
    def test_first_push_makes_a_draft_and_the_same_again_changes_nothing(self):
        first, again = self.push(), self.push()
        self.assertEqual((first.status_code, again.status_code), (201, 200))
        self.assertEqual(first["Location"], f"/api/v1/digests/{DAY}")
        self.assertFalse(again.has_header("Location"))
        told = first.json()
        self.assertEqual(told["outcome"], "created")
        self.assertEqual(told["digest"]["status"], "draft")
        self.assertIn("/admin/articles/digest/", told["desk_url"])
        self.assertEqual([article["fate"] for article in told["articles"]], ["added"])
        self.assertEqual(again.json()["push"], told["push"])
        push = Push.objects.get()
        self.assertEqual(push.token, row_of(self.plain))
        self.assertEqual(push.fingerprint, hashlib.sha256(POST.encode()).hexdigest())

    def test_change_of_a_draft_is_created_and_a_suggestion_is_accepted(self):
        self.push()
        self.assertEqual(self.push(OTHER).status_code, 201)
        publishing.submit(Digest.objects.get())
        waiting = self.push(POST.replace("첫째", "새로운"))
        self.assertEqual(waiting.status_code, 202)
        self.assertFalse(waiting.has_header("Location"))
        self.assertGreater(waiting.json()["suggestions"], 0)

    def test_dry_run_writes_nothing(self):
        for query in ("?dry_run=1", "?dry_run=true"):
            response = self.push(query=query)
            self.assertEqual(response.status_code, 200)
            self.assertTrue(response.json()["dry_run"])
            self.assertEqual(response.json()["outcome"], "created")
            self.assertIsNone(response.json()["push"])
        self.assertFalse(Digest.objects.exists() or Push.objects.exists())
        self.assertEqual(self.push(query="?dry_run=0").status_code, 201)

    def test_parameter_that_is_not_understood_never_writes(self):
        for query in (
            *("?dry_run=yes", "?dry_run=", "?dry_run", "?dry-run=1", "?dryrun=1", "?publish=1"),
            *("?dry_run=1&dry_run=0", "?dry_run=1&x=1"),
        ):
            with self.subTest(query):
                problem(self, self.push(query=query), 400, "malformed")
        self.assertFalse(Push.objects.exists())

    def test_refusal_names_lines_and_pointers(self):
        places = [Problem("Mend this.", line=7), Problem("And this.", pointer="/articles/0/tags")]
        with patch("articles.api.views.receive", side_effect=Refused(422, places)):
            told = problem(self, self.push(), 422, "unusable")
        self.assertEqual(
            told["errors"],
            [
                {"line": 7, "detail": "Mend this."},
                {"pointer": "/articles/0/tags", "detail": "And this."},
            ],
        )
        self.assertIn("2", told["detail"])
        with patch("articles.api.views.receive", side_effect=Refused(422, places[:1])):
            self.assertEqual(problem(self, self.push(), 422, "unusable")["detail"], "Mend this.")

    def test_every_status_of_a_refusal_has_its_kind(self):
        for status, kind in (
            (400, "malformed"),
            (413, "too-large"),
            (415, "unknown-type"),
            (422, "unusable"),
        ):
            refused = Refused(status, [Problem("Mend this.")])
            with self.subTest(status), patch("articles.api.views.receive", side_effect=refused):
                problem(self, self.push(), status, kind)

    def test_text_that_is_no_digest_is_refused_and_recorded(self):
        told = problem(self, self.push(b"\xff\xfe\xff"), 400, "malformed")
        self.assertTrue(told["errors"])
        self.assertEqual(Push.objects.get().outcome, "refused")

    def test_number_of_requests_is_limited(self):
        one = patch("articles.api.limits.PER_MINUTE", {"push": 1, "read": 1})
        with one, time_machine.travel(timezone.now(), tick=False):
            self.assertEqual(self.push(query="?dry_run=1").status_code, 200)
            response = self.push(query="?dry_run=1")
        problem(self, response, 429, "too-many")
        self.assertIn(int(response["Retry-After"]), range(1, 61))


# A body is read before anything is asked of the database.
@pytest.mark.one_engine
class BodyTests(PushTestCase):
    def test_charset_is_utf_8_or_not_told(self):
        for media_type in (
            "text/markdown",
            "text/markdown; charset=utf-8",
            'TEXT/Markdown;CHARSET="UTF-8"',
            "text/markdown; charset=utf8",
            "text/markdown; variant=CommonMark",
        ):
            with self.subTest(media_type):
                response = self.push(media_type=media_type, query="?dry_run=1")
                self.assertEqual(response.status_code, 200)

    def test_other_media_types_are_refused_with_those_that_are_taken(self):
        for media_type in (
            *("", "text/plain", "text/html", "application/x-www-form-urlencoded", "text/*"),
            *("multipart/form-data; boundary=x", "text/markdown, text/plain", "markdown"),
            *("text/markdown; charset=euc-kr", "text/markdown; charset=utf-16"),
        ):
            with self.subTest(media_type):
                response = self.push(media_type=media_type)
                told = problem(self, response, 415, "unknown-type")
                self.assertIn("text/markdown", told["detail"])
                self.assertIn("text/markdown", response["Accept"])
        self.assertFalse(Push.objects.exists())

    def test_compressed_bodies_are_refused(self):
        for coding in ("gzip", "br", "identity, gzip"):
            response = self.push(headers={"Content-Encoding": coding})
            problem(self, response, 415, "unknown-type")
            self.assertEqual(response["Accept-Encoding"], "identity")
        response = self.push(headers={"Content-Encoding": "identity"})
        self.assertEqual(response.status_code, 201)

    def test_a_megabyte_is_taken_and_no_byte_more(self):
        with patch("articles.api.views.receive", side_effect=Refused(422, [Problem("x.")])):
            self.assertEqual(self.push("x" * 1_000_000).status_code, 422)
            problem(self, self.push("x" * 1_000_001), 413, "too-large")

    def test_length_is_looked_at_before_the_body_is_read(self):
        for length in ("1000001", "9" * 15, "9" * 400):
            with self.subTest(length), patch("django.http.HttpRequest.body", None):
                response = self.push("x", CONTENT_LENGTH=length)
                problem(self, response, 413, "too-large")

    def test_body_that_is_longer_than_told_is_cut_where_it_was_to_end(self):
        response = self.push(POST + "x" * 2_000_000, CONTENT_LENGTH=str(len(POST.encode())))
        self.assertEqual(response.status_code, 201)

    def test_body_that_did_not_arrive_whole_is_refused(self):
        for read in (
            {"return_value": POST.encode()[:-1]},
            {"return_value": b""},
            {"side_effect": UnreadablePostError},
        ):
            with self.subTest(read), patch("django.http.HttpRequest.read", **read):
                problem(self, self.push(), 400, "malformed")
        self.assertFalse(Push.objects.exists())

    def test_body_in_chunks_is_refused(self):
        response = self.push(CONTENT_LENGTH="", headers={"Transfer-Encoding": "chunked"})
        problem(self, response, 411, "length-required")

    def test_empty_body_is_refused(self):
        for length in ("0", "", "-1"):
            with self.subTest(length):
                problem(self, self.push("x", CONTENT_LENGTH=length), 400, "malformed")


class PowerTests(PushTestCase):
    """A token publishes nothing, plans nothing and signs nothing."""

    def test_front_matter_and_notes_do_not_publish_or_sign(self):
        head = "---\npublished: true\nstatus: published\ndate: 2026-01-03 07:00:00\n---\n"
        signed = POST + "\n작성: 사람\n검토: 민지\n"
        self.assertEqual(self.push(head + signed).status_code, 201)
        digest, article = Digest.objects.get(), Article.objects.get()
        self.assertEqual(digest.status, Digest.Status.DRAFT)
        self.assertIsNone(digest.publish_at)
        self.assertIsNone(digest.published_at)
        self.assertEqual((article.drafted_by, article.read_by), ("ai", ""))
        self.assertFalse(article.is_ready)

    def test_public_digest_keeps_every_byte(self):
        make_digest(DAY)
        pages = ("/", "/2026/01/03/", "/2026/01/03.json", "/feeds/digests.atom")
        before = [self.client.get(path).content for path in pages]
        self.assertEqual(self.push().status_code, 202)
        self.assertEqual([self.client.get(path).content for path in pages], before)


class FaultTests(PushTestCase):
    def test_token_that_is_deleted_while_a_push_runs_is_one_that_does_not_work(self):
        def deleting(handed, *, dry_run):
            handed.token.delete()
            raise IntegrityError("articles_push.token_id")

        with patch("articles.api.views.receive", deleting):
            problem(self, self.push(), 401, "no-token")

    def test_other_faults_of_the_site_stay_faults(self):
        for error, status, kind in (
            (IntegrityError("UNIQUE constraint failed"), 500, "failure"),
            (RuntimeError("what was typed"), 500, "failure"),
            (OperationalError("database is locked"), 503, "try-again"),
        ):
            with (
                self.subTest(kind),
                patch("articles.api.views.receive", side_effect=error),
                self.assertLogs("django.request", "ERROR"),
            ):
                response = self.push()
            told = problem(self, response, status, kind)
            self.assertNotIn(str(error), response.content.decode())
            self.assertEqual(told.keys(), {"type", "title", "status", "detail"})
            self.assertEqual(response.get("Retry-After"), "5" if status == 503 else None)
            self.assertEqual(response["Cache-Control"], "no-store")
