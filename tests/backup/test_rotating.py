"""A folder of backups: what is in it after a night, a bad night, and a second run on one day."""

import datetime as dt
import os
import subprocess
from io import StringIO
from unittest.mock import patch

from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import translation

from articles.backup import rotating, verifying
from articles.backup.archive import Archive
from articles.models import Article, Heartbeat
from articles.operations import heartbeats
from tests.backup.sites import SiteTestCase, fill
from tests.support.factories import make_digest

# One is of the time before this command named the files.
OLD = ("2020-01-01T03-40-00Z.zip", "2020-01-02.zip")
OF_OTHERS = ("Mon.zip", "2020-13-45.zip", "2020-01-02.tar", "2020-01-03T03-40-00Z.zip.txt")


class RotatingTests(SiteTestCase):
    def setUp(self):
        super().setUp()
        self.into = self.folder / "backups"
        self.into.mkdir()

    def backup(self, *arguments):
        out = StringIO()
        with translation.override("en"):
            call_command("backup", "--into", self.into, *arguments, stdout=out, stderr=StringIO())
        return out.getvalue()

    def names(self):
        return {path.name for path in self.into.iterdir()}

    def make_files(self, *names):
        for name in names:
            (self.into / name).write_text("x")

    def test_names_have_date_and_time_so_that_one_day_has_room_for_two(self):
        make_digest()
        moments = [dt.datetime(2026, 1, 3, 3, 40, second, tzinfo=dt.UTC) for second in (0, 1)]
        for moment in moments:
            with patch("django.utils.timezone.now", return_value=moment):
                self.backup()
        self.assertEqual(self.names(), {"2026-01-03T03-40-00Z.zip", "2026-01-03T03-40-01Z.zip"})
        self.assertEqual(heartbeats.last(), {})

    def test_a_night(self):
        fill()
        self.make_files(*OLD, f"{OLD[0]}.verified", f"{OLD[0]}.age", *OF_OTHERS)
        said = self.backup("--verify", "--keep", "30")
        self.assertIn("Restored ", said)
        self.assertIn("Old backups deleted: 2\n", said)
        new = self.names() - set(OF_OTHERS)
        [name] = [name for name in new if name.endswith(".zip")]
        self.assertEqual(new, {name, f"{name}.verified"})
        self.assertLess(set(OF_OTHERS), self.names())
        subprocess.run(
            ["sha256sum", "--check", "--quiet", f"{name}.verified"], cwd=self.into, check=True
        )
        with Archive(self.into / name) as archive:
            told = dt.datetime.fromisoformat(archive.manifest["created_at"])
            self.assertNotIn("articles.heartbeat", archive.manifest["tables"])
        self.assertEqual(heartbeats.last(), {"backup": told})

    def test_a_night_is_told_in_the_language_of_the_site(self):
        make_digest()
        out = StringIO()
        arguments = ("--into", self.into, "--verify", "--keep", "30")
        call_command("backup", *arguments, stdout=out, stderr=StringIO())
        said = out.getvalue().replace("manage.py verify_backup", "").replace(str(self.into), "")
        self.assertRegex(said, "[가-힣]")
        self.assertNotRegex(said, "[A-Za-z]+ [A-Za-z]+")

    def test_a_night_in_which_the_proof_fails_deletes_nothing(self):
        fill()
        self.make_files(*OLD)

        def lose(path, *arguments):
            Article.objects.filter(digest__date="2026-01-01").update(outlook="사라졌다.")
            return verify(path, *arguments)

        verify = verifying.verify
        with (
            patch.object(verifying, "verify", lose),
            self.assertRaisesMessage(CommandError, "differences"),
        ):
            self.backup("--verify", "--keep", "30")
        self.assertLess(set(OLD), self.names())
        self.assertEqual([name for name in self.names() if name.endswith(".verified")], [])
        self.assertEqual(heartbeats.last(), {})

    def test_a_night_in_which_nothing_can_be_written_deletes_nothing(self):
        self.make_files(*OLD)
        before = Heartbeat.objects.create(name="backup", at=dt.datetime(2026, 1, 3, tzinfo=dt.UTC))
        for error in (OSError(28, "No space left on device"), OperationalError("gone")):
            with (
                self.subTest(error),
                patch("os.fsync", side_effect=error),
                self.assertRaises((CommandError, OperationalError)),
            ):
                self.backup("--verify", "--keep", "30")
            self.assertEqual(self.names(), set(OLD))
        self.assertEqual(heartbeats.last(), {"backup": before.at})

    def test_what_is_as_old_as_asked_stays(self):
        names = [f"2026-01-{day:02}T03-40-00Z.zip" for day in (1, 2, 3, 31)]
        self.make_files(*names)
        deleted = rotating.delete_old(self.into / names[-1], dt.timedelta(days=29))
        self.assertEqual([path.name for path in deleted], names[:1])
        self.assertEqual(self.names(), set(names[1:]))

    def test_the_verified_one_stays_whatever_the_clock_says(self):
        """The clock was years ahead, and was put right."""
        self.make_files("2036-01-01T03-40-00Z.zip", "2026-01-01T03-40-00Z.zip")
        rotating.delete_old(self.into / "2026-01-01T03-40-00Z.zip", dt.timedelta(days=1))
        self.assertEqual(len(self.names()), 2)

    def test_what_a_killed_backup_left_goes_when_nobody_writes_it_any_more(self):
        name = "2026-01-03T03-40-00Z.zip"
        left, going_on = f".{name}.abc.part", f".{name}.def.part"
        self.make_files(name, left, going_on, ".mine.part")
        for path, day in ((left, 1), (".mine.part", 1), (going_on, 3)):
            moment = dt.datetime(2026, 1, day, tzinfo=dt.UTC).timestamp()
            os.utime(self.into / path, (moment, moment))
        rotating.delete_old(self.into / name, dt.timedelta(days=30))
        self.assertEqual(self.names(), {name, going_on, ".mine.part"})

    def test_what_makes_no_sense_together_is_a_sentence(self):
        for arguments, sentence in (
            ((self.file, "--verify"), "add --into DIR"),
            ((self.file, "--keep", "3"), "add --into DIR"),
            (("--into", self.into, "--keep", "3"), "after a new one was verified"),
            (("--into", self.into, "--force"), "never replaces"),
            ((self.file, "--into", self.into), "not allowed with"),
            ((), "required"),
            (("--into", self.into, "--verify", "--keep", "0"), "not a number of days"),
            (("--into", self.into, "--verify", "--keep", "9" * 5000), "not a number of days"),
        ):
            with (
                self.subTest(sentence),
                translation.override("en"),
                self.assertRaisesMessage(CommandError, sentence),
            ):
                call_command("backup", *arguments, stdout=StringIO())
        self.assertEqual((self.names(), self.file.exists()), (set(), False))
