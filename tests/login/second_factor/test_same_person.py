"""Whoever found an open desk changes nothing about who may come in: it asks who is there."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group, User
from django.test import SimpleTestCase, override_settings
from django.urls import resolve, reverse

from articles.login import same_person
from articles.login.second_factor import devices, recovery
from articles.models import ApiToken, AuditEntry
from tests.admin.matrix import patterns
from tests.admin.test_rescue import carried
from tests.login.second_factor.authenticator import (
    Authenticator,
    code_for,
    give_app,
    options_of,
    with_passkeys,
)
from tests.login.second_factor.test_devices import STEP
from tests.login.second_factor.test_two_steps import ADD, LIMIT, LoginTestCase
from tests.support.factories import make_user
from tests.support.push_rows import make_program, make_token

# The session says who confirmed what; both engines keep devices in `test_devices.py`.
pytestmark = pytest.mark.one_engine

CONFIRM = reverse("admin:second_factor_confirm")
LATER = dt.timedelta(minutes=31)
PASSWORD = {"password": "correct horse"}
NEW = "battery-staple-9"


def url(name, *args):
    return reverse(f"admin:{name}", args=args)


class OpenDeskTestCase(LoginTestCase):
    """A superuser logged in, with both steps, and left the desk half an hour ago."""

    def setUp(self):
        super().setUp()
        self.user.is_superuser = True
        self.user.save()
        self.role = Group.objects.create(name="guest")
        self.token = make_token(make_program())
        self.app = give_app(self.user)
        self.log_in()
        self.give()
        self.clock.shift(LATER)

    def confirm(self, page=None, **fields):
        data = PASSWORD | {"code": code_for(self.app.key)} | (carried(page) if page else {})
        return self.client.post(CONFIRM, data | fields)


class OpenDeskTests(OpenDeskTestCase):
    def writes(self):
        """(address, fields) of all that changes who may come in."""
        me, other = self.user.pk, self.other.pk
        person = {"username": "jisoo", "is_active": "on", "is_staff": "on"}
        twice = dict.fromkeys(("password1", "password2"), NEW) | {"usable_password": "true"}
        new = dict.fromkeys(("new_password1", "new_password2"), NEW)
        everyone = {"action": "delete_selected", "_selected_action": [other], "post": "yes"}
        yield url("password_change"), new | {"old_password": "correct horse"}
        for pk in (me, other):
            yield url("auth_user_password_change", pk), twice
        off = {"usable_password": "false", "unset-password": "1"}
        yield url("auth_user_password_change", other), off
        yield url("auth_user_add"), {"username": "hana"} | twice
        for change in ({"is_superuser": "on"}, {"groups": self.role.pk}, {"email": "a@b.example"}):
            yield url("auth_user_change", other), person | change
        yield url("auth_user_change", other), {"username": "renamed"}
        yield url("auth_user_delete", other), {"post": "yes"}
        yield url("auth_user_changelist"), everyone
        yield url("auth_user_second_factor", other), {}
        yield url("auth_group_add"), {"name": "new"}
        yield url("auth_group_change", self.role.pk), {"name": "changed"}
        yield url("auth_group_delete", self.role.pk), {"post": "yes"}
        yield url("auth_group_changelist"), everyone | {"_selected_action": [self.role.pk]}
        made = {"program": self.token.program_id, "may_push": "on", "days": 30}
        yield url("articles_apitoken_add"), made
        yield url("articles_apitoken_revoke", self.token.pk), {}
        yield url("second_factor_device", "app", self.app.pk), {"remove": "1"}
        yield url("second_factor_device", "app", self.app.pk), {"name": "other"}
        yield url("second_factor_codes"), {}
        yield ADD, {"code": "000000"}

    def state(self):
        people = User.objects.order_by("pk")
        return (
            [person.__dict__ | {"_state": None, "last_login": None} for person in people],
            [list(person.groups.all()) for person in people],
            list(Group.objects.values()),
            [[device.name for device in devices.devices_of(person)] for person in people],
            list(ApiToken.objects.values()),
            recovery.left(self.user),
            AuditEntry.objects.count(),
        )

    def test_nothing_of_all_that_guards_it_can_be_changed(self):
        give_app(self.other)
        before = self.state()
        for address, data in self.writes():
            with self.subTest(address, data=data):
                response = self.client.post(address, data)
                if response.status_code == 302:
                    self.assertEqual(response.url, f"{CONFIRM}?next={address.replace('/', '%2F')}")
                else:
                    self.assertContains(response, f'action="{CONFIRM}"', status_code=403)
                self.assertEqual(self.state(), before)

    def test_after_the_confirmation_all_of_it_can(self):
        self.confirm()
        for address, data in self.writes():
            with self.subTest(address, data=data):
                response = self.client.post(address, data)
                self.assertNotIn(CONFIRM, response.get("Location", ""))
                self.assertNotEqual(response.status_code, 403)

    def test_forms_in_which_a_password_would_be_lost_ask_before_it_is_typed(self):
        for address in (
            url("password_change"),
            url("auth_user_add"),
            url("auth_user_password_change", self.other.pk),
        ):
            with self.subTest(address):
                response = self.client.get(address)
                self.assertRedirects(response, f"{CONFIRM}?next={address.replace('/', '%2F')}")

    def test_looking_is_free(self):
        for name, args in {
            "auth_user_changelist": (),
            "auth_user_change": (self.other.pk,),
            "auth_user_history": (self.other.pk,),
            "auth_group_change": (self.role.pk,),
            "articles_apitoken_changelist": (),
            "articles_apitoken_change": (self.token.pk,),
            "second_factor": (),
            "index": (),
            "app_list": ("auth",),
        }.items():
            with self.subTest(name):
                self.assertEqual(self.client.get(url(name, *args)).status_code, 200)

    def test_the_work_of_the_desk_is_not_disturbed(self):
        response = self.client.post(url("articles_tag_add"), {"name": "AI"})
        self.assertRedirects(response, url("articles_tag_changelist"))

    def test_scripts_get_an_answer_for_scripts(self):
        address = url("auth_user_delete", self.other.pk)
        response = self.client.post(address, {"post": "yes"}, HTTP_ACCEPT="application/json")
        self.assertEqual(response.status_code, 403)
        self.assertTrue(response.json()["error"])


class ConfirmationTests(OpenDeskTestCase):
    def setUp(self):
        super().setUp()
        self.change = url("auth_user_change", self.other.pk)
        self.typed = {"username": "jisoo", "is_active": "on", "is_staff": "on"}
        self.typed |= {"last_name": "<b>김</b>", "email": "jisoo@example.com"}

    def is_confirmed(self):
        return self.client.get(ADD).status_code == 200

    def test_what_was_typed_is_saved_after_it(self):
        asked = self.client.post(self.change, self.typed)
        self.assertEqual(asked.context["kept_fields"], ["jisoo", "<b>김</b>", "jisoo@example.com"])
        self.assertContains(asked, "jisoo@example.com", status_code=403)
        self.assertNotContains(asked, "<b>김", status_code=403)
        self.assertIn("no-store", asked["Cache-Control"])
        wrong = self.confirm(asked, code="000000", next=self.change)
        self.assertEqual(carried(wrong), carried(asked))
        self.clock.shift(STEP)
        onward = self.confirm(wrong, next=self.change)
        self.assertContains(onward, "js/admin-resend.js")
        self.assertContains(onward, f'action="{self.change}"')
        self.assertEqual(self.client.post(self.change, carried(onward)).status_code, 302)
        self.other.refresh_from_db()
        self.assertEqual(self.other.last_name, "<b>김</b>")

    def test_no_password_is_kept(self):
        for address, field in (
            (url("auth_user_add"), "password1"),
            (url("password_change"), "old_password"),
        ):
            asked = self.client.post(address, {"username": "hana", field: "geheim"})
            with self.subTest(address):
                self.assertContains(asked, "hana", status_code=403)
                self.assertNotContains(asked, "geheim", status_code=403)
        onward = self.confirm(asked, next=address)
        self.assertNotContains(onward, "geheim")

    def test_it_takes_what_a_login_takes(self):
        codes = recovery.make(self.user, by=self.user)
        for data in (
            PASSWORD,
            {"code": code_for(self.app.key)},
            {"recovery_code": codes[0]},
            PASSWORD | {"code": "000000"},
            PASSWORD | {"recovery_code": "x"},
            {"password": "wrong", "recovery_code": codes[1]},
            {},
        ):
            with self.subTest(data):
                self.assertContains(self.client.post(CONFIRM, data), 'class="errornote"')
                self.assertFalse(self.is_confirmed())
        self.clock.shift(STEP)
        self.assertRedirects(self.confirm(next=ADD), ADD)
        self.assertTrue(self.is_confirmed())
        self.clock.shift(LATER)
        self.client.post(CONFIRM, PASSWORD | {"recovery_code": codes[1]})
        self.assertTrue(self.is_confirmed())

    def test_a_wrong_password_uses_up_no_recovery_code(self):
        [code, *_rest] = recovery.make(self.user, by=self.user)
        self.client.post(CONFIRM, {"password": "wrong", "recovery_code": code})
        self.assertEqual(recovery.left(self.user), 10)

    def test_who_has_no_second_factor_shows_the_password(self):
        devices.reset(self.user)
        self.log_in()
        self.clock.shift(LATER)
        self.assertFalse(self.is_confirmed())
        self.assertRedirects(self.client.post(CONFIRM, PASSWORD | {"next": ADD}), ADD)
        self.assertTrue(self.is_confirmed())

    def test_it_lasts_half_an_hour(self):
        self.confirm()
        self.clock.shift(dt.timedelta(minutes=29))
        self.assertTrue(self.is_confirmed())
        self.clock.shift(dt.timedelta(minutes=1))
        self.assertFalse(self.is_confirmed())

    def test_a_change_of_the_password_is_none(self):
        self.confirm()
        self.clock.shift(dt.timedelta(minutes=29))
        data = {"old_password": "correct horse"}
        data |= dict.fromkeys(("new_password1", "new_password2"), NEW)
        self.client.post(url("password_change"), data)
        self.clock.shift(dt.timedelta(minutes=2))
        self.assertTrue(self.is_logged_in())
        self.assertFalse(self.is_confirmed())
        self.client.post(CONFIRM, {"password": NEW})
        self.assertFalse(self.is_confirmed())

    def test_ones_own_password_is_changed_only_by_who_knows_it(self):
        self.confirm()
        own = url("auth_user_password_change", self.user.pk)
        self.assertRedirects(self.client.get(own), url("password_change"))
        data = dict.fromkeys(("password1", "password2"), NEW) | {"usable_password": "true"}
        self.assertRedirects(self.client.post(own, data), url("password_change"))
        self.user.refresh_from_db()
        self.assertTrue(self.user.check_password("correct horse"))

    def test_the_address_of_another_site_leads_nowhere(self):
        asked = self.client.post(self.change, self.typed)
        onward = self.confirm(asked, next="https://evil.example/")
        self.assertNotContains(onward, "evil")

    def test_a_login_that_ended_meanwhile_keeps_what_waits(self):
        asked = self.client.post(self.change, self.typed)
        self.client.logout()
        login = self.confirm(asked, next=self.change)
        self.assertContains(login, 'id="login-form"', status_code=403)
        self.assertEqual(carried(login), carried(asked))
        self.assertNotContains(login, "correct horse", status_code=403)

    def test_the_page_of_a_login_that_ended_carries_no_password_on(self):
        self.client.logout()
        response = self.client.post(CONFIRM, {"password": "geheim", "code": "123123"})
        self.assertContains(response, 'id="login-form"', status_code=403)
        for secret in ("geheim", "123123"):
            self.assertNotContains(response, secret, status_code=403)

    @override_settings(AXES_ENABLED=True)
    def test_passwords_are_not_guessed_there(self):
        wrong = {"password": "wrong"}
        answers = [self.client.post(CONFIRM, wrong).status_code for _try in range(LIMIT)]
        self.assertEqual(answers, [200] * (LIMIT - 1) + [429])
        self.assertEqual(self.confirm().status_code, 429)
        self.assertFalse(self.is_confirmed())

    @override_settings(AXES_ENABLED=True)
    def test_nor_are_they_where_the_own_one_is_changed(self):
        self.confirm()
        change, new = url("password_change"), dict.fromkeys(("new_password1", "new_password2"), NEW)
        answers = [
            self.client.post(change, new | {"old_password": f"guess {number}"}).status_code
            for number in range(LIMIT)
        ]
        self.assertEqual(answers, [200] * (LIMIT - 1) + [429])
        response = self.client.post(change, new | {"old_password": "correct horse"})
        self.assertContains(response, "15", status_code=429)
        self.user.refresh_from_db()
        self.assertTrue(self.user.check_password("correct horse"))

    @override_settings(AXES_ENABLED=True)
    def test_the_right_one_forgets_the_wrong_ones(self):
        for _round in range(2):
            for _try in range(LIMIT - 1):
                self.client.post(CONFIRM, {"password": "wrong"})
            self.clock.shift(STEP)
            self.assertRedirects(self.confirm(next=ADD), ADD)

    @override_settings(AXES_ENABLED=True)
    def test_nor_are_codes(self):
        answers = [self.confirm(code="000000").status_code for _try in range(LIMIT)]
        self.assertEqual(answers, [200] * (LIMIT - 1) + [429])
        self.clock.shift(dt.timedelta(minutes=10))
        self.assertEqual(self.confirm().status_code, 429)
        self.assertFalse(self.is_confirmed())

    @override_settings(AXES_ENABLED=True)
    def test_strangers_at_the_login_do_not_shut_it(self):
        stranger = self.client_class()
        for _try in range(30):
            stranger.post(reverse("admin:login"), {"username": "minji", "password": "wrong"})
        self.confirm()
        self.assertTrue(self.is_confirmed())


@with_passkeys
class PasskeyConfirmationTests(LoginTestCase):
    def test_a_passkey_confirms_with_the_password(self):
        authenticator = Authenticator()
        self.log_in()
        answer = authenticator.create(options_of(self.client.get(ADD)))
        self.client.post(ADD, {"credential": answer, "name": "열쇠"})
        self.clock.shift(LATER)
        for data, status in (({}, 302), (PASSWORD, 200)):
            answer = authenticator.get(options_of(self.client.get(CONFIRM)))
            self.client.post(CONFIRM, data | {"credential": answer})
            self.assertEqual(self.client.get(ADD).status_code, status)


class DeclaredPagesTests(SimpleTestCase):
    """A page of the desk asks unless somebody has said that it need not."""

    def asks(self, name, route, method="POST"):
        match = resolve("/admin/")
        match.url_name, match.route = name, route
        return same_person.is_asked(match, method)

    def test_a_page_that_nobody_declared_asks(self):
        for name, route in (
            ("auth_user_log_in_as", "admin/auth/user/<int:pk>/log-in-as/"),
            ("auth_user_sessions", "admin/auth/user/<int:pk>/sessions/"),
            ("tokens_token_changelist", "admin/tokens/token/"),
            ("sessions", "admin/sessions/"),
            (None, "admin/auth/user/<int:pk>/x/"),
        ):
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
                with self.subTest(route, method=method):
                    self.assertTrue(self.asks(name, route, method))

    def test_pages_to_look_at_ask_when_something_is_sent(self):
        self.assertFalse(self.asks("auth_user_change", "admin/auth/user/<path>/change/", "GET"))
        for method in ("POST", "PUT", "DELETE"):
            self.assertTrue(self.asks("auth_user_change", "admin/auth/user/<path>/change/", method))

    def test_every_declared_page_is_there(self):
        there = {name for name, _route in patterns()}
        self.assertEqual(sorted((same_person.OPEN | same_person.TO_LOOK_AT) - there), [])

    def test_all_pages_about_accounts_are_known(self):
        """Who adds one says here whether it asks, and finds in `same_person` where to say it."""
        asked = {
            name
            for name, route in patterns()
            if self.asks(name, route, "GET") and "markdownx" not in route
        }
        self.assertEqual(
            asked,
            {
                *("auth_user_add", "auth_user_delete", "auth_user_password_change"),
                "auth_user_invite",
                *("auth_user_second_factor", "auth_group_add", "auth_group_delete"),
                *("password_change", "second_factor_codes", "second_factor_device"),
                *("articles_apitoken_add", "articles_apitoken_revoke", "articles_apitoken_delete"),
            },
        )


class WithoutRightsTests(LoginTestCase):
    def test_who_may_not_is_refused_after_it_too(self):
        make_user("hana")
        self.client.post(reverse("admin:login"), {"username": "hana"} | PASSWORD)
        response = self.client.post(url("auth_user_add"), {"username": "x"})
        self.assertEqual(response.status_code, 403)
        self.assertNotContains(response, CONFIRM, status_code=403)
