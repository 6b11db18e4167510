"""Passwords cannot be guessed at will, and nobody can lock an editor out."""

import datetime as dt
from unittest import mock

import time_machine
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings

from articles.views import rescue
from newsroom.logins import address_of
from tests.factories import make_user

LOGIN = "/admin/login/"
LIMIT = 8


@override_settings(AXES_ENABLED=True)
class ThrottlingTests(TestCase):
    def setUp(self):
        make_user("minji")
        make_user("jisoo")

    def log_in(self, username="minji", password="wrong", address="192.0.2.1", **fields):
        data = {"username": username, "password": password, **fields}
        return self.client.post(LOGIN, data, REMOTE_ADDR=address)

    def lock_out(self):
        return [self.log_in().status_code for _ in range(LIMIT)]

    def test_after_some_wrong_passwords_the_right_one_is_refused_too(self):
        self.assertEqual(self.lock_out(), [200] * (LIMIT - 1) + [429])
        response = self.log_in(password="correct horse")
        self.assertEqual(response.status_code, 429)
        self.assertContains(response, "15", status_code=429)
        self.assertEqual(response["Retry-After"], "900")
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_another_account_and_another_address_are_free(self):
        self.lock_out()
        for who in ({"username": "jisoo"}, {"address": "192.0.2.2"}):
            with self.subTest(who):
                self.assertEqual(self.log_in(password="correct horse", **who).status_code, 302)

    def test_it_ends_after_a_quarter_of_an_hour(self):
        with time_machine.travel(dt.datetime(2026, 1, 3, tzinfo=dt.UTC), tick=False) as clock:
            self.lock_out()
            clock.shift(dt.timedelta(minutes=14))
            self.assertEqual(self.log_in(password="correct horse").status_code, 429)
            clock.shift(dt.timedelta(minutes=16))
            self.assertEqual(self.log_in(password="correct horse").status_code, 302)

    def test_a_right_password_forgets_the_wrong_ones(self):
        for _ in range(2):
            for _ in range(LIMIT - 1):
                self.log_in()
            self.assertEqual(self.log_in(password="correct horse").status_code, 302)
            self.client.logout()

    def test_an_account_that_is_not_there_is_answered_alike(self):
        there, not_there = (
            [self.log_in(username=name).status_code for _ in range(LIMIT + 1)]
            for name in ("minji", "nobody")
        )
        self.assertEqual(there, not_there)

    def test_whoever_is_named_the_same_work_is_done(self):
        """Nobody is told by the time that it takes who has an account."""
        make_user("hana", is_active=False)
        make_user("guest", is_staff=False)
        for name in ("minji", "hana", "guest", "nobody"):
            with (
                self.subTest(name),
                mock.patch.object(
                    MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
                ) as hashed,
            ):
                self.log_in(username=name)
                self.assertEqual(hashed.call_count, 1)

    def test_what_was_typed_before_the_login_waits_on(self):
        self.lock_out()
        kept = rescue.pack([["title", "쓰다 만 제목"]])
        response = self.log_in(kept=kept)
        self.assertContains(response, "쓰다 만 제목", status_code=429)

    def test_no_password_is_kept(self):
        self.log_in(password="geheim")
        attempt = AccessAttempt.objects.get()
        self.assertNotIn("geheim", f"{attempt.post_data}{attempt.get_data}")


class SessionTests(TestCase):
    def setUp(self):
        self.user = make_user("minji")

    def is_logged_in(self):
        return self.client.get("/admin/").status_code == 200

    def log_in(self):
        data = {"username": "minji", "password": "correct horse"}
        self.client.post(LOGIN, data)
        self.assertTrue(self.is_logged_in())

    def test_a_login_gives_the_session_another_key(self):
        self.client.cookies["sessionid"] = "fixedfixedfixedfixedfixedfixed12"
        self.log_in()
        first = self.client.session.session_key
        self.assertNotEqual(first, "fixedfixedfixedfixedfixedfixed12")
        self.client.post("/admin/logout/")
        self.client.cookies["sessionid"] = first
        self.assertFalse(self.is_logged_in())

    def test_a_password_that_somebody_else_sets_ends_the_sessions(self):
        self.log_in()
        self.user.set_password("battery-staple-9")
        self.user.save()
        self.assertFalse(self.is_logged_in())

    def test_a_session_outlives_the_change_of_the_key_where_the_former_is_named(self):
        self.log_in()
        former, new = settings.SECRET_KEY, "n" * 60
        with override_settings(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[former]):
            self.assertTrue(self.is_logged_in())
        with override_settings(SECRET_KEY="m" * 60, SECRET_KEY_FALLBACKS=[]):
            self.assertFalse(self.is_logged_in())


class AddressTests(SimpleTestCase):
    def of(self, **meta):
        return address_of(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **meta))

    def test_without_a_proxy_a_client_cannot_name_another_address(self):
        self.assertEqual(self.of(HTTP_X_FORWARDED_FOR="192.0.2.9"), "10.0.0.1")

    @override_settings(TRUST_PROXY=True)
    def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(self):
        self.assertEqual(self.of(HTTP_X_FORWARDED_FOR="203.0.113.5, 192.0.2.9"), "192.0.2.9")
        self.assertEqual(self.of(), "10.0.0.1")
