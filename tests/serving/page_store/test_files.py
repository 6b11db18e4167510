"""Pages as files for a web server: whole, of one state, and gone when they are."""

import gzip
import tempfile
from pathlib import Path

from django.test import SimpleTestCase

from articles.serving.page_store import page as pages
from articles.serving.page_store.files import PageFiles, name_of


def page(body=b"<p>hello</p>"):
    return pages.make([("ETag", '"1"')], body)


class PageFilesTests(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name) / "pages"
        self.files = PageFiles(self.root)
        self.files.begin("one")
        self.current = self.root / "current"

    def names(self):
        return sorted(str(p.relative_to(self.current)) for p in self.current.rglob("*.*"))

    def test_a_page_is_a_file_with_its_compressed_twin(self):
        text = "새 소식 " * 40
        self.files.put("/2026/01/03/", page(text.encode()), "one")
        folder = self.current / "2026/01/03"
        self.assertEqual((folder / "index.html").read_text(), text)
        zipped = (folder / "index.html.gz").read_bytes()
        self.assertEqual(gzip.decompress(zipped).decode(), text)

    def test_what_compression_does_not_make_shorter_has_none(self):
        self.files.put("/2026/01/03.md", page(b"short"), "one")
        self.assertEqual(self.names(), ["2026/01/03.md"])

    def test_names_are_those_of_the_addresses(self):
        self.files.put("/2026/01/03.md", page(), "one")
        self.files.put("/tags/반도체/", page(), "one")
        self.assertIn("2026/01/03.md", self.names())
        self.assertIn("tags/반도체/index.html", self.names())

    def test_another_state_starts_without_pages(self):
        self.files.put("/", page(), "one")
        self.files.begin("two")
        self.assertEqual(self.names(), [])

    def test_a_page_of_another_state_is_not_written(self):
        self.files.begin("two")
        self.files.put("/", page(), "one")
        self.assertEqual(self.names(), [])

    def test_the_same_bytes_keep_their_time_and_others_do_not(self):
        self.files.put("/a/", page(b"same"), "one")
        self.files.put("/b/", page(b"old"), "one")
        before = (self.current / "a/index.html").stat()
        self.files.begin("two")
        self.files.put("/a/", page(b"same"), "two")
        self.files.put("/b/", page(b"new"), "two")
        self.assertEqual((self.current / "a/index.html").stat().st_ino, before.st_ino)
        self.assertEqual((self.current / "b/index.html").read_bytes(), b"new")

    def test_only_the_present_state_and_the_last_take_room(self):
        for state in ("two", "three", "four"):
            self.files.begin(state)
            self.files.clear_up(state)
        folders = [p for p in self.root.iterdir() if p.is_dir() and not p.is_symlink()]
        self.assertEqual(len(folders), 2)

    def test_no_path_leads_out_of_the_directory(self):
        for path in ("/../x", "/a/../../x", "/.hidden", "/a//b", "/" + "가" * 100, "/a\0b"):
            with self.subTest(path):
                self.assertIsNone(name_of(path))
                self.files.put(path, page(), "one")
        self.assertEqual(self.names(), [])
        self.assertEqual(sorted(p.name for p in self.root.parent.iterdir()), ["pages"])
