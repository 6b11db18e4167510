"""Passwords cannot be guessed at will, and nobody can lock an editor out."""

import datetime as dt
from io import StringIO
from unittest import mock

import time_machine
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, RequestFactory, SimpleTestCase, TestCase, override_settings

from articles.login import kept_text
from articles.login.throttling import address_of
from tests.login.second_factor.authenticator import code_for, give_app
from tests.support.factories import make_user

LOGIN = "/admin/login/"
LIMIT = 8
PER_ADDRESS = 20
NOON = dt.datetime(2026, 1, 3, 3, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


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
        kept = kept_text.pack([["title", "쓰다 만 제목"]])
        response = self.log_in(kept=kept)
        self.assertContains(response, "쓰다 만 제목", status_code=429)

    def test_no_password_is_kept(self):
        self.log_in(password="geheim")
        attempt = AccessAttempt.objects.get()
        self.assertNotIn("geheim", f"{attempt.post_data}{attempt.get_data}")


@override_settings(AXES_ENABLED=True)
class AddressIdentityTests(TestCase):
    """Whoever has many addresses, or writes one in many ways, is one client all the same."""

    def setUp(self):
        make_user("minji")

    def answers(self, addresses, **meta):
        data = {"username": "minji", "password": "wrong"}
        return [
            self.client.post(LOGIN, data, REMOTE_ADDR=address, **meta).status_code
            for address in addresses
        ]

    def test_the_addresses_of_one_ipv6_network_are_one(self):
        network = [f"2001:db8:1:2:{number:x}::{number:x}" for number in range(1, LIMIT + 2)]
        self.assertEqual(self.answers(network), [200] * (LIMIT - 1) + [429, 429])
        self.assertEqual(self.answers(["2001:db8:1:3::1"]), [200])

    @override_settings(TRUST_PROXY=True)
    def test_the_port_that_a_proxy_adds_is_no_part_of_an_address(self):
        data = {"username": "minji", "password": "wrong"}
        for form in ("192.0.2.9:{}", "[2001:db8::1]:{}", "::ffff:198.51.100.{}"):
            answers = [
                self.client.post(LOGIN, data, HTTP_X_FORWARDED_FOR=form.format(7)).status_code,
                *(
                    self.client.post(LOGIN, data, HTTP_X_FORWARDED_FOR=forwarded).status_code
                    for forwarded in self.same_client(form)
                ),
            ]
            with self.subTest(form):
                self.assertEqual(answers, [200] * (LIMIT - 1) + [429])

    def same_client(self, form):
        """Seven more ways in which the address before comes."""
        if form.startswith("::ffff"):
            return ["198.51.100.7", "198.51.100.7:443", "::ffff:c633:6407"] + [form.format(7)] * 4
        return [form.format(port) for port in range(50_000, 50_007)]

    @override_settings(TRUST_PROXY=True)
    def test_what_a_client_writes_before_the_last_address_changes_nothing(self):
        data = {"username": "minji", "password": "wrong"}
        answers = [
            self.client.post(
                LOGIN, data, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 192.0.2.9"
            ).status_code
            for number in range(LIMIT)
        ]
        self.assertEqual(answers, [200] * (LIMIT - 1) + [429])

    @override_settings(TRUST_PROXY=True)
    def test_a_last_address_that_is_none_is_the_proxys(self):
        data = {"username": "minji", "password": "wrong"}
        answers = [
            self.client.post(LOGIN, data, HTTP_X_FORWARDED_FOR=forwarded).status_code
            for forwarded in ("unknown", "_hidden", "x" * 999, "1.2.3", "", ",", "[::1", "1:2")
        ]
        self.assertEqual(answers, [200] * (LIMIT - 1) + [429])

    def test_a_server_that_knows_no_address_counts_too(self):
        self.assertEqual(self.answers([""] * LIMIT), [200] * (LIMIT - 1) + [429])


@override_settings(AXES_ENABLED=True)
class SprayingTests(TestCase):
    """Many names from one address are slowed down, and whoever belongs there still comes in."""

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(NOON, tick=False))
        for name in ("minji", "jisoo"):
            make_user(name)

    def log_in(self, client=None, *, name="minji", password="correct horse", address="192.0.2.1"):
        data = {"username": name, "password": password}
        return (client or self.client).post(LOGIN, data, REMOTE_ADDR=address)

    def spray(self, number=PER_ADDRESS):
        """One wrong password for each of many names, from a browser that nobody knows."""
        stranger = Client()
        return [
            self.log_in(stranger, name=f"name{self.next()}", password="Spring2026!").status_code
            for _try in range(number)
        ]

    def next(self):
        self.number = getattr(self, "number", 0) + 1
        return self.number

    def test_after_some_names_one_try_a_minute_is_looked_at(self):
        self.assertEqual(self.spray(40), [200] * PER_ADDRESS + [429] * 20)
        for _minute in range(5):
            self.clock.shift(MINUTE)
            self.assertEqual(self.spray(3), [200, 429, 429])

    def test_no_right_password_comes_through_in_between(self):
        self.spray()
        response = self.log_in()
        self.assertContains(response, "1분", status_code=429)
        self.assertEqual(response["Retry-After"], "60")
        self.assertNotIn("_auth_user_id", self.client.session)
        self.clock.shift(MINUTE)
        self.assertEqual(self.log_in().status_code, 302)

    def test_refused_tries_lengthen_no_wait(self):
        self.spray()
        for _second in range(59):
            self.clock.shift(dt.timedelta(seconds=1))
            self.assertEqual(self.spray(1), [429])
        self.clock.shift(dt.timedelta(seconds=1))
        self.assertEqual(self.log_in().status_code, 302)

    def test_a_browser_that_logged_in_before_comes_in_as_ever(self):
        self.log_in()
        self.client.post("/admin/logout/")
        self.spray(40)
        self.assertEqual(self.log_in(password="wrong").status_code, 200)
        self.assertEqual(self.log_in().status_code, 302)

    def test_nor_is_it_shut_out_by_wrong_passwords_of_others_for_its_account(self):
        self.log_in()
        self.client.post("/admin/logout/")
        stranger = Client()
        for _try in range(LIMIT):
            self.log_in(stranger, password="wrong")
        self.assertEqual(self.log_in(stranger).status_code, 429)
        self.assertEqual(self.log_in().status_code, 302)

    def test_a_browser_is_known_for_the_accounts_it_opened_only(self):
        self.log_in()
        self.client.post("/admin/logout/")
        self.spray()
        self.assertEqual(self.log_in(name="jisoo").status_code, 429)
        self.clock.shift(MINUTE)
        self.log_in(name="jisoo")
        self.client.post("/admin/logout/")
        self.spray()
        for name in ("minji", "jisoo"):
            self.assertEqual(self.log_in(name=name, password="wrong").status_code, 200)

    def test_an_account_that_was_tried_too_often_waits_longer_than_its_address(self):
        self.spray()
        self.clock.shift(2 * MINUTE)
        for _try in range(LIMIT):
            response = self.log_in(password="wrong")
            self.clock.shift(1.5 * MINUTE)
        self.assertEqual((response.status_code, response["Retry-After"]), (429, "900"))

    def test_what_a_known_browser_guesses_is_counted_too(self):
        self.log_in()
        self.client.post("/admin/logout/")
        answers = [self.log_in(password="wrong").status_code for _try in range(LIMIT)]
        self.assertEqual(answers, [200] * (LIMIT - 1) + [429])
        self.assertEqual(self.log_in().status_code, 429)

    def test_no_browser_makes_itself_known(self):
        self.log_in()
        cookie = self.client.cookies["known_browser"]
        self.assertTrue(cookie["httponly"])
        self.assertEqual((cookie["path"], cookie["samesite"]), (LOGIN, "Lax"))
        self.spray()
        for value in ("", "x", "minji", cookie.value[:-1], cookie.value.replace(":", ".")):
            forger = Client()
            forger.cookies["known_browser"] = value
            with self.subTest(value):
                self.assertEqual(self.log_in(forger).status_code, 429)

    def test_a_wrong_password_makes_no_browser_known(self):
        self.log_in(password="wrong")
        self.assertNotIn("known_browser", self.client.cookies)

    def test_names_that_look_like_the_counts_of_second_steps_are_only_names(self):
        user = User.objects.get(username="minji")
        app = give_app(user)
        for _try in range(LIMIT):
            self.log_in(Client(), name="second step: minji", password="wrong")
        self.log_in()
        verify = self.client.post(
            "/admin/second-factor/verify/", {"code": code_for(app.key)}, REMOTE_ADDR="192.0.2.1"
        )
        self.assertEqual(verify.status_code, 302)

    def test_whoever_showed_the_password_takes_the_second_step_all_the_same(self):
        app = give_app(User.objects.get(username="minji"))
        self.log_in()
        self.spray()
        verify = self.client.post(
            "/admin/second-factor/verify/", {"code": code_for(app.key)}, REMOTE_ADDR="192.0.2.1"
        )
        self.assertEqual(verify.status_code, 302)

    def test_other_addresses_are_free(self):
        self.spray()
        self.assertEqual(self.log_in(Client(), address="192.0.2.2").status_code, 302)

    def test_tries_are_forgotten_by_what_is_due(self):
        self.spray(3)
        call_command("run_due", stdout=StringIO())
        self.assertEqual(AccessAttempt.objects.count(), 3)
        self.clock.shift(15 * MINUTE)
        call_command("run_due", stdout=StringIO())
        self.assertFalse(AccessAttempt.objects.exists())

    def test_refused_tries_leave_nothing_behind(self):
        self.spray(60)
        self.assertEqual(AccessAttempt.objects.count(), PER_ADDRESS)


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

    @override_settings(TRUST_PROXY=True)
    def test_one_client_has_one_address_however_it_is_written(self):
        for forwarded, address in {
            "1.2.3.4:5678": "1.2.3.4",
            " 1.2.3.4 ": "1.2.3.4",
            '"[2001:db8::1]:443"': "2001:db8::",
            "[2001:DB8:0:0:ffff::1]": "2001:db8::",
            "2001:db8::1": "2001:db8::",
            "fe80::1%eth0": "fe80::",
            "::ffff:1.2.3.4": "1.2.3.4",
            "[::ffff:102:304]:80": "1.2.3.4",
            "64:ff9b::1.2.3.4": "1.2.3.4",
            "unknown": "10.0.0.1",
            "1.2.3.4:5678:9": "10.0.0.1",
            "1.2.3.4,": "10.0.0.1",
            "01.2.3.4": "10.0.0.1",
        }.items():
            with self.subTest(forwarded):
                self.assertEqual(self.of(HTTP_X_FORWARDED_FOR=forwarded), address)
