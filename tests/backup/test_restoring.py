"""A site from its backup: the same on either engine and on the next version, or nothing."""

import json
import shutil
from io import StringIO
from unittest.mock import patch

from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone, translation

from articles.backup import creating, media, migrating, restoring, tables
from articles.backup.archive import Archive, Refused
from articles.digests import publishing
from articles.models import AuditEntry, Citation, Delivery, Digest, Revision, Tag
from articles.rules.addresses import comparison_key
from tests.backup.by_heart import migrating_by_heart
from tests.backup.sites import (
    PASSWORD,
    SiteTestCase,
    addresses,
    fill,
    migrated_database,
    new_database,
    site_of,
)
from tests.support.factories import make_digest, make_user

URL = "https://hanbit.example/2026/01/03/1"
LINES = tables.lines
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


def pages(of):
    return {address: Client().get(address).content for address in of}


def rows(path):
    """Every table of a backup, but what a restore itself changes: it has a row in the audit trail,
    and readers may see something else."""
    with Archive(path) as archive:
        read = {
            name: [json.loads(line) for line in archive.open(name)]
            for name in archive.names("tables/")
        }
    del read["tables/articles.siteversion.jsonl"]
    trail = read["tables/articles.auditentry.jsonl"]
    action = trail[0].index("action")
    trail[:] = [row for row in trail if row[action] != restoring.RESTORED]
    return read


class RestoringTests(SiteTestCase):
    migrates_by_heart = False

    def setUp(self):
        super().setUp()
        fill()
        (self.media / "chart.png").write_bytes(b"\x89PNG")
        self.queue_delivery()
        self.addresses = addresses()
        self.before = pages(self.addresses)
        creating.create(self.file)
        self.copy = self.folder / "again.zip"

    def test_site_is_the_same_on_the_same_engine(self):
        self.check_restored_on(connection.vendor)

    def test_site_is_the_same_on_the_other_engine_and_back(self):
        self.check_restored_on(OTHER[connection.vendor])
        self.enterContext(migrating_by_heart())  # the way that the test above goes
        with new_database(connection.vendor) as database, site_of(database):
            restoring.restore(self.copy)
            self.assertEqual(pages(self.addresses), self.before)

    def queue_delivery(self):
        entry = AuditEntry.objects.create(action="published", at=timezone.now())
        now = {"queued_at": entry.at, "next_at": entry.at}
        Delivery.objects.create(
            entry=entry, target="webhook:1", lane="webhook:1", kind="published", **now
        )

    def check_restored_on(self, vendor):
        with new_database(vendor) as database, site_of(database):
            (self.media / "chart.png").unlink()
            out = StringIO()
            with translation.override("en"):
                call_command("restore", self.file, stdout=out)
            self.assertIn("Restored ", out.getvalue())
            self.assertEqual(connection.vendor, vendor)
            self.assertEqual(Delivery.objects.get().state, "given-up")  # it is sent elsewhere
            Delivery.objects.update(state="waiting")
            self.assertEqual(pages(self.addresses), self.before)
            self.assertEqual((self.media / "chart.png").read_bytes(), b"\x89PNG")
            self.assertEqual([path.name for path in self.media.iterdir()], ["chart.png"])
            creating.create(self.copy)
            self.assertEqual(rows(self.copy), rows(self.file))
            self.check_it_goes_on()

    def check_it_goes_on(self):
        """Accounts work and new rows get keys that nothing ever had, not even what was deleted."""
        self.assertEqual(AuditEntry.objects.filter(action=restoring.RESTORED).count(), 1)
        user = authenticate(username="minji", password=PASSWORD)
        self.assertTrue(user.has_perm("articles.publish_digest"))
        deleted = Revision.objects.get(kind=Revision.Kind.DELETED).data["gone"]["digest"]
        self.assertFalse(Digest.objects.filter(pk=deleted).exists())
        digest = make_digest("2026-02-01")
        self.assertEqual(digest.pk, deleted + 1)
        self.assertEqual(Client().get("/2026/02/01/").status_code, 200)
        self.assertIsNotNone(Tag.objects.create(name="새 주제").pk)


class OtherVersionTests(SiteTestCase):
    migrates_by_heart = False

    def make_older_backup(self):
        """Of a site as it was before the migration that fills in the comparison keys."""
        with new_database("sqlite") as database, site_of(database):
            MigrationExecutor(connection).migrate([("articles", "0003_from_draft_to_print")])
            found = migrating.models_at(migrating.present())
            models = {model._meta.model_name: model.objects for model in found}
            digest = models["digest"].create(date="2026-01-03", title="옛 글")
            article = models["article"].create(digest=digest, position=1, headline="a", slug="a")
            publisher = models["publisher"].create(name="한빛일보", slug="hanbit")
            models["citation"].create(article=article, position=1, publisher=publisher, url=URL)
            creating.create(self.file)

    def test_older_backup_is_migrated_on(self):
        """Also where the empty database is ahead of it."""
        self.make_older_backup()
        with migrated_database() as database, site_of(database):
            restoring.restore(self.file)
            self.assertEqual(Citation.objects.get().url_key, comparison_key(URL))
            self.assertEqual(publishing.publish(Digest.objects.get(), unchecked=True).version, 2)
            call_command("migrate", verbosity=0, check_unapplied=True)

    def test_backup_of_a_newer_version_is_refused(self):
        creating.create(self.file)
        with Archive(self.file) as archive:
            archive.manifest["migrations"]["articles"].append("9999_from_the_future")
            with (
                translation.override("en"),
                self.assertRaisesMessage(Refused, "(articles.9999_from_the_future). Update first."),
                restoring.whole_or_nothing(),
            ):
                restoring.load(archive)


class RefusalTests(SiteTestCase):
    def setUp(self):
        super().setUp()
        self.enterContext(translation.override("en"))

    def refusal(self):
        with self.assertRaises(CommandError) as caught:
            call_command("restore", self.file)
        return str(caught.exception)

    def test_database_with_content_is_refused_and_says_what_there_is(self):
        creating.create(self.file)
        make_digest("2026-01-03")
        make_user()
        self.assertIn("not empty (users 1, digests 1, revisions 1).", self.refusal())
        self.assertEqual(Digest.objects.count(), 1)

    def test_file_that_is_not_in_the_backup_is_not_mixed_with_it(self):
        (self.media / "same.png").write_bytes(b"same")
        creating.create(self.file)
        (self.media / "other.png").write_bytes(b"other")
        self.assertIn("it has other.png.", self.refusal())
        (self.media / "other.png").unlink()
        (self.media / "same.png").write_bytes(b"changed")
        self.assertIn("it has same.png.", self.refusal())
        (self.media / "same.png").write_bytes(b"same")
        call_command("restore", self.file, verbosity=0)

    def test_files_that_cannot_be_written_leave_the_database_empty(self):
        (self.media / "2026").mkdir()
        (self.media / "2026" / "chart.png").write_bytes(b"chart")
        creating.create(self.file)
        shutil.rmtree(self.media / "2026")
        (self.media / media.STAGING).write_text("in the way")
        self.assertIn("The uploaded files cannot be written:", self.refusal())
        self.assertFalse(AuditEntry.objects.exists())
        (self.media / media.STAGING).unlink()
        call_command("restore", self.file, verbosity=0)
        self.assertEqual((self.media / "2026" / "chart.png").read_bytes(), b"chart")

    def test_damaged_part_is_named_before_anything_is_written(self):
        creating.create(self.file)
        data = bytearray(self.file.read_bytes())
        data[data.index(b"tables/auth.group.jsonl") + 50] ^= 1
        self.file.write_bytes(data)
        self.assertIn("damaged at tables/auth.group.jsonl:", self.refusal())
        self.assertFalse(AuditEntry.objects.exists())
        self.assertEqual(list(self.media.iterdir()), [])

    def test_what_breaks_a_constraint_leaves_the_database_as_it_was(self):
        """A backup whose checksums are right and whose rows are not."""
        make_digest("2026-01-03")
        (self.media / "chart.png").write_bytes(b"chart")

        def without_digests(model):
            lines = list(LINES(model))
            yield from lines[:1] if model._meta.label == "articles.Digest" else lines

        with patch.object(tables, "lines", without_digests):
            creating.create(self.file)
        (self.media / "chart.png").unlink()
        with new_database(connection.vendor) as database, site_of(database):
            self.assertIn("does not take the backup:", self.refusal())
            self.assertEqual(connection.introspection.table_names(), [])
        self.assertEqual(list(self.media.iterdir()), [])
