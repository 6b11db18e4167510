"""What a backup holds, and that it is of one moment."""

import json
import shlex
import threading
from io import StringIO
from unittest.mock import patch

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

import newsroom
from articles.backup import creating, tables
from articles.backup.archive import Archive
from articles.models import Article, Digest, Revision
from tests.backup.sites import SiteTestCase, fill
from tests.support.factories import make_digest
from tests.support.waiting import wait_for_thread


class CreatingTests(SiteTestCase):
    def test_the_command_that_it_names_works_for_a_folder_with_a_blank(self):
        folder = self.file.parent / "our backups"
        folder.mkdir()
        out = StringIO()
        call_command("backup", folder / "a.zip", stdout=out)
        words = shlex.split(out.getvalue().splitlines()[-1])
        self.assertEqual(words[-2:], ["verify_backup", str(folder / "a.zip")])

    def test_it_holds_everything_but_logins_and_keys(self):
        fill()
        (self.media / "2026").mkdir()
        (self.media / "2026" / "그림.png").write_bytes(b"\x89PNG")
        out = StringIO()
        call_command("backup", self.file, stdout=out)
        self.assertIn("verify_backup", out.getvalue())
        with Archive(self.file) as archive:
            archive.check()
            counts = {name: table["rows"] for name, table in archive.manifest["tables"].items()}
            for model in (Digest, Article, Revision):
                self.assertEqual(counts[model._meta.label_lower], model.objects.count())
            self.assertEqual(counts["articles.workingcopy"], 1)
            self.assertEqual(archive.open("media/2026/그림.png").read(), b"\x89PNG")
            everything = b"".join(archive.open(name).read() for name in archive.parts)
        self.assertNotIn("sessions.session", counts)
        self.assertNotIn(Session.objects.get().session_key.encode(), everything)
        self.assertNotIn(settings.SECRET_KEY.encode(), everything)

    def test_it_says_which_release_wrote_it(self):
        creating.create(self.file)
        with Archive(self.file) as archive:
            self.assertEqual(archive.manifest["version"], newsroom.__version__)

    def test_it_is_of_one_moment_while_others_write(self):
        """Another process commits a digest after the first table was read, and need not wait."""
        make_digest("2026-01-01")
        write, read_first = threading.Thread(target=self.write_another), tables.lines

        def read(model):
            yield from read_first(model)
            if write.ident is None:
                write.start()
                wait_for_thread(write)

        with patch.object(tables, "lines", read):
            creating.create(self.file)
        self.assertEqual(Digest.objects.count(), 2)
        with Archive(self.file) as archive:
            days = [json.loads(line)[1] for line in archive.open("tables/articles.digest.jsonl")]
            self.assertEqual(days, ["date", "2026-01-01"])
            counted = archive.manifest["tables"]
            self.assertEqual(counted["articles.article"]["rows"], 2)
            self.assertEqual(counted["articles.revision"]["rows"], 1)

    def write_another(self):
        try:
            make_digest("2026-01-02")
        finally:
            connection.close()

    def test_it_does_not_lie_among_the_files_visitors_may_fetch(self):
        with translation.override("en"), self.assertRaisesMessage(CommandError, "MEDIA_ROOT"):
            call_command("backup", self.media / "backup.zip")
        self.assertEqual(list(self.media.iterdir()), [])

    def test_place_that_cannot_be_written_is_named(self):
        path = self.folder / ("long" * 100)
        with translation.override("en"), self.assertRaisesMessage(CommandError, f"{path} cannot"):
            call_command("backup", path)

    def test_a_missing_folder_and_one_in_place_of_a_file_are_named_with_what_to_do(self):
        missing = self.folder / "missing"
        for place, sentence in (
            ([missing / "backup.zip"], f"There is no folder {missing}. Create it,"),
            (["--into", missing], f"There is no folder {missing}. Create it,"),
            ([self.folder], f"{self.folder} is a folder. Name a file in it,"),
            ([self.folder, "--force"], f"{self.folder} is a folder. Name a file in it,"),
        ):
            with (
                self.subTest(place),
                translation.override("en"),
                self.assertRaisesMessage(CommandError, sentence),
            ):
                call_command("backup", *place)
