"""Where a second factor is required, no two hands take both of the last two devices."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from django.test import Client, TransactionTestCase
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp_webauthn.models import WebAuthnCredential

from articles.login.second_factor import devices, recovery
from articles.models import AuditEntry
from tests.login.second_factor.authenticator import give_app
from tests.login.second_factor.test_two_steps import required
from tests.support.desk import sign_in
from tests.support.factories import make_user
from tests.support.waiting import PATIENCE

ROUNDS = 12


def give_passkey(user, number):
    return WebAuthnCredential.objects.create(
        user=user,
        name="열쇠",
        credential_id=bytes([number]) * 16,
        public_key=b"x",
        sign_count=0,
        transports=[],
        backup_eligible=False,
        backup_state=False,
        confirmed=True,
    )


def url_of(device):
    return reverse("admin:second_factor_device", args=[devices.kind_of(device), device.pk])


@required
class RaceTests(TransactionTestCase):
    serialized_rollback = True

    def setUp(self):
        self.user = make_user("minji")

    def session(self, device):
        """A desk that was opened with the device just now."""
        client = Client()
        sign_in(client, self.user)
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
        return client

    def at_once(self, *calls):
        start = threading.Barrier(len(calls))

        def run(call):
            try:
                start.wait(PATIENCE)
                return call()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(run, calls))

    def removals(self, other):
        """What is left when two sessions of one account remove a device each at the same moment."""
        pair = [(self.session(device), device) for device in (give_app(self.user), other)]
        self.at_once(
            *(
                lambda client=client, device=device: client.post(url_of(device), {"remove": "1"})
                for client, device in pair
            )
        )
        return devices.devices_of(self.user)

    def test_one_of_two_apps_stays(self):
        for number in range(ROUNDS):
            with self.subTest(number):
                self.assertEqual(len(self.removals(give_app(self.user))), 1)
                devices.reset(self.user)

    def test_one_of_an_app_and_a_passkey_stays(self):
        for number in range(ROUNDS):
            with self.subTest(number):
                self.assertEqual(len(self.removals(give_passkey(self.user, number))), 1)
                devices.reset(self.user)

    def test_a_device_is_removed_once(self):
        app = give_app(self.user)
        give_app(self.user)
        client = self.session(app)
        answers = self.at_once(*[lambda: client.post(url_of(app), {"remove": "1"}).status_code] * 3)
        self.assertEqual(AuditEntry.objects.filter(action="second-factor-removed").count(), 1)
        self.assertEqual(answers.count(302), 1)

    def test_two_lists_of_recovery_codes_made_at_once_are_one(self):
        give_app(self.user)
        for number in range(ROUNDS):
            with self.subTest(number):
                StaticDevice.objects.all().delete()
                self.at_once(*[lambda: recovery.make(self.user, by=self.user)] * 3)
                self.assertEqual(StaticDevice.objects.count(), 1)
                self.assertEqual(recovery.left(self.user), 10)
