"""A poller that is killed loses nothing and brings nothing twice."""

import tempfile

import pytest
from django.test import TransactionTestCase, override_settings
from django.utils import timezone

from articles.models import Arrival, Candidate, FollowedFeed, OriginDay
from tests.backup.sites import migrated_database, site_of
from tests.inbox.candidates import make_feed
from tests.support.killed_commands import KilledCommands
from tests.support.receivers import THIS_MACHINE
from tests.support.strange_server import StrangeServer, response, rss

MODULES = ("inbox/polling.py", "inbox/arriving.py", "inbox/alike.py")
MOMENTS = 20
FEEDS = 2
TABLES = (Arrival, Candidate, OriginDay)


# A transaction is all or nothing on both engines; `tests/posts/test_killed_import.py` kills both.
@pytest.mark.one_engine
class KilledPollerTests(TransactionTestCase):
    serialized_rollback = True

    @override_settings(WEBHOOK_PRIVATE_NETWORKS=THIS_MACHINE)
    def test_all_or_nothing_of_each_feed_wherever_it_is_killed(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        server = self.enterContext(StrangeServer())
        for number in range(FEEDS):
            pages = [(f"https://hanbit.example/{number}/{n}", f"{n}번 소식") for n in range(3)]
            shared = ("https://hanbit.example/both", "둘 다 가진 소식")
            server.says[f"/{number}"] = response(rss(*pages, shared), ETag=f'"{number}"')
        database = self.enterContext(migrated_database())
        networks = {"WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8"}
        commands = KilledCommands(self, MODULES, database, DATA_DIR=folder, **networks)
        with site_of(database):
            self.begin(server)
        last = commands.lines("run_due")
        seen = set()
        for moment in range(1, last, max(1, last // MOMENTS)):
            with self.subTest(line=moment), site_of(database):
                self.begin(server)
                commands.kill(moment, "run_due")
                seen.add(self.check_whole())
                FollowedFeed.objects.update(next_at=timezone.now())  # the lease is over
                commands.lines("run_due")  # to its end
                self.assertEqual(self.check_whole(), FEEDS)
        self.assertLessEqual({0}, seen)

    def begin(self, server):
        for model in (FollowedFeed, *TABLES):
            model.objects.all().delete()
        for number in range(FEEDS):
            make_feed(f"{server.origin}/{number}")

    def check_whole(self):
        """The number of feeds whose candidates are there, all of them, each once."""
        feeds = FollowedFeed.objects.exclude(etag="")
        for feed in feeds:
            self.assertEqual(Arrival.objects.filter(origin=f"feed:{feed.pk}").count(), 4)
            self.assertEqual(OriginDay.objects.get(origin=f"feed:{feed.pk}").came, 4)
        whole = len(feeds)
        self.assertEqual(Arrival.objects.count(), 4 * whole)
        self.assertEqual(Candidate.objects.count(), {0: 0, 1: 4, 2: 7}[whole])
        return whole
