"""A push that is killed is all in or not at all, and can be sent again."""

import tempfile
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.test import TransactionTestCase

from articles.models import AuditEntry, Digest, Program, Push, Revision, Suggestion
from tests.backup.sites import migrated_database, site_of
from tests.support.killed_commands import KilledCommands
from tests.support.pushes import article, post_of

MODULES = ("posts/pushes", "digests", "changes")
MOMENTS = 20
DAY = "2026-01-03"


class KilledPushTests(TransactionTestCase):
    """The run's own database is only copied from."""

    serialized_rollback = True

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.first = self.write("first.md", "하나", "둘")
        self.second = self.write("second.md", article("하나", point="새 요점"), "둘", "셋")

    def write(self, name, *articles):
        path = self.folder / name
        path.write_text(post_of(*articles), encoding="utf-8")
        return path

    def test_all_or_nothing_wherever_it_is_killed(self):
        database = self.enterContext(migrated_database())
        with site_of(database):
            self.push(self.first)
        commands = KilledCommands(self, MODULES, database, DATA_DIR=str(self.folder))
        command = f"push {self.second} --date {DAY}"
        last = commands.lines(command)
        seen = set()
        for moment in range(1, last, last // MOMENTS):
            with self.subTest(line=moment), site_of(database):
                empty()
                self.push(self.first)
                commands.kill(moment, command)
                seen.add(self.state())
                self.push(self.second)
                self.assertEqual(self.state(), DONE)
        self.assertIn(BEFORE, seen)
        self.assertLessEqual(seen, {BEFORE, DONE})

    def push(self, path):
        call_command("push", path, date=DAY, verbosity=0, stdout=StringIO())

    def state(self):
        """The headlines and points, and how many rows there are of each kind."""
        digest = Digest.objects.get()
        texts = list(digest.articles.order_by("position").values_list("headline", "points"))
        actions = AuditEntry.objects.filter(action="pushed").count()
        counts = (Push.objects.count(), Revision.objects.count(), actions)
        self.assertFalse(Suggestion.objects.exists())
        return repr((texts, counts))


USUAL = ["병원 세 곳이 시험"]
BEFORE = repr(([("하나 기사", USUAL), ("둘 기사", USUAL)], (1, 1, 1)))
DONE = repr(([("하나 기사", ["새 요점"]), ("둘 기사", USUAL), ("셋 기사", USUAL)], (2, 2, 2)))


def empty():
    Push.objects.all().delete()
    Program.objects.all().delete()
    Revision.objects.all().delete()
    Digest.objects.all().delete()
    AuditEntry.objects.all()._raw_delete("default")
