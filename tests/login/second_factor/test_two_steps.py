"""Between the two steps of a login nobody is logged in, anywhere; and after them, they are."""

import datetime as dt
import re

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from articles.login.second_factor import devices, recovery
from articles.models import Digest, WorkingCopy
from tests.admin import test_matrix
from tests.admin.matrix import patterns
from tests.admin.test_rescue import carried
from tests.login.second_factor.authenticator import (
    Authenticator,
    code_for,
    give_app,
    key_of,
    options_of,
    with_passkeys,
)
from tests.login.second_factor.test_devices import STEP, DeviceTestCase
from tests.support.desk import add_url, change_url, filled
from tests.support.factories import make_digest

# The session says which step was taken; both engines keep devices in `test_devices.py`.
pytestmark = pytest.mark.one_engine

LOGIN, INDEX = reverse("admin:login"), reverse("admin:index")
VERIFY, ADD = reverse("admin:second_factor_verify"), reverse("admin:second_factor_add")
WHO = {"username": "minji", "password": "correct horse"}
LIMIT = 8
required = override_settings(SECOND_FACTOR="required")


class LoginTestCase(DeviceTestCase):
    def setUp(self):
        super().setUp()
        self.user.groups.add(Group.objects.get(name="editor"))

    def log_in(self, **fields):
        return self.client.post(LOGIN, WHO | fields)

    def give(self, code=None, **fields):
        code = code or code_for(self.app.key)
        return self.client.post(VERIFY, {"code": code} | fields)

    def is_logged_in(self, client=None):
        return (client or self.client).get(INDEX).status_code == 200

    def answer_json(self, client=None):
        url = reverse("admin:articles_digest_autosave")
        return (client or self.client).post(url, {}, HTTP_ACCEPT="application/json").status_code


class SecondStepTests(LoginTestCase):
    def setUp(self):
        super().setUp()
        self.app = give_app(self.user)

    def test_the_password_alone_opens_nothing_and_the_code_the_desk(self):
        response = self.log_in(next="/admin/articles/tag/")
        self.assertRedirects(response, f"{VERIFY}?next=%2Fadmin%2Farticles%2Ftag%2F")
        self.assertRedirects(self.client.get(INDEX), f"{VERIFY}?next=%2Fadmin%2F")
        self.assertRedirects(self.give(next="/admin/articles/tag/"), "/admin/articles/tag/")
        self.assertTrue(self.is_logged_in())

    def test_a_code_without_a_password_opens_nothing(self):
        self.assertContains(self.give(), 'id="login-form"', status_code=403)
        self.assertFalse(self.is_logged_in())

    def test_a_wrong_code_is_answered_with_the_form_again(self):
        self.log_in()
        for fields in (
            {"code": "000000"},
            {"code": ""},
            {"recovery_code": "x"},
            {"code": "1" * 99},
        ):
            with self.subTest(fields):
                response = self.client.post(VERIFY, fields)
                self.assertContains(response, 'class="errornote"')
        self.assertFalse(self.is_logged_in())

    def test_the_key_of_the_session_and_the_token_change_with_each_step(self):
        self.client.get(LOGIN)
        self.client.session["x"] = 1
        seen = []
        for step in (lambda: None, self.log_in, self.give):
            step()
            names = ("sessionid", "csrftoken")
            seen.append([self.client.cookies[n].value for n in names if n in self.client.cookies])
        self.assertEqual(len(seen[1]), len(seen[2]))
        for before, after in zip(seen[1], seen[2], strict=True):
            self.assertNotEqual(before, after)
        half = Client()
        half.cookies["sessionid"] = seen[1][0]
        self.assertFalse(self.is_logged_in(half))
        self.assertTrue(self.is_logged_in())

    def test_a_recovery_code_opens_too_and_once(self):
        codes = recovery.make(self.user, by=self.user)
        self.log_in()
        self.assertRedirects(self.client.post(VERIFY, {"recovery_code": codes[0]}), INDEX)
        self.assertTrue(self.is_logged_in())
        self.client.logout()
        self.log_in()
        self.client.post(VERIFY, {"recovery_code": codes[0]})
        self.assertFalse(self.is_logged_in())

    def test_codes_of_other_people_do_not(self):
        others = give_app(self.other)
        codes = recovery.make(self.other, by=self.other)
        self.log_in()
        self.give(code_for(others.key))
        self.client.post(VERIFY, {"recovery_code": codes[0]})
        self.assertFalse(self.is_logged_in())

    def test_it_leads_to_own_addresses_only(self):
        for address in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\e"):
            with self.subTest(address):
                self.clock.shift(STEP)
                self.assertNotIn("evil", self.log_in(next=address).url)
                page = self.client.get(VERIFY, {"next": address})
                self.assertNotContains(page, "evil")
                self.assertRedirects(self.give(next=address), INDEX)
                self.client.logout()

    def test_what_was_typed_waits_through_both_steps(self):
        digest = make_digest(published=False)
        data = filled(digest, title="잃을 뻔한 <글>") | {"_continue": "1"}
        waiting = self.client.post(change_url(digest), data)
        second = self.log_in(**carried(waiting), next=change_url(digest))
        self.assertContains(second, 'id="step-form"')
        self.assertContains(second, "잃을 뻔한 &lt;글&gt;")
        wrong = self.give("000000", **carried(second), next=change_url(digest))
        self.assertEqual(carried(wrong), carried(second))
        self.clock.shift(STEP)
        onward = self.give(**carried(wrong), next=change_url(digest))
        self.assertContains(onward, "admin-resend.js")
        self.client.post(change_url(digest), carried(onward))
        self.assertEqual(Digest.objects.get().title, "잃을 뻔한 <글>")

    def test_a_form_that_arrives_between_the_steps_waits_for_the_second(self):
        digest = make_digest(published=False)
        self.log_in()
        waiting = self.client.post(change_url(digest), filled(digest, title="새 제목"))
        self.assertContains(waiting, 'id="step-form"', status_code=403)
        onward = self.give(**carried(waiting), next=change_url(digest))
        self.client.post(change_url(digest), carried(onward))
        self.assertEqual(Digest.objects.get().title, "새 제목")

    def test_a_second_step_whose_first_is_over_keeps_what_waits(self):
        digest = make_digest(published=False)
        kept = carried(self.client.post(change_url(digest), filled(digest, title="글")))
        self.log_in(**kept, next=change_url(digest))
        self.clock.shift(dt.timedelta(minutes=31))
        again = self.give(**kept, next=change_url(digest))
        self.assertContains(again, 'id="login-form"', status_code=403)
        self.assertEqual(carried(again), kept)
        self.assertContains(again, f'value="{change_url(digest)}"', status_code=403)

    def test_an_old_token_on_the_second_step_loses_nothing_either(self):
        digest = make_digest(published=False)
        kept = carried(self.client.post(change_url(digest), filled(digest, title="글")))
        self.client.handler.enforce_csrf_checks = False
        self.log_in(**kept, next=change_url(digest))
        self.client.handler.enforce_csrf_checks = True
        code = code_for(self.app.key)
        response = self.give(**kept, csrfmiddlewaretoken="a" * 64, next=change_url(digest))
        self.assertContains(response, 'id="step-form"', status_code=403)
        self.assertContains(response, "글", status_code=403)
        self.assertNotContains(response, code, status_code=403)

    def test_half_a_login_ends_by_itself(self):
        self.log_in()
        self.clock.shift(dt.timedelta(minutes=31))
        self.assertRedirects(self.client.get(INDEX), f"{LOGIN}?next={INDEX}")
        self.assertContains(self.give(), 'id="login-form"', status_code=403)

    def test_each_login_takes_both_steps(self):
        self.log_in()
        self.give()
        self.assertTrue(self.is_logged_in())
        self.log_in()
        self.assertFalse(self.is_logged_in())

    def test_sessions_that_know_no_device_are_not_logged_in_any_more(self):
        self.user.totpdevice_set.all().delete()
        self.log_in()
        self.assertTrue(self.is_logged_in())
        self.assertEqual(self.answer_json(), 400)
        give_app(self.user)
        self.assertFalse(self.is_logged_in())
        self.assertEqual(self.answer_json(), 401)
        self.assertFalse(WorkingCopy.objects.exists())

    def test_a_session_ends_with_the_device_that_opened_it(self):
        give_app(self.user)
        self.log_in()
        self.give()
        devices.remove(self.app, by=self.user)
        self.assertFalse(self.is_logged_in())

    def test_who_is_no_staff_or_not_active_any_more_gets_no_further(self):
        for change in ({"is_active": False}, {"is_staff": False}):
            with self.subTest(change):
                self.clock.shift(STEP)
                self.log_in()
                User.objects.filter(pk=self.user.pk).update(**change)
                self.give()
                self.assertFalse(self.is_logged_in())
                User.objects.filter(pk=self.user.pk).update(is_active=True, is_staff=True)

    def test_a_new_password_ends_other_sessions_and_halves_of_sessions(self):
        half, whole = Client(), Client()
        half.post(LOGIN, WHO)
        whole.post(LOGIN, WHO)
        whole.post(VERIFY, {"code": code_for(self.app.key)})
        self.clock.shift(STEP)
        self.log_in()
        self.give()
        new = dict.fromkeys(("new_password1", "new_password2"), "battery-staple-9")
        data = {"old_password": "correct horse"} | new
        self.client.post(reverse("admin:password_change"), data)
        self.assertTrue(self.is_logged_in())
        self.assertFalse(self.is_logged_in(whole))
        self.clock.shift(STEP)
        half.post(VERIFY, {"code": code_for(self.app.key)})
        self.assertFalse(self.is_logged_in(half))
        self.assertIn(("password-changed", "minji"), self.told())


class EverywhereTests(LoginTestCase):
    """Every address of the desk, asked between the steps."""

    OPEN = (
        *("login", "second_factor_verify", "second_factor_add"),
        # Open to everybody, where mail is set up.
        *("lost_password", "lost_password_sent", "new_password"),
    )

    def setUp(self):
        super().setUp()
        self.user.is_superuser = True
        self.user.save()
        self.digest = make_digest()

    def addresses(self):
        pk = self.digest.pk
        values = dict.fromkeys(("pk", "object_id", "id"), pk) | {"number": 1, "width": 480}
        some = "00000000-0000-4000-8000-000000000000"
        values |= {"kind": "app", "uid": some, "key": some, "name": "x", "suggestion": 1}
        values |= {"token": "a-b", "uidb64": "MQ"}
        for name, route in patterns():
            path = test_matrix.EXPRESSION.sub("articles/", route)
            yield name, "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values[m[1]]), path)

    def assertShut(self, onward):
        """Each address is asked for a page and, with the other method, for JSON, by turns: both are
        refused before any view is asked."""
        addresses = list(self.addresses())
        self.assertGreater(len(addresses), 80)
        methods = [self.client.get, self.client.post]
        for name, address in addresses:
            if name in self.OPEN:
                continue
            writes = test_matrix.Writes()
            methods.reverse()
            with self.subTest(address), connection.execute_wrapper(writes):
                self.assertRefused(name, methods[0](address), onward)
                answer = methods[1](address, HTTP_ACCEPT="application/json")
                self.assertRefused(name, answer, onward)
                self.assertEqual(writes.statements, [])

    def assertRefused(self, name, response, onward):
        if name in ("markdown-preview", "logout"):
            self.assertIn(response.status_code, (302, 405))
        elif response.status_code == 302:
            self.assertTrue(response.url.startswith(f"{onward}?next="), response.url)
        else:
            self.assertIn(response.status_code, (401, 403))
            self.assertFalse(response.wsgi_request.user.is_authenticated)

    @pytest.mark.one_engine
    def test_a_password_alone_opens_no_address_of_the_desk(self):
        give_app(self.user)
        self.log_in()
        self.assertShut(VERIFY)

    @required
    @pytest.mark.one_engine
    def test_nor_does_it_for_those_who_have_to_set_up_a_second_factor(self):
        self.log_in()
        self.client.get(ADD)  # makes the key that waits in the session
        self.assertShut(ADD)

    def test_asking_costs_one_query(self):
        self.client.force_login(self.user)
        url = reverse("admin:jsi18n")
        self.client.get(url)
        with self.assertNumQueries(3):  # the session, its user, whether there is a device
            self.client.get(url)


class RequiredTests(LoginTestCase):
    def set_up(self, page, **fields):
        return self.client.post(ADD, {"code": code_for(key_of(page)), "name": "폰"} | fields)

    @required
    def test_the_desk_opens_when_a_second_factor_is_set_up(self):
        response = self.log_in(next=add_url())
        self.assertRedirects(response, f"{ADD}?next={add_url().replace('/', '%2F')}")
        self.assertEqual(self.answer_json(), 401)
        page = self.client.get(ADD, {"next": add_url()})
        wrong = self.client.post(ADD, {"code": "000000", "next": add_url()})
        self.assertEqual(key_of(wrong), key_of(page))
        self.assertFalse(self.is_logged_in())
        done = self.set_up(page, next=add_url())
        self.assertContains(done, f'href="{add_url()}"')
        self.assertEqual(len(done.context["codes"]), 10)
        self.assertTrue(self.is_logged_in())

    @required
    def test_what_was_typed_waits_for_that_too(self):
        digest = make_digest(published=False)
        waiting = self.client.post(change_url(digest), filled(digest, title="기다리는 글"))
        page = self.log_in(**carried(waiting), next=change_url(digest))
        self.assertContains(page, "기다리는 글")
        done = self.set_up(page, **carried(page), next=change_url(digest))
        self.assertContains(done, f'action="{change_url(digest)}"')
        self.client.post(change_url(digest), carried(done))
        self.assertEqual(Digest.objects.get().title, "기다리는 글")

    @required
    def test_sessions_from_before_are_over(self):
        self.client.force_login(self.user)
        self.assertFalse(self.is_logged_in())

    @required
    def test_who_has_one_cannot_set_up_another_before_the_second_step(self):
        give_app(self.user)
        self.log_in()
        self.assertIn(VERIFY, self.client.get(ADD).url)
        response = self.client.post(ADD, {"code": "123456"})
        self.assertContains(response, 'id="step-form"', status_code=403)
        self.assertNotContains(response, 'class="qr"', status_code=403)
        self.assertEqual(len(devices.devices_of(self.user)), 1)

    def test_where_it_is_optional_nobody_is_asked(self):
        self.assertRedirects(self.log_in(), INDEX)
        self.assertTrue(self.is_logged_in())


@with_passkeys
class PasskeyLoginTests(LoginTestCase):
    def setUp(self):
        super().setUp()
        self.authenticator = Authenticator()
        self.log_in()
        answer = self.authenticator.create(options_of(self.client.get(ADD)))
        self.client.post(ADD, {"credential": answer, "name": "열쇠"})
        self.client.logout()

    def test_it_opens_the_desk(self):
        self.log_in()
        self.assertFalse(self.is_logged_in())
        answer = self.authenticator.get(options_of(self.client.get(VERIFY)))
        self.assertRedirects(self.client.post(VERIFY, {"credential": answer}), INDEX)
        self.assertTrue(self.is_logged_in())

    def test_an_answer_that_was_heard_opens_nothing_again(self):
        self.log_in()
        answer = self.authenticator.get(options_of(self.client.get(VERIFY)))
        self.client.post(VERIFY, {"credential": answer})
        self.client.logout()
        self.log_in()
        for _attempt in range(2):
            self.client.post(VERIFY, {"credential": answer})
            self.assertFalse(self.is_logged_in())


class ClockTests(LoginTestCase):
    def test_the_time_of_a_password_is_that_of_its_session_only(self):
        with time_machine.travel(dt.datetime(2026, 1, 3, 12, tzinfo=dt.UTC), tick=False):
            self.log_in()
            other = Client()
            other.force_login(self.user)
            self.assertEqual(self.client.get(ADD).status_code, 200)
            self.assertEqual(other.get(ADD).status_code, 302)
