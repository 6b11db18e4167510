"""Receivers that fail in many ways: each event arrives once, or its failure is written down."""

import datetime as dt
import ssl
import tempfile
import threading
from unittest.mock import patch

import time_machine
from django.test import TestCase, override_settings
from django.utils import translation

from articles.models import AuditEntry, Delivery, DeliveryAttempt
from articles.outgoing import lanes, requests
from tests.outgoing.test_requests import listening
from tests.support import certificates
from tests.support.factories import make_digest
from tests.support.receivers import (
    THIS_MACHINE,
    Receiver,
    deliver,
    happen,
    make_webhook,
    running,
    verified,
)

NOON = dt.datetime(2026, 1, 3, 3, 0, tzinfo=dt.UTC)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
LOG = "articles.notices.deliveries"


@override_settings(WEBHOOK_PRIVATE_NETWORKS=THIS_MACHINE)
class ReceiverTestCase(TestCase):
    """One event for one webhook, a clock that stands still, and pauses without chance."""

    def setUp(self):
        self.enterContext(patch.object(lanes._jitter, "uniform", return_value=1.0))
        self.enterContext(translation.override("en"))
        self.clock = self.enterContext(time_machine.travel(NOON, tick=False))
        self.receiver = Receiver()
        self.address = self.enterContext(running(self.receiver)) + "/hook?key=1"

    def happen(self, address=None, **fields):
        self.webhook = make_webhook(address or self.address, **fields)
        self.digest = make_digest("2026-01-04", articles=2, published=False)
        self.entry = happen(digest=self.digest)

    def state(self):
        return Delivery.objects.get().state

    def last_error(self):
        return DeliveryAttempt.objects.latest("pk").error

    def assertFails(self, words, status=None):
        self.assertEqual(deliver(), 0)
        self.assertEqual(self.state(), "waiting")
        attempt = DeliveryAttempt.objects.latest("pk")
        self.assertIn(words, attempt.error)
        self.assertEqual(attempt.status, status)

    def assertArrivesAfter(self, pause, attempts):
        """Not before, and once, under one id."""
        self.clock.shift(pause - dt.timedelta(seconds=1))
        self.assertEqual(deliver(), 0)
        self.clock.shift(dt.timedelta(seconds=2))
        self.assertEqual(deliver(), 1)
        self.assertEqual(deliver(), 0)
        self.assertEqual(len(self.receiver.heard), attempts)
        self.assertEqual(len(set(self.receiver.ids())), 1)
        self.assertEqual(self.state(), "accepted")


class FailingReceiverTests(ReceiverTestCase):
    def test_nobody_is_there(self):
        self.happen("http://127.0.0.1:9/")
        self.assertFails("cannot be reached: Connection refused")

    def test_it_says_nothing(self):
        with patch.object(requests, "STEP_SECONDS", 0.2), listening(b"") as origin:
            self.happen(origin)
            self.assertFails("did not answer in time")

    def test_it_answers_without_end(self):
        drops = b"HTTP/1.1 200 OK\r\nX-Drop: " + b"1" * 6_000
        with patch.object(requests, "WHOLE_SECONDS", 0.5), listening(drops, pause=0.1) as origin:
            self.happen(origin)
            self.assertFails("did not answer in time")

    def test_it_answers_far_too_much(self):
        self.receiver.answer = lambda count: (400, {}, b"no " * 5_000_000)
        self.happen()
        self.assertFails("refused with status 400", 400)
        self.assertLess(len(self.last_error()), 300)

    def test_it_closes_in_the_middle_of_an_answer(self):
        with listening_once(b"HTTP/1.1 2") as origin:
            self.happen(origin)
            self.assertFails("cannot be reached")

    def test_it_speaks_no_tls(self):
        self.happen(self.address.replace("http:", "https:"))
        self.assertFails("certificate or encryption cannot be trusted")

    def test_its_certificate_is_nobodys(self):
        """Unless this machine trusts it."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        path = certificates.make(folder)
        receiver = Receiver()
        certificates.encrypt(receiver, path)
        with running(receiver) as origin:
            self.happen(origin.replace("http:", "https:"))
            self.assertFails("CERTIFICATE_VERIFY_FAILED")
            self.assertEqual(receiver.heard, [])
            Delivery.objects.update(next_at=NOON)
            trusting = ssl.create_default_context(cafile=path)
            with patch.object(ssl, "create_default_context", return_value=trusting):
                self.assertEqual(deliver(), 1)

    def test_it_redirects_to_this_machine(self):
        inner = Receiver()
        with running(inner) as origin:
            self.receiver.answer = lambda count: (302, {"Location": origin}, b"")
            self.happen()
            self.assertFails("redirects to", 302)
        self.assertEqual(inner.heard, [])

    @override_settings(WEBHOOK_PRIVATE_NETWORKS=[])
    def test_it_is_on_a_private_network(self):
        self.happen()
        self.assertFails("private network")
        self.assertEqual(self.receiver.heard, [])

    def test_it_is_down_and_comes_back(self):
        self.receiver.answer = lambda count: (500 if count == 1 else 200, {}, b"")
        self.happen()
        self.assertFails("status 500", 500)
        self.assertArrivesAfter(MINUTE, attempts=2)
        signed = [verified(self.webhook.secret, *heard) for heard in self.receiver.heard]
        self.assertEqual(signed, [True, True])
        moments = [headers["webhook-timestamp"] for headers, _body in self.receiver.heard]
        self.assertNotEqual(*moments)  # a repeated attempt has its own time

    def test_it_asks_to_wait(self):
        wait = {"Retry-After": "Sat, 03 Jan 2026 05:00:00 GMT"}
        self.receiver.answer = lambda count: (429 if count == 1 else 200, wait, b"")
        self.happen()
        self.assertFails("status 429", 429)
        self.assertArrivesAfter(2 * HOUR, attempts=2)

    def test_it_wants_nothing_any_more(self):
        self.receiver.answer = lambda count: (410, {}, b"gone")
        self.happen()
        deliver()
        self.webhook.refresh_from_db()
        self.assertFalse(self.webhook.is_active)
        self.assertIn("410", self.webhook.off_because)
        self.assertEqual(AuditEntry.objects.filter(action="webhook-off").count(), 1)
        happen()
        with self.assertLogs(LOG, "WARNING") as logs:
            self.assertEqual(deliver(), 0)
        self.assertIn(str(self.entry.pk), logs.output[0])
        self.assertEqual([d.state for d in Delivery.objects.all()], ["given-up"])
        self.assertEqual(len(self.receiver.heard), 1)

    def test_it_got_it_but_the_sender_died(self):
        self.happen()
        with patch.object(lanes.Lane, "accept", side_effect=SystemExit):
            self.assertRaises(SystemExit, deliver)
        self.assertEqual(deliver(), 0)  # it is being sent, as far as anybody knows
        self.assertArrivesAfter(lanes.LEASE, attempts=2)

    def test_what_nobody_takes_for_a_day_is_given_up_by_name(self):
        self.receiver.answer = lambda count: (503, {}, b"")
        self.happen()
        deliver()
        self.clock.shift(24 * HOUR)
        with self.assertLogs(LOG, "WARNING") as logs:
            deliver()
        self.assertIn(f"webhook:{self.webhook.pk} was not told of 1 events", logs.output[0])
        self.assertIn(f"audit rows {self.entry.pk}.", logs.output[0])
        self.assertEqual(self.state(), "given-up")

    def test_a_receiver_that_fails_delays_its_own_lane_only(self):
        self.happen("http://127.0.0.1:9/")
        make_webhook(self.address, active_since=NOON - HOUR)
        happen("published")
        self.assertEqual(deliver(), 1)
        states = dict(Delivery.objects.values_list("lane", "state"))
        self.assertEqual(sorted(states.values()), ["accepted", "waiting"])


class listening_once(listening):
    """It closes the connection after its words."""

    def serve(self):
        connection, _address = self.socket.accept()
        with connection:
            connection.recv(100_000)
            connection.sendall(self.words)
            self.over = threading.Event()
