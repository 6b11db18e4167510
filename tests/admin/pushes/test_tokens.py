"""Tokens at the desk: made by admins, shown once, and ended."""

import logging
import re

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.api import tokens
from articles.models import ApiToken, AuditEntry, Program
from tests.support.desk import sign_in
from tests.support.factories import make_user
from tests.support.push_rows import make_program, make_token

# Both engines keep tokens in `tests/api/test_tokens.py`.
pytestmark = pytest.mark.one_engine

LIST = reverse("admin:articles_apitoken_changelist")
ADD = reverse("admin:articles_apitoken_add")
TOKEN = re.compile(r"newsroom_[A-Za-z0-9_-]{43}")


def page_url(token):
    return reverse("admin:articles_apitoken_change", args=[token.pk])


def revoke_url(token):
    return reverse("admin:articles_apitoken_revoke", args=[token.pk])


def program_url(program):
    return reverse("admin:articles_program_change", args=[program.pk])


class TokenTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.program = make_program()
        cls.people = {}
        for role in ("writer", "editor", "admin"):
            cls.people[role] = make_user(role)
            cls.people[role].groups.add(Group.objects.get(name=role))

    def setUp(self):
        self.admin = self.people["admin"]
        sign_in(self.client, self.admin)

    def make(self, **fields):
        data = {"program": self.program.pk, "may_push": "on", "days": 30} | fields
        return self.client.post(ADD, {name: value for name, value in data.items() if value})


class MakingTests(TokenTestCase):
    def test_the_answer_shows_the_token_and_a_line_that_tries_it(self):
        response = self.make()
        [plain] = set(TOKEN.findall(response.content.decode()))
        [token] = tokens.beginning_with(plain)
        self.assertEqual((token.program, token.owner), (self.program, self.admin))
        self.assertEqual((token.may_push, token.may_read), (True, False))
        self.assertEqual((token.expires_at - token.created_at).days, 30)
        self.assertContains(response, f'value="{plain}"')
        line = response.context["command"]
        self.assertTrue(line.startswith(f'curl -H "Authorization: Bearer {plain}"'), line)
        self.assertIn("http://testserver/api/v1/digests/$(date +%F)/pushes", line)
        self.assertIn('data-copy-field="token"', response.content.decode())

    def test_a_token_that_only_reads_is_tried_by_reading(self):
        line = self.make(may_push="", may_read="on").context["command"]
        self.assertNotIn("pushes", line)
        self.assertNotIn("--data-binary", line)

    def test_it_is_shown_once_and_kept_nowhere(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger("articles").debug("so that there is one")
            response = self.make()
        [plain] = set(TOKEN.findall(response.content.decode()))
        self.assertIn("no-store", response["Cache-Control"])
        token = ApiToken.objects.get()
        for url in (LIST, ADD, page_url(token), program_url(self.program)):
            self.assertNotIn(plain[20:], self.client.get(url).content.decode())
        self.assertNotIn(plain, "".join(logs.output))
        kept = [session.get_decoded() for session in Session.objects.all()]
        self.assertNotIn(plain, str(kept))
        self.assertNotIn(plain, str(list(AuditEntry.objects.values())))
        self.assertNotIn(plain, str(ApiToken.objects.values()))

    def test_the_trail_says_who_made_it(self):
        self.make()
        entry = AuditEntry.objects.get(action="api-token-made")
        self.assertEqual(entry.actor_name, "admin")

    def test_a_token_without_an_end(self):
        self.make(days="")
        self.assertIsNone(ApiToken.objects.get().expires_at)

    def test_a_token_for_nothing_is_refused_in_words(self):
        response = self.make(may_push="")
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.context["form"].non_field_errors())
        self.assertFalse(ApiToken.objects.exists())

    def test_nonsense_is_refused_at_its_field(self):
        for name, value in {"program": "x", "days": 7}.items():
            with self.subTest(name):
                self.assertIn(name, self.make(**{name: value}).context["form"].errors)
        self.assertFalse(ApiToken.objects.exists())

    def test_the_program_of_the_link_is_chosen(self):
        other = make_program("zenith")
        response = self.client.get(f"{ADD}?program={other.pk}")
        self.assertContains(response, f'<option value="{other.pk}" selected>')
        self.assertEqual(self.client.get(f"{ADD}?program=x").status_code, 200)

    def test_without_a_program_it_says_what_to_do(self):
        Program.objects.all().delete()
        self.assertContains(self.client.get(ADD), reverse("admin:articles_program_add"))


class EndingTests(TokenTestCase):
    def test_one_click_ends_it(self):
        token = make_token(self.program)
        self.assertContains(self.client.get(page_url(token)), revoke_url(token))
        response = self.client.post(revoke_url(token), follow=True)
        self.assertNotContains(response, revoke_url(token))
        token.refresh_from_db()
        self.assertIsNotNone(token.revoked_at)
        self.assertEqual(AuditEntry.objects.get(action="api-token-revoked").actor_name, "admin")

    def test_ending_it_again_changes_nothing(self):
        token = make_token(self.program)
        for _time in range(2):
            self.client.post(revoke_url(token))
        self.assertEqual(AuditEntry.objects.filter(action="api-token-revoked").count(), 1)

    def test_a_page_that_was_only_fetched_ends_nothing(self):
        token = make_token(self.program)
        self.assertEqual(self.client.get(revoke_url(token)).status_code, 405)
        token.refresh_from_db()
        self.assertIsNone(token.revoked_at)


class ListTests(TokenTestCase):
    def test_a_row_says_what_a_token_may_and_whether_it_works(self):
        works = make_token(self.program, owner=self.admin, may_read=True)
        over = make_token(self.program)
        tokens.revoke(over)
        response = self.client.get(LIST)
        shown = response.context["cl"].model_admin
        rows = {row.pk: row for row in response.context["cl"].result_list}
        self.assertEqual(shown.state(rows[works.pk]), "사용 중")
        self.assertEqual(shown.state(rows[over.pk]), tokens.why_dead(rows[over.pk]))
        self.assertEqual(shown.owner_name(rows[works.pk]), "admin")
        self.assertIn(", ", shown.scopes(rows[works.pk]))
        self.assertContains(response, f"{works.beginning}…")
        self.assertNotContains(response, works.token_hash)

    def test_the_number_of_queries_does_not_grow(self):
        make_token(self.program, owner=self.admin)
        self.client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            self.client.get(LIST)
        for _number in range(10):
            make_token(self.program, owner=self.admin)
        with self.assertNumQueries(len(queries)):
            self.client.get(LIST)

    def test_the_page_of_a_program_lists_its_tokens(self):
        token, other = make_token(self.program), make_token(make_program("zenith"))
        response = self.client.get(program_url(self.program))
        self.assertContains(response, page_url(token))
        self.assertNotContains(response, page_url(other))
        self.assertContains(response, f"{ADD}?program={self.program.pk}")


class RoleTests(TokenTestCase):
    def test_editors_and_writers_never_see_tokens(self):
        token = make_token(self.program)
        for role in ("writer", "editor"):
            sign_in(self.client, self.people[role])
            for url in (LIST, ADD, page_url(token), program_url(self.program)):
                with self.subTest(role, url=url):
                    self.assertEqual(self.client.get(url).status_code, 403)
            self.assertNotContains(self.client.get(reverse("admin:index")), LIST)
            self.assertEqual(self.make().status_code, 403)
            self.assertEqual(self.client.post(revoke_url(token)).status_code, 403)
        self.assertEqual(ApiToken.objects.get().revoked_at, None)

    def test_whoever_sees_programs_but_no_tokens_sees_none_on_their_page(self):
        token = make_token(self.program)
        sign_in(self.client, make_user("clerk", permissions=["view_program"]))
        response = self.client.get(program_url(self.program))
        self.assertNotContains(response, token.beginning)
