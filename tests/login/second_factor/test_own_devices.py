"""Everybody looks after their own second factor, admins take a lost one from others, and nobody
does either at a desk that was merely left open."""

import datetime as dt

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from articles.login.second_factor import devices, recovery
from articles.models import AuditEntry
from tests.login.second_factor.authenticator import (
    Authenticator,
    code_for,
    give_app,
    key_of,
    options_of,
    with_passkeys,
)
from tests.login.second_factor.test_devices import STEP
from tests.login.second_factor.test_two_steps import ADD, INDEX, VERIFY, LoginTestCase, required
from tests.support.factories import make_user

# Both engines keep devices in `test_devices.py`, and two hands at once in `test_last_device.py`.
pytestmark = pytest.mark.one_engine

LIST, CODES = reverse("admin:second_factor"), reverse("admin:second_factor_codes")
CONFIRM = reverse("admin:second_factor_confirm")
LATER = dt.timedelta(minutes=31)


def url_of(device):
    return reverse("admin:second_factor_device", args=[devices.kind_of(device), device.pk])


class OwnDevicesTests(LoginTestCase):
    def setUp(self):
        super().setUp()
        self.log_in()

    def add(self, **fields):
        code = code_for(key_of(self.client.get(ADD)))
        return self.client.post(ADD, {"code": code, "name": "폰"} | fields)

    def test_the_way_there_is_on_every_page_of_the_desk(self):
        self.assertContains(self.client.get(INDEX), f'href="{LIST}"')
        self.assertContains(self.client.get(LIST), f'href="{ADD}"')

    def test_an_app_is_added_and_the_codes_are_shown_once(self):
        before = self.client.session.session_key
        page = self.add()
        codes = page.context["codes"]
        for code in codes:
            self.assertContains(page, f"<code>{code}</code>")
        self.assertIn("no-store", page["Cache-Control"])
        self.assertNotEqual(self.client.session.session_key, before)
        self.assertNotIn("app_key_to_add", self.client.session)
        listed = self.client.get(LIST)
        self.assertContains(listed, "폰")
        for code in codes:
            self.assertNotContains(listed, code)
        self.assertRedirects(self.add(name="태블릿"), LIST)
        self.assertEqual(recovery.left(self.user), 10)
        self.assertEqual(len(devices.devices_of(self.user)), 2)

    def test_nothing_is_stored_before_a_code_has_shown_that_it_works(self):
        self.client.get(ADD)
        page = self.client.post(ADD, {"code": "000000", "name": "내 이름"})
        self.assertContains(page, 'class="errornote"')
        self.assertContains(page, 'value="내 이름"')
        self.assertFalse(TOTPDevice.objects.exists())

    def test_a_device_gets_another_name(self):
        self.add()
        [device] = devices.devices_of(self.user)
        self.assertRedirects(self.client.post(url_of(device), {"name": "<b>새</b>"}), LIST)
        self.assertContains(self.client.get(LIST), "&lt;b&gt;새&lt;/b&gt;")
        self.client.post(url_of(device), {"name": " "})
        self.assertEqual(devices.devices_of(self.user)[0].name, devices.called(device))
        long = self.client.post(url_of(device), {"name": "가" * 65})
        self.assertContains(long, 'class="errorlist"')

    def test_a_device_is_removed_and_the_session_goes_on(self):
        self.add()
        self.add(name="둘째")
        first, second = devices.devices_of(self.user)
        self.assertRedirects(self.client.post(url_of(first), {"remove": "1"}), LIST)
        self.assertTrue(self.is_logged_in())
        self.assertEqual(self.client.session["otp_device_id"], second.persistent_id)
        self.client.post(url_of(second), {"remove": "1"})
        self.assertTrue(self.is_logged_in())
        self.assertEqual(recovery.left(self.user), 0)

    @required
    def test_the_last_one_stays_where_one_is_required(self):
        self.add()
        [device] = devices.devices_of(self.user)
        self.client.post(url_of(device), {"remove": "1"})
        self.assertEqual(devices.devices_of(self.user), [device])
        self.assertContains(self.client.get(LIST), "폰")

    def test_new_codes_end_the_former(self):
        former = self.add().context["codes"]
        new = self.client.post(CODES).context["codes"]
        self.assertFalse({*former} & {*new})
        self.assertRedirects(self.client.get(CODES), LIST)
        self.assertIsNone(recovery.accept(self.user, former[0]))

    def test_codes_are_for_those_who_have_a_device(self):
        self.assertRedirects(self.client.post(CODES), LIST)
        self.assertEqual(recovery.left(self.user), 0)

    def test_those_of_others_are_not_there(self):
        device = give_app(self.other)
        for url in (url_of(device), LIST + "app/99999999999999999999/", LIST + "static/1/"):
            for data in ({"name": "내 것"}, {"remove": "1"}):
                with self.subTest(url):
                    self.assertEqual(self.client.post(url, data).status_code, 404)
        self.assertTrue(devices.has_device(self.other))

    def test_passkeys_need_a_site_that_may_have_them(self):
        self.assertNotContains(self.client.get(ADD), "data-passkey")
        self.client.post(ADD, {"credential": "{}"})
        self.assertFalse(WebAuthnCredential.objects.exists())


@with_passkeys
class OwnPasskeysTests(LoginTestCase):
    def setUp(self):
        super().setUp()
        self.log_in()

    def test_a_passkey_is_added(self):
        answer = Authenticator().create(options_of(self.client.get(ADD)))
        page = self.client.post(ADD, {"credential": answer, "name": ""})
        self.assertEqual(len(page.context["codes"]), 10)
        [device] = devices.devices_of(self.user)
        self.assertTrue(device.name)
        self.assertTrue(self.is_logged_in())
        self.client.post(url_of(device), {"remove": "1"})
        self.assertFalse(WebAuthnCredential.objects.exists())

    def test_an_answer_works_for_one_try(self):
        options = options_of(self.client.get(ADD))
        self.client.post(ADD, {"credential": "{}"})
        page = self.client.post(ADD, {"credential": Authenticator().create(options)})
        self.assertContains(page, 'class="errornote"')
        self.assertFalse(WebAuthnCredential.objects.exists())


class ResetByAdminTests(LoginTestCase):
    def setUp(self):
        super().setUp()
        self.admin = make_user("boss")
        self.admin.groups.add(Group.objects.get(name="admin"))
        self.url = reverse("admin:auth_user_second_factor", args=[self.other.pk])
        give_app(self.other)
        recovery.make(self.other, by=self.other)

    def test_an_admin_takes_a_lost_second_factor_from_somebody(self):
        self.log_in(username="boss")
        self.assertContains(self.client.get(self.url), "폰")
        self.assertTrue(devices.has_device(self.other))
        self.assertEqual(self.client.post(self.url).status_code, 302)
        self.assertFalse(devices.has_device(self.other))
        self.assertEqual(recovery.left(self.other), 0)
        entry = AuditEntry.objects.order_by("-pk").first()
        self.assertEqual((entry.action, entry.actor_name), ("second-factor-reset", "boss"))
        self.assertIn("jisoo", entry.target)
        self.assertEqual(self.client.get(self.url).status_code, 200)

    def test_the_page_of_an_account_leads_there(self):
        self.log_in(username="boss")
        page = self.client.get(reverse("admin:auth_user_change", args=[self.other.pk]))
        self.assertContains(page, f'href="{self.url}"')

    def test_an_admin_has_to_show_who_it_is_first(self):
        self.client.force_login(self.admin)
        self.assertIn(CONFIRM, self.client.post(self.url).url)
        self.assertTrue(devices.has_device(self.other))

    def test_nobody_else_does_nor_anybody_to_a_superuser(self):
        self.log_in()  # an editor
        self.assertEqual(self.client.post(self.url).status_code, 403)
        self.client.logout()
        root = User.objects.create_superuser("root")
        give_app(root)
        self.log_in(username="boss")
        url = reverse("admin:auth_user_second_factor", args=[root.pk])
        self.assertEqual(self.client.post(url).status_code, 404)
        self.assertTrue(devices.has_device(root))
        self.assertTrue(devices.has_device(self.other))

    def test_no_page_of_the_desk_shows_the_keys_of_devices(self):
        shown = [model for model in admin.site._registry if "otp" in model._meta.app_label]
        self.assertEqual(shown, [])

    @required
    def test_after_a_reset_another_one_is_set_up(self):
        devices.reset(self.other, by=self.admin)
        self.assertIn(ADD, self.log_in(username="jisoo").url)
        self.clock.shift(STEP)
        self.assertIn(ADD, self.client.get(VERIFY).url)
        self.assertContains(self.client.post(VERIFY), 'class="qr"', status_code=403)
