"""A lost password by mail tells nobody who has an account, and opens nothing by itself."""

import datetime as dt
import re
from unittest import mock

import time_machine
from axes.models import AccessAttempt
from django.contrib.auth import password_validation
from django.contrib.auth.models import User
from django.core import mail as django_mail
from django.db import DatabaseError, connection
from django.test import Client, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.login import lost_password
from articles.models import AuditEntry
from articles.outgoing import mail
from articles.serving.logs import redact
from tests.login.second_factor.authenticator import code_for, give_app
from tests.serving.test_error_mail import LOCMEM
from tests.support.factories import make_user
from tests.support.waiting import PATIENCE

ASK, SENT = reverse("admin:lost_password"), reverse("admin:lost_password_sent")
LOGIN, INDEX = reverse("admin:login"), reverse("admin:index")
NEW = "quite another horse"
LIMIT = 8


@override_settings(MAILERS=LOCMEM, DEFAULT_FROM_EMAIL="desk@example.com", SITE_NAME="Newsroom")
class LostPasswordTestCase(TestCase):
    def setUp(self):
        self.user = make_user("minji", email="minji@example.com")

    def ask(self, address="minji@example.com", **extra):
        response = self.client.post(ASK, {"email": address}, **extra)
        self.assertTrue(mail.wait(PATIENCE))
        return response

    def link(self):
        """The path of the link in the newest mail."""
        [url] = re.findall(r"http\S+", django_mail.outbox[-1].body)
        self.assertTrue(url.startswith("http://testserver/admin/new-password/"), url)
        return url.removeprefix("http://testserver")

    def set_password(self, path, password=NEW, client=None):
        client = client or self.client
        form = client.get(path, follow=True)
        data = {"new_password1": password, "new_password2": password}
        return client.post(form.request["PATH_INFO"], data)


class LinkTests(LostPasswordTestCase):
    def test_the_link_sets_a_password_and_logs_nobody_in(self):
        self.assertRedirects(self.ask(), SENT)
        [sent] = django_mail.outbox
        self.assertEqual(sent.to, ["minji@example.com"])
        client = Client()
        response = self.set_password(self.link(), client=client)
        self.assertRedirects(response, LOGIN, fetch_redirect_response=False)
        self.assertContains(client.get(LOGIN), "messagelist")
        self.assertEqual(client.get(INDEX).status_code, 302)
        self.user.refresh_from_db()
        self.assertTrue(self.user.check_password(NEW))
        entry = AuditEntry.objects.get(action="password-reset")
        self.assertEqual((entry.actor_name, "minji" in entry.target), ("minji", True))

    def test_it_ends_all_sessions_of_the_account(self):
        other = Client()
        other.force_login(self.user)
        self.ask()
        self.set_password(self.link())
        self.assertEqual(other.get(INDEX).status_code, 302)

    def test_it_works_once(self):
        self.ask()
        path = self.link()
        self.set_password(path)
        self.set_password(path, "a third horse entirely", client=Client())
        self.user.refresh_from_db()
        self.assertTrue(self.user.check_password(NEW))
        self.assertContains(Client().get(path), ASK)

    def test_it_works_for_an_hour(self):
        with time_machine.travel(dt.datetime(2026, 1, 3, tzinfo=dt.UTC), tick=False) as clock:
            self.ask()
            path = self.link()
            clock.shift(dt.timedelta(minutes=59))
            self.assertContains(Client().get(path, follow=True), "new_password1")
            clock.shift(dt.timedelta(minutes=2))
            self.assertNotContains(Client().get(path, follow=True), "new_password1")

    def test_it_does_not_work_for_an_account_that_was_closed_meanwhile(self):
        self.ask()
        User.objects.update(is_active=False)
        self.assertNotContains(self.client.get(self.link(), follow=True), "new_password1")

    def test_an_account_that_is_deleted_meanwhile_stays_deleted_and_the_page_says_so(self):
        def lose(_password, user):
            User.objects.filter(pk=user.pk).delete()

        self.ask()
        with mock.patch.object(password_validation, "validate_password", lose):
            response = self.set_password(self.link())
        self.assertRedirects(response, LOGIN, fetch_redirect_response=False)
        self.assertContains(self.client.get(LOGIN), "계정이 삭제되었습니다")
        self.assertFalse(User.objects.filter(username="minji").exists())
        self.assertFalse(AuditEntry.objects.filter(action="password-reset").exists())

    def test_a_failure_of_the_database_is_not_taken_for_a_deleted_account(self):
        self.ask()
        with (
            mock.patch.object(User, "save", side_effect=DatabaseError("disk full")),
            self.assertRaisesMessage(DatabaseError, "disk full"),
        ):
            self.set_password(self.link())

    def test_the_second_factor_is_asked_as_always(self):
        app = give_app(self.user)
        self.ask()
        self.set_password(self.link())
        self.client.post(LOGIN, {"username": "minji", "password": NEW})
        self.assertEqual(self.client.get(INDEX).status_code, 302)
        self.client.post(reverse("admin:second_factor_verify"), {"code": code_for(app.key)})
        self.assertEqual(self.client.get(INDEX).status_code, 200)

    def test_nothing_counts_as_shown_just_now(self):
        self.ask()
        self.set_password(self.link())
        self.assertNotIn("shown_at", self.client.session)
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_the_link_has_the_host_of_the_site_whatever_the_request_says(self):
        with override_settings(ALLOWED_HOSTS=["*"]):
            self.ask(HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
        self.assertNotIn("evil", django_mail.outbox[0].body)
        self.link()

    def test_a_weak_password_is_refused_and_the_link_still_works(self):
        self.ask()
        path = self.link()
        self.assertEqual(self.set_password(path, "1234").status_code, 200)
        self.assertRedirects(self.set_password(path), LOGIN)

    def test_forged_links_are_answered_with_the_way_to_a_new_one(self):
        self.ask()
        token, uid = self.link().split("/")[3:5]
        for forged in ((token, "MA"), (token, "%00"), (token, "é"), ("x-y", uid), ("0", uid * 99)):
            with self.subTest(forged):
                response = Client().get(reverse("admin:new_password", args=forged))
                self.assertContains(response, ASK)

    def test_no_log_has_the_token(self):
        self.ask()
        token = self.link().split("/")[3]
        self.assertNotIn(token, redact(f"GET {self.link()} and %2Fadmin%2Fnew-password%2F{token}"))


class SilenceTests(LostPasswordTestCase):
    def setUp(self):
        super().setUp()
        make_user("hana", email="hana@example.com", is_active=False)
        jisoo = make_user("jisoo", email="jisoo@example.com")
        jisoo.set_unusable_password()
        jisoo.save()

    def test_every_address_gets_the_same_answer_for_the_same_work(self):
        self.ask("warm@example.com")
        seen = set()
        for name in ("minji", "hana", "jisoo", "nobody"):
            with (
                CaptureQueriesContext(
                    connection,
                ) as queries,
                mock.patch.object(lost_password, "_letter", wraps=lost_password._letter) as letter,
            ):
                response = self.ask(f"{name}@example.com")
            statements = [re.sub(r"'[^']*'|\d+", "…", query["sql"]) for query in queries]
            page = re.sub(r'value="\w{64}"', "", self.client.get(SENT).content.decode())
            seen.add((response.status_code, response.url, page, letter.call_count, *statements))
        self.assertEqual(len(seen), 1)
        self.assertEqual([sent.to for sent in django_mail.outbox], [["minji@example.com"]])

    def test_the_mail_goes_to_the_address_of_the_account_as_it_is_there(self):
        self.ask("MINJI@example.com")
        self.assertEqual(django_mail.outbox[0].to, ["minji@example.com"])

    def test_an_address_that_is_none_is_refused_and_kept(self):
        response = self.ask("minji")
        self.assertContains(response, 'value="minji"')
        self.assertEqual(django_mail.outbox, [])

    @override_settings(MAILERS={})
    def test_without_mail_there_is_no_such_page(self):
        for path in (ASK, SENT, reverse("admin:new_password", args=["a-b", "MQ"])):
            self.assertEqual(self.client.get(path).status_code, 404)
        self.assertNotContains(self.client.get(LOGIN), ASK)

    def test_the_login_leads_there(self):
        self.assertContains(self.client.get(LOGIN), f'href="{ASK}"')


@override_settings(AXES_ENABLED=True)
class RateTests(LostPasswordTestCase):
    def test_one_client_asks_for_one_mailbox_so_often_whether_it_is_there_or_not(self):
        there, not_there = (
            [self.ask(f"{name}@example.com").status_code for _ in range(LIMIT + 1)]
            for name in ("minji", "nobody")
        )
        self.assertEqual(there, not_there)
        self.assertEqual(there, [302] * (LIMIT - 1) + [429] * 2)
        self.assertEqual(len(django_mail.outbox), LIMIT - 1)

    def test_asking_does_not_shut_anybody_out_of_their_account(self):
        for _ in range(LIMIT + 1):
            self.ask()
        data = {"username": "minji", "password": "correct horse"}
        self.assertEqual(self.client.post(LOGIN, data).status_code, 302)

    def test_many_clients_do_not_fill_a_mailbox(self):
        for number in range(3 * LIMIT):
            self.assertEqual(self.ask(REMOTE_ADDR=f"192.0.2.{number}").status_code, 302)
        self.assertEqual(len(django_mail.outbox), LIMIT)

    def test_one_client_that_tries_many_mailboxes_is_slowed_down(self):
        statuses = [self.ask(f"a{number}@example.com").status_code for number in range(25)]
        self.assertEqual(statuses, [302] * 20 + [429] * 5)

    def test_no_address_is_kept_with_the_count(self):
        self.ask("someone@example.com")
        [attempt] = AccessAttempt.objects.all()
        kept = f"{attempt.username} {attempt.get_data} {attempt.post_data}"
        self.assertNotIn("someone", kept)
