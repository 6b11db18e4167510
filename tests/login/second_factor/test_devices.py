"""What counts as a second factor, and what is recorded of every change."""

import datetime as dt
from io import StringIO

import time_machine
from django.core.management import CommandError, call_command
from django.test import TestCase
from django_otp.plugins.otp_static.models import StaticToken

from articles.login.second_factor import devices, recovery, totp
from articles.models import AuditEntry
from tests.login.second_factor.authenticator import code_for, give_app
from tests.support.factories import make_user

NOON = dt.datetime(2026, 1, 3, 3, 0, tzinfo=dt.UTC)
STEP = dt.timedelta(seconds=30)


class DeviceTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user, cls.other = make_user("minji"), make_user("jisoo")

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(NOON, tick=False))

    def told(self):
        return [(entry.action, entry.actor_name) for entry in AuditEntry.objects.order_by("pk")]


class AppTests(DeviceTestCase):
    def test_an_app_is_added_only_with_a_code_that_it_shows(self):
        key = totp.new_key()
        wrong = f"{(int(code_for(key)) + 1) % 1_000_000:06}"
        for code in (wrong, "", "12345", "abcdef", "１２３４５６", "-12345", "1" * 40):
            with self.subTest(code):
                self.assertIsNone(totp.add(self.user, key, code, name="폰"))
        self.assertFalse(devices.has_device(self.user))
        code = code_for(key)
        self.assertTrue(totp.add(self.user, key, f"{code[:3]} {code[3:]}", name=" 내\n폰 "))
        [device] = devices.devices_of(self.user)
        self.assertEqual(device.name, "내 폰")
        self.assertTrue(devices.has_device(self.user))
        self.assertFalse(devices.has_device(self.other))
        self.assertEqual(self.told(), [("second-factor-added", "minji")])

    def test_a_code_opens_once(self):
        key = totp.new_key()
        totp.add(self.user, key, code_for(key), name="폰")
        self.assertIsNone(totp.accept(self.user, code_for(key)))  # it was used for adding
        self.clock.shift(STEP)
        self.assertTrue(totp.accept(self.user, code_for(key)))
        self.assertIsNone(totp.accept(self.user, code_for(key)))
        self.clock.shift(STEP)
        self.assertIsNone(totp.accept(self.other, code_for(key)))
        self.assertTrue(totp.accept(self.user, code_for(key)))

    def test_a_code_of_one_app_is_no_wrong_one_for_another(self):
        first, second = give_app(self.user), give_app(self.user)
        self.assertEqual(totp.accept(self.user, code_for(second.key)), second)
        self.assertEqual(totp.accept(self.user, code_for(first.key)), first)

    def test_wrong_codes_make_wait_but_never_for_long(self):
        device = give_app(self.user)
        wrong = f"{(int(code_for(device.key)) + 1) % 1_000_000:06}"
        self.assertIsNone(totp.accept(self.user, wrong))
        self.assertIsNone(totp.accept(self.user, code_for(device.key)))
        self.clock.shift(dt.timedelta(seconds=1))
        self.assertTrue(totp.accept(self.user, code_for(device.key)))
        for _attempt in range(20):
            totp.accept(self.user, "000000")
            self.clock.shift(dt.timedelta(minutes=10))
        totp.accept(self.user, "000000")
        self.clock.shift(dt.timedelta(minutes=8))
        self.assertIsNone(totp.accept(self.user, code_for(device.key)))
        self.clock.shift(dt.timedelta(minutes=1))
        self.assertTrue(totp.accept(self.user, code_for(device.key)))

    def test_the_picture_and_the_text_hold_the_same_key(self):
        key = totp.new_key()
        picture = totp.qr_code(self.user, key)
        self.assertRegex(picture["path"], r"^(M\d+ \d+h1v1h-1z)+$")
        self.assertGreater(picture["size"], 29)
        self.assertRegex(totp.as_text(key), "^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$")


class RecoveryTests(DeviceTestCase):
    def test_each_of_ten_codes_opens_once_however_it_is_typed(self):
        codes = recovery.make(self.user, by=self.user)
        self.assertEqual(len(set(codes)), 10)
        self.assertTrue(recovery.accept(self.user, f" {codes[0].upper().replace('-', ' ')} "))
        self.assertEqual(recovery.left(self.user), 9)
        self.assertIsNone(recovery.accept(self.user, codes[0]))
        self.clock.shift(dt.timedelta(seconds=1))
        self.assertIsNone(recovery.accept(self.other, codes[1]))
        self.assertIsNone(recovery.accept(self.user, " "))
        self.assertTrue(recovery.accept(self.user, codes[1]))

    def test_they_are_not_stored(self):
        codes = recovery.make(self.user, by=self.user)
        stored = set(StaticToken.objects.values_list("token", flat=True))
        self.assertEqual(len(stored), 10)
        self.assertFalse(stored & {*codes, *(code.replace("-", "") for code in codes)})
        with self.settings(SECRET_KEY="another-one"):
            self.assertIsNone(recovery.accept(self.user, codes[0]))

    def test_new_ones_end_the_former(self):
        former = recovery.make(self.user, by=self.user)
        recovery.make(self.user, by=self.user)
        self.assertEqual(recovery.left(self.user), 10)
        self.assertIsNone(recovery.accept(self.user, former[0]))

    def test_guessing_is_slowed_down(self):
        codes = recovery.make(self.user, by=self.user)
        for _attempt in range(30):
            recovery.accept(self.user, "abcd-efgh-jkmn")
            self.clock.shift(dt.timedelta(minutes=10))
        recovery.accept(self.user, "abcd-efgh-jkmn")
        self.assertIsNone(recovery.accept(self.user, codes[0]))
        self.clock.shift(dt.timedelta(minutes=9))
        self.assertTrue(recovery.accept(self.user, codes[0]))

    def test_alone_they_are_no_second_factor_and_end_with_the_last_device(self):
        first, second = give_app(self.user), give_app(self.user)
        recovery.make(self.user, by=self.user)
        devices.remove(first, by=self.user)
        self.assertEqual(recovery.left(self.user), 10)
        devices.remove(second, by=self.user)
        self.assertEqual(recovery.left(self.user), 0)
        recovery.make(self.user, by=self.user)
        self.assertFalse(devices.has_device(self.user))


class ResetTests(DeviceTestCase):
    def test_the_command_takes_everything_from_one_account(self):
        for user in (self.user, self.other):
            give_app(user)
            recovery.make(user, by=user)
        out = StringIO()
        call_command("reset_second_factor", "minji", stdout=out)
        self.assertIn("minji", out.getvalue())
        self.assertFalse(devices.has_device(self.user))
        self.assertEqual(recovery.left(self.user), 0)
        self.assertTrue(devices.has_device(self.other))
        self.assertEqual(recovery.left(self.other), 10)
        self.assertEqual(self.told()[-1], ("second-factor-reset", ""))
        with self.assertRaisesMessage(CommandError, "nobody"):
            call_command("reset_second_factor", "nobody")

    def test_no_row_holds_a_secret(self):
        key = totp.new_key()
        device = totp.add(self.user, key, code_for(key), name="폰")
        codes = recovery.make(self.user, by=self.user)
        recovery.accept(self.user, codes[0])
        devices.rename(device, "새 폰", by=self.user)
        devices.remove(device, by=self.user)
        rows = str(list(AuditEntry.objects.values_list("target", "note", "detail")))
        for secret in (key, totp.as_text(key), *codes):
            self.assertNotIn(secret, rows)
        self.assertEqual(
            [action for action, _actor in self.told()],
            [
                *("second-factor-added", "recovery-codes-made", "recovery-code-used"),
                *("second-factor-renamed", "second-factor-removed"),
            ],
        )
