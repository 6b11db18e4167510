"""kill -9 at any line of what hands a digest over: one mail at the service, on both databases."""

import tempfile
from pathlib import Path

import pytest
from django.db import connection
from django.test import SimpleTestCase, override_settings
from django.utils import timezone

from articles.models import AuditEntry, Campaign, Delivery, Digest, MailService
from tests.backup.sites import migrated_database, site_of
from tests.support.factories import make_digest
from tests.support.killed_commands import KilledCommands
from tests.support.mail_services import Buttondown, Listmonk, make_service, running
from tests.support.receivers import THIS_MACHINE, deliver, happen

MOMENTS = 10  # at each of two services
WATCHED = (
    "mail/campaigns",
    "mail/listmonk",
    "mail/buttondown",
    "mail/wanted",
    "notices",
    "outgoing",
)


@pytest.mark.django_db
@pytest.mark.usefixtures("django_db_setup")  # the test copies it
@override_settings(WEBHOOK_PRIVATE_NETWORKS=THIS_MACHINE)
class KilledHandingOverTests(SimpleTestCase):
    databases = ["default"]

    def test_a_service_has_one_mail_wherever_the_process_is_killed(self):
        database = self.enterContext(migrated_database())
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        environment = {"DATA_DIR": str(folder), "WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8"}
        commands = KilledCommands(self, WATCHED, database, **environment)
        with site_of(database):
            day = timezone.localdate(timezone=timezone.get_default_timezone())
            self.digest = make_digest(day, articles=1)
            Digest.objects.update(publish_at=timezone.now())
            for kind, service in (("listmonk", Listmonk()), ("buttondown", Buttondown())):
                self.kind, self.there = kind, service
                self.address = self.enterContext(running(service))
                self.kill_everywhere(commands)

    def kill_everywhere(self, commands):
        self.prepare()
        last = commands.lines("run_due")
        seen = set()
        for moment in range(1, last, max(1, last // MOMENTS)):
            with self.subTest(self.kind, line=moment):
                self.prepare()
                commands.kill(moment, "run_due")
                seen.add((tuple(self.there.statuses()), Campaign.objects.exists()))
                self.hand_over_the_rest()
                self.assertEqual(len(self.there.statuses()), 1)
                self.assertEqual(Campaign.objects.get().state, "made")
                self.assertNotEqual(self.there.statuses(), ["draft"])
                self.assertEqual(AuditEntry.objects.filter(action="mailed").count(), 1)
        self.assertGreater(len(seen), 2)

    def prepare(self):
        """A digest that was published a moment ago, and a service that has nothing."""
        for model in (Delivery, Campaign, MailService):
            model.objects.all().delete()
        AuditEntry.objects.all()._raw_delete("default")
        self.there.mails.clear()
        make_service(self.address, self.kind, mode="sent")
        happen("published", self.digest, actor_id=1)

    def hand_over_the_rest(self):
        """What the next process does, once the time of the dead one is over."""
        past = timezone.now()
        Delivery.objects.filter(state__in=("waiting", "sending")).update(next_at=past)
        Campaign.objects.update(taken_until=None)
        connection.close()
        deliver()
