"""A backup, its proof and its restore show on a terminal how far they are."""

import pytest
from django.db import connection

from tests.backup.sites import SiteTestCase, new_database, site_of
from tests.management.test_progress import ShownCase, bars
from tests.support.factories import make_digest


# The counts are made in Python, while the commands are tested on both engines.
@pytest.mark.one_engine
class BackupTests(ShownCase, SiteTestCase):
    def test_a_backup_and_its_restore_show_what_they_are_at(self):
        make_digest("2026-01-03")
        for name in ("1.png", "2.png", "3.png"):
            (self.media / name).write_bytes(b"picture")
        tables, files = bars(self.shown("backup", self.file))
        self.assertEqual(files, 3)
        self.assertSilentElsewhere("backup", self.file, "--force")
        for path in self.media.iterdir():
            path.unlink()
        with new_database(connection.vendor) as database, site_of(database):
            # Parts that are verified, files, tables, digests that can be found.
            self.assertEqual(bars(self.shown("restore", self.file)), [tables + 3, 3, tables, 1])

    def test_the_proof_of_a_backup_shows_what_it_is_at(self):
        make_digest("2026-01-03")
        [tables] = bars(self.shown("backup", self.file))
        text = self.shown("verify_backup", self.file)
        # Parts that are verified, tables of the scratch database, then pages.
        self.assertEqual(bars(text), [tables, tables])
        self.assertRegex(text, r"K1 ….*K1\d …")
        self.assertSilentElsewhere("verify_backup", self.file)
