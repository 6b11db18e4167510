"""A restore that is killed leaves an empty database or the whole site, and can be run again."""

import shutil
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from articles.backup import creating, restoring, scratch
from articles.backup.archive import Archive
from articles.models import AuditEntry, Digest, Revision
from tests.backup.sites import SiteTestCase, copy, drop, fill, migrated_database, server, site_of
from tests.support.killed_commands import KilledCommands

# The lines are the same with both engines. Only whether it takes all back differs.
MOMENTS = {"sqlite": 20, "postgresql": 10}
END = 60


class KilledRestoreTests(SiteTestCase):
    def setUp(self):
        super().setUp()
        self.database = self.enterContext(migrated_database())
        fill()
        for name in ("a.png", "b.png"):
            (self.media / name).write_bytes(name.encode() * 1000)
        creating.create(self.file)
        self.images = sorted(self.media.iterdir())
        self.rows = self.present_rows()

    def present_rows(self):
        models = (Digest, Revision, AuditEntry)
        return [list(model.objects.order_by("pk").values_list("pk", flat=True)) for model in models]

    def test_all_or_nothing_wherever_it_is_killed(self):
        database = self.database
        empty = Template(database)
        self.addCleanup(empty.remove)
        folders = {"DATA_DIR": str(self.folder), "MEDIA_ROOT": str(self.media)}
        commands = KilledCommands(self, ["backup"], database, **folders)
        self.remove_files()
        last = commands.lines(f"restore {self.file}")
        fates = set()
        for number, moment in enumerate(self.moments(last)):
            with self.subTest(line=moment):
                empty.copy_over(database)
                self.remove_files()
                commands.kill(moment, f"restore {self.file}")
                with site_of(database):
                    fates.add(self.check_all_or_nothing(runs_again=number % 2 == 0))
        self.assertEqual(fates, {"nothing", "all"})

    def remove_files(self):
        """Uploaded ones and those staged, so that every run has the same lines."""
        shutil.rmtree(self.media)
        self.media.mkdir()

    def moments(self, last):
        """Lines all over the run, and half of them near its end, when files and rows come in."""
        half = MOMENTS[connection.vendor] // 2
        return [*range(1, last - END, last // half), *range(last - END, last + 1, END // half)]

    def check_all_or_nothing(self, runs_again):
        """What there is after a kill; if nothing, that a second run completes it."""
        if Digest.objects.exists():
            self.check_complete()
            return "all"
        self.assertEqual(self.present_rows(), [[], [], []])
        if runs_again:
            call_command("restore", self.file, verbosity=0)
            self.check_complete()
        return "nothing"

    def check_complete(self):
        digests, revisions, trail = self.present_rows()
        self.assertEqual([digests, revisions, trail[:-1]], self.rows)
        self.assertEqual(AuditEntry.objects.get(pk=trail[-1]).action, restoring.RESTORED)
        with Archive(self.file) as archive:
            for image in self.images:
                self.assertEqual(image.read_bytes(), archive.open(f"media/{image.name}").read())


class Template:
    """A copy of a database, to start over from."""

    def __init__(self, database):
        self.name = f"{database['NAME']}_empty"
        self.is_file = "sqlite" in database["ENGINE"]
        self._copy(database["NAME"], self.name)

    def copy_over(self, database):
        self._remove(database["NAME"])
        self._copy(self.name, database["NAME"])

    def remove(self):
        self._remove(self.name)

    def _copy(self, source, target):
        if self.is_file:
            shutil.copy(source, target)
            return
        with server_connection() as admin:
            copy(admin, source, target)

    def _remove(self, name):
        if self.is_file:
            for suffix in ("", "-wal", "-shm", "-journal"):
                Path(name + suffix).unlink(missing_ok=True)
            return
        with server_connection() as admin:
            drop(admin, name)


def server_connection():
    return scratch.opened(server() | {"NAME": "postgres"})
