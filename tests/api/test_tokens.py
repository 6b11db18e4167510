"""Tokens: shown once, stored as a hash, and ended in every way there is."""

import datetime as dt
import json
import logging

import time_machine
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import RequestFactory, TestCase
from django.test.utils import CaptureQueriesContext

from articles.api import tokens
from articles.models import ApiToken, AuditEntry
from articles.serving.logs import redact
from articles.serving.request_log import RequestLog
from tests.support.factories import make_user
from tests.support.programs import bearer, make_program, make_token, row_of

NOW = dt.datetime(2026, 1, 3, 0, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
WRITER = ("view_digest", "change_digest")


def shown(plain, scheme="Bearer"):
    """A request that shows a token."""
    return RequestFactory().get("/api/v1/digests", headers={"Authorization": f"{scheme} {plain}"})


def found(plain):
    return tokens.of(shown(plain))


class TokenTestCase(TestCase):
    def setUp(self):
        self.traveller = self.enterContext(time_machine.travel(NOW, tick=False))


class MakingTests(TokenTestCase):
    def test_token_has_the_known_beginning_and_256_bits(self):
        plain = make_token()
        self.assertRegex(plain, r"\Anewsroom_[A-Za-z0-9_-]{43}\Z")
        self.assertNotEqual(plain, make_token())
        self.assertEqual(row_of(plain).beginning, plain[:14])

    def test_program_and_scopes_of_a_token_are_found_by_its_text(self):
        program = make_program("새벽 스크립트")
        token = found(make_token(program, push=False, read=True))
        self.assertEqual(token.program, program)
        self.assertTrue(tokens.may(token, tokens.READ))
        self.assertFalse(tokens.may(token, tokens.PUSH))

    def test_no_row_has_the_text_of_a_token(self):
        plain = make_token(owner=make_user(permissions=WRITER), days=3)
        tokens.note_use(found(plain))
        secret = plain[tokens.BEGINNING :]
        rows = [
            str(list(model.objects.values()))
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed
        ]
        self.assertIn(plain[: tokens.BEGINNING], "".join(rows))
        self.assertNotIn(secret, "".join(rows))

    def test_making_and_ending_are_in_the_audit_trail(self):
        admin = make_user("admin", permissions=("add_apitoken", "change_apitoken"))
        owner = make_user("owner", permissions=WRITER)
        program = make_program("새벽 스크립트")
        token, _plain = tokens.make(
            program, owner=owner, may_push=True, may_read=False, days=2, by=admin
        )
        tokens.revoke(token, by=admin)
        tokens.revoke(token, by=admin)
        made, revoked = AuditEntry.objects.order_by("pk")
        self.assertEqual((made.action, made.actor_name), ("api-token-made", "admin"))
        self.assertIn("새벽 스크립트", made.target)
        self.assertEqual(made.detail["scopes"], ["push"])
        self.assertEqual(made.detail["owner"], owner.pk)
        self.assertEqual(made.detail["expires_at"], "2026-01-05T00:00:00+00:00")
        self.assertEqual((revoked.action, revoked.actor_name), ("api-token-revoked", "admin"))
        self.assertEqual(revoked.detail["beginning"], token.beginning)

    def test_only_who_may_make_tokens_makes_one(self):
        for permissions in ((), ("change_digest", "change_apitoken")):
            with self.subTest(permissions), self.assertRaises(PermissionDenied):
                by = make_user(f"u{len(permissions)}", permissions=permissions)
                tokens.make(make_program(), owner=None, may_push=True, may_read=False, by=by)
        self.assertFalse(ApiToken.objects.exists())

    def test_token_that_would_not_work_is_not_made(self):
        reader = make_user("reader", permissions=("view_digest",))
        gone = make_user("gone", permissions=WRITER, is_active=False)
        for options in (
            {"owner": None, "may_push": False, "may_read": False},
            {"owner": reader, "may_push": True, "may_read": True},
            {"owner": gone, "may_push": True, "may_read": False},
            {"owner": None, "may_push": True, "may_read": False, "days": 0},
            {"owner": None, "may_push": True, "may_read": False, "days": -1},
            {"owner": None, "may_push": True, "may_read": False, "days": 10**9},
        ):
            with self.subTest(options), self.assertRaises(tokens.NotAllowed):
                tokens.make(make_program(), **options)
        self.assertFalse(ApiToken.objects.exists())


class ShowingTests(TokenTestCase):
    def test_scheme_is_read_in_any_case(self):
        plain = make_token()
        for scheme in ("Bearer", "bearer", "BEARER", "Bearer "):
            with self.subTest(scheme):
                self.assertIsNotNone(tokens.of(shown(plain, scheme)))

    def test_nothing_else_is_a_token(self):
        plain = make_token()
        for text in (
            f"Basic {plain}",
            f"Token {plain}",
            plain,
            f"Bearer{plain}",
            f"Bearer {plain[:-1]}",
            f"Bearer {plain}A",
            f"Bearer {plain.lower()}",
            f"Bearer {plain} {plain}",
            f"Bearer {plain}, Bearer {plain}",
            f"Bearer {row_of(plain).token_hash}",
            f"Bearer newsroom_{'A' * 43}",
            f"Bearer newsroom_{'가' * 43}",
            "Bearer",
            "Bearer ",
            "",
        ):
            with self.subTest(text):
                request = RequestFactory().get("/api/", headers={"Authorization": text})
                self.assertIsNone(tokens.of(request))

    def test_text_that_is_no_token_costs_no_query(self):
        with self.assertNumQueries(0):
            found("x" * 10_000)
            found(f"newsroom_{'A' * 44}")

    def test_address_and_body_show_no_token(self):
        plain = make_token()
        request = RequestFactory().post(f"/api/?access_token={plain}", {"access_token": plain})
        self.assertIsNone(tokens.of(request))


class EndingTests(TokenTestCase):
    def setUp(self):
        super().setUp()
        self.owner = make_user("owner", permissions=WRITER)
        self.plain = make_token(read=True, owner=self.owner, days=3)

    def test_revoked_token_is_dead(self):
        self.assertIsNotNone(found(self.plain))
        self.assertTrue(tokens.revoke(row_of(self.plain)))
        self.assertIsNone(found(self.plain))

    def test_token_ends_at_its_hour(self):
        self.traveller.shift(3 * DAY - dt.timedelta(seconds=1))
        self.assertIsNotNone(found(self.plain))
        self.traveller.shift(1)
        self.assertIsNone(found(self.plain))

    def test_token_without_an_end_lasts(self):
        plain = make_token(owner=self.owner)
        self.traveller.shift(3000 * DAY)
        self.assertIsNotNone(found(plain))

    def test_token_ends_with_the_account_of_its_owner(self):
        for change in ({"is_active": False}, {"is_staff": False}):
            with self.subTest(change):
                User.objects.filter(pk=self.owner.pk).update(**change)
                self.assertIsNone(found(self.plain))
                User.objects.filter(pk=self.owner.pk).update(is_active=True, is_staff=True)
                self.assertIsNotNone(found(self.plain))
        self.owner.delete()
        self.assertIsNone(found(self.plain))
        self.assertFalse(ApiToken.objects.exists())

    def test_token_of_a_superuser_ends_with_the_account_too(self):
        root = User.objects.create_superuser("root", password="x")
        plain = make_token(owner=root)
        self.assertIsNotNone(found(plain))
        User.objects.filter(pk=root.pk).update(is_active=False)
        self.assertIsNone(found(plain))

    def test_scope_goes_with_the_right_of_the_owner(self):
        self.owner.user_permissions.set([])
        self.assertIsNone(found(self.plain))
        self.owner.user_permissions.set(
            make_user("other", permissions=("view_digest",)).user_permissions.all()
        )
        token = found(self.plain)
        self.assertTrue(tokens.may(token, tokens.READ))
        self.assertFalse(tokens.may(token, tokens.PUSH))

    def test_owner_may_end_the_own_token_and_others_may_not(self):
        token = row_of(self.plain)
        with self.assertRaises(PermissionDenied):
            tokens.revoke(token, by=make_user("stranger", permissions=WRITER))
        with self.assertRaises(PermissionDenied):
            ownerless = row_of(make_token(make_program("다른 것")))
            tokens.revoke(ownerless, by=self.owner)
        self.assertTrue(tokens.revoke(token, by=self.owner))
        self.assertFalse(tokens.revoke(token, by=self.owner))


class UseTests(TokenTestCase):
    def test_use_is_noted_once_an_hour(self):
        plain = make_token()
        tokens.note_use(found(plain))
        self.assertEqual(row_of(plain).last_used_at, NOW)
        self.traveller.shift(HOUR - dt.timedelta(seconds=1))
        token = found(plain)
        with self.assertNumQueries(0):
            tokens.note_use(token)
        self.traveller.shift(1)
        tokens.note_use(found(plain))
        self.assertEqual(row_of(plain).last_used_at, NOW + HOUR)

    def test_of_two_processes_that_note_it_at_once_one_writes(self):
        plain = make_token()
        first, second = found(plain), found(plain)
        tokens.note_use(first)
        self.traveller.shift(1)
        tokens.note_use(second)
        self.assertEqual(row_of(plain).last_used_at, NOW)

    def test_moment_of_a_wrong_clock_is_replaced(self):
        plain = make_token()
        ApiToken.objects.update(last_used_at=NOW + 9 * DAY)
        tokens.note_use(found(plain))
        self.assertEqual(row_of(plain).last_used_at, NOW)

    def test_finding_a_token_reads_few_rows_and_writes_none(self):
        plain = make_token(owner=make_user(permissions=WRITER))
        with CaptureQueriesContext(connection) as queries:
            found(plain)
        self.assertLessEqual(len(queries), 3)
        for query in queries:
            self.assertTrue(query["sql"].startswith("SELECT"), query["sql"])


class LogTests(TokenTestCase):
    def test_no_spelling_of_a_token_stays_in_a_log(self):
        plain = make_token()
        percent = plain.replace("_", "%5F")
        for text in (
            plain,
            f"Authorization: Bearer {plain}",
            f"{{'HTTP_AUTHORIZATION': 'Bearer {plain}'}}",
            f"GET /api/v1/digests?access_token={plain}&x=1",
            f"GET /api/{plain}/pushes",
            f"next=%2Fapi%2F{percent}",
            f"x{plain}",
            plain[:-1],
            f"{plain}x",
            f'"{plain}"',
        ):
            with self.subTest(text):
                self.assertNotIn(plain[20:40], redact(text))

    def test_names_that_only_begin_so_stay_readable(self):
        for text in ("newsroom_behind_proxy", "/etc/nginx/newsroom-behind-proxy.conf", "newsroom_"):
            self.assertEqual(redact(text), text)

    def test_header_with_a_token_leaves_none_in_the_log_of_django(self):
        plain = make_token()
        with self.assertLogs("django.request", "WARNING") as caught:
            self.client.get("/nowhere/", headers=bearer(plain))
        [record] = caught.records
        [console] = [h for h in logging.getLogger().handlers if h.name == "console"]
        console.handle(record)
        logged = f"{console.format(record)} {record.request.META}"
        self.assertIn("HTTP_AUTHORIZATION", logged)
        self.assertNotIn(plain[tokens.BEGINNING :], logged)

    def test_log_of_requests_has_no_token_in_a_path(self):
        plain, lines = make_token(), []

        class Stream:
            write = staticmethod(lines.append)

        def site(environ, start_response):
            start_response("404 Not Found", [])
            return []

        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": f"/api/{plain}/x"}
        RequestLog(site, Stream())(environ, lambda *_arguments: None)
        [line] = lines
        self.assertNotIn(plain[tokens.BEGINNING :], line)
        self.assertEqual(json.loads(line)["path"], "/api/…/x")
