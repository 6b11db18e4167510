"""An import that is killed leaves every file all in or not at all, and can be run again."""

import tempfile
from pathlib import Path

from django.core.management import call_command
from django.test import TransactionTestCase

from articles.models import AuditEntry, Digest, Revision
from tests.backup.sites import migrated_database, site_of
from tests.support.killed_commands import KilledCommands
from tests.support.posts import post

MODULES = ("posts/importing.py", "document", "digests", "changes")
DAYS = [f"2026-02-{day:02}" for day in range(1, 5)]
MOMENTS = 14


class KilledImportTests(TransactionTestCase):
    """The run's own database is only copied from."""

    serialized_rollback = True

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.posts = self.folder / "_posts"
        self.posts.mkdir()
        for day in DAYS:
            (self.posts / f"{day}-news.md").write_text(post(day), encoding="utf-8")

    def test_all_or_nothing_of_each_file_wherever_it_is_killed(self):
        database = self.enterContext(migrated_database())
        commands = KilledCommands(self, MODULES, database, DATA_DIR=str(self.folder))
        command = f"import_posts {self.posts} --publish"
        last = commands.lines(command)
        numbers = set()
        for moment in range(1, last, last // MOMENTS):
            with self.subTest(line=moment), site_of(database):
                empty()
                commands.kill(moment, command)
                numbers.add(self.check_whole())
                call_command("import_posts", self.posts, publish=True, verbosity=0)
                self.assertEqual(self.check_whole(), len(DAYS))
        self.assertLessEqual(set(range(len(DAYS))), numbers)

    def check_whole(self):
        """The number of digests, each with all that belongs to it."""
        for digest in Digest.objects.all():
            actions = AuditEntry.objects.filter(digest_id=digest.pk).order_by("action")
            self.assertEqual([entry.action for entry in actions], ["imported", "published"])
            [revision] = digest.revisions.all()
            self.assertEqual(revision.data["status"], "published")
            [article] = digest.articles.all()
            self.assertEqual((article.citations.count(), digest.status), (2, "published"))
        return Digest.objects.count()


def empty():
    Revision.objects.all().delete()
    Digest.objects.all().delete()
    AuditEntry.objects.all()._raw_delete("default")
