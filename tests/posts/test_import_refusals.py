"""Posts and archives that the import refuses."""

import datetime as dt
import os
import tempfile
import zipfile
from pathlib import Path
from unittest import mock

from django.test import SimpleTestCase

from articles.document import DocumentError
from articles.models import Article, Digest, Publisher
from articles.posts.post_files import UnusableZip, find_posts, read_post
from tests.posts.test_importing import ImportCase
from tests.support.posts import POST, post


class RefusalTests(ImportCase):
    def test_one_bad_file_leaves_the_others_alone(self):
        self.write("1.md", "no front matter")
        self.write("2.md", post("2026-01-04"))
        self.write("3.md", POST.encode("cp949", "replace"))
        self.write("4.md", post("2026-01-05").replace("40%", "4\x000%"))
        self.assertEqual(
            self.statuses(),
            {"1.md": "refused", "2.md": "created", "3.md": "refused", "4.md": "refused"},
        )
        self.assertEqual(Digest.objects.get().date, dt.date(2026, 1, 4))
        self.assertFalse(Publisher.objects.exclude(citations__isnull=False).exists())

    def test_bad_bytes_are_named_by_line(self):
        self.write("a.md", POST.encode().replace("응답".encode(), b"\xff\xfe"))
        [outcome] = self.run_import()
        self.assertEqual(outcome.errors[0][0], 15)
        self.assertIn("0xff", outcome.errors[0][1])

    def test_second_post_for_one_day_is_refused_naming_the_first(self):
        self.write("a.md", post(headline="하나"))
        self.write("b.md", post(headline="둘"))
        first, second = self.run_import()
        self.assertEqual((first.status, second.status), ("created", "refused"))
        self.assertIn("a.md", second.errors[0][1])
        self.assertEqual(Article.objects.get().headline, "하나")

    def test_failure_while_saving_leaves_nothing_of_the_file(self):
        self.write("a.md", POST)
        with self.assertRaises(RuntimeError), self.failing_revisions():
            self.run_import()
        self.assertFalse(Digest.objects.exists())
        self.assertFalse(Publisher.objects.exists())

    def failing_revisions(self):
        from unittest.mock import patch

        return patch("articles.posts.importing.revisions.keep", side_effect=RuntimeError)

    def test_oversized_file_is_refused(self):
        self.write("a.md", POST + "x" * 1_000_000)
        self.assertEqual(self.statuses(), {"a.md": "refused"})


class FolderTests(SimpleTestCase):
    def test_posts_in_a_folder_that_may_not_be_read_are_not_left_out_in_silence(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "a.md").write_text(POST)
        (folder / "closed").mkdir()
        scan = os.scandir

        def scan_but_one(path):
            if Path(path).name == "closed":
                raise PermissionError(13, "Permission denied", str(path))
            return scan(path)

        with mock.patch("os.scandir", scan_but_one), self.assertRaises(PermissionError):
            find_posts([folder])


class ZipBombTests(SimpleTestCase):
    def setUp(self):
        self.file = Path(self.enterContext(tempfile.TemporaryDirectory())) / "posts.zip"

    def test_posts_that_unpack_to_very_much_are_refused_unread(self):
        with zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(3):
                archive.writestr(f"{number}.md", bytes(1000))
        with (
            mock.patch("articles.posts.post_files.MAX_ZIP_BYTES", 2999),
            self.assertRaises(UnusableZip),
        ):
            find_posts([self.file])
        with mock.patch("articles.posts.post_files.MAX_ZIP_BYTES", 3000):
            self.assertEqual(len(find_posts([self.file])), 3)

    def test_packing_whose_memory_has_no_bound_is_refused(self):
        for packing in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            with zipfile.ZipFile(self.file, "w", packing) as archive:
                archive.writestr("a.md", POST)
            [source] = find_posts([self.file])
            with self.subTest(packing=packing), self.assertRaises(DocumentError):
                read_post(source)
