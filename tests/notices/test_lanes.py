"""No receiver delays anything but what is for itself, and no end of a process loses an event."""

import signal
import tempfile
import threading
from io import StringIO
from pathlib import Path

from django.test import SimpleTestCase, TransactionTestCase, override_settings
from django.utils import timezone

from articles.management.commands import run_due
from articles.models import AuditEntry, Delivery, DeliveryAttempt, Webhook
from articles.outgoing.messages import FINISHED
from tests.backup.sites import migrated_database, site_of
from tests.management.test_run_due import ProcessTestCase, make_due, releases
from tests.support.killed_commands import KilledCommands
from tests.support.receivers import THIS_MACHINE, Receiver, deliver, happen, make_webhook, running
from tests.support.waiting import PATIENCE, end_of, wait_until

MOMENTS = 20


class HoldingReceiver(Receiver):
    """It answers nothing until it may."""

    def __init__(self):
        super().__init__()
        self.may_answer = threading.Event()
        self.answer = self.hold

    def hold(self, count):
        self.may_answer.wait(PATIENCE)
        return 200, {}, b""


@override_settings(WEBHOOK_PRIVATE_NETWORKS=THIS_MACHINE)
class SlowReceiverTests(TransactionTestCase):
    serialized_rollback = True

    def setUp(self):
        self.slow, self.quick = HoldingReceiver(), Receiver()
        self.addresses = [self.enterContext(running(each)) for each in (self.slow, self.quick)]
        self.addCleanup(self.slow.may_answer.set)
        for address in self.addresses:
            make_webhook(address, "submitted", "published")

    def test_a_slow_receiver_delays_no_digest_and_no_other_receiver(self):
        happen()
        command = run_due.Command(stdout=StringIO())
        self.assertTrue(command.turn())
        wait_until(lambda: self.slow.heard and self.quick.heard)
        digest = make_due()
        self.assertTrue(command.turn())
        self.assertEqual(releases(digest), ("published", 1, 1))
        wait_until(lambda: len(self.quick.heard) == 2)
        self.assertEqual(len(self.slow.heard), 1)
        self.slow.may_answer.set()
        command.lanes.finish()
        wait_until(lambda: command.turn() and not Delivery.objects.exclude(state="accepted"))
        command.lanes.finish()
        self.assertEqual(len(self.slow.heard), 2)


class EndedProcessTests(ProcessTestCase):
    def test_a_process_that_is_told_to_stop_leaves_what_it_was_sending(self):
        slow = HoldingReceiver()
        self.addCleanup(slow.may_answer.set)
        address = self.enterContext(running(slow))
        make_webhook(address)
        happen()
        process = self.start_run_due("--every", "1", WEBHOOK_PRIVATE_NETWORKS="127.0.0.0/8")
        wait_until(lambda: slow.heard)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(end_of(process), 0)
        self.assertIn(Delivery.objects.get().state, ("sending", "waiting"))


@override_settings(WEBHOOK_PRIVATE_NETWORKS=THIS_MACHINE)
class KilledSendingTests(SimpleTestCase):
    """kill -9 at any line: one delivery for each event, and every attempt under one id."""

    databases = ["default"]

    def test_each_event_arrives_wherever_its_sender_is_killed(self):
        database = self.enterContext(migrated_database())
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        receiver = Receiver()
        address = self.enterContext(running(receiver))
        environment = {"DATA_DIR": str(folder), "WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8"}
        commands = KilledCommands(self, ("notices", "outgoing"), database, **environment)
        with site_of(database):
            self.prepare(address)
            last = commands.lines("run_due")
            seen = set()
            for moment in range(1, last, last // MOMENTS):
                with self.subTest(line=moment):
                    self.prepare(address)
                    receiver.heard.clear()
                    commands.kill(moment, "run_due")
                    seen.add(tuple(sorted(Delivery.objects.values_list("state", flat=True))))
                    self.tell_the_rest()
                    self.assertEqual(len(set(receiver.ids())), 2)
                    self.assertLessEqual(len(receiver.heard), 3)
                    accepted = DeliveryAttempt.objects.filter(error="")
                    self.assertEqual(accepted.count(), 2)
                    self.assertEqual(Delivery.objects.count(), 2)
            self.assertIn((), seen)
            self.assertGreater(len(seen), 2)

    def prepare(self, address):
        """Two events for one receiver, of which nothing was sent."""
        Delivery.objects.all().delete()
        Webhook.objects.all().delete()
        AuditEntry.objects.all()._raw_delete("default")
        make_webhook(address)
        happen()
        happen()

    def tell_the_rest(self):
        """As if the lease of whoever was killed were over."""

        def is_told():
            Delivery.objects.exclude(state__in=FINISHED).update(next_at=timezone.now())
            deliver()
            accepted = Delivery.objects.filter(state="accepted")
            return accepted.count() == 2

        wait_until(is_told)
