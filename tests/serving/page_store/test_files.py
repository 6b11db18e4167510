"""Pages as files for a web server: whole, of one state, and gone when they are."""

import gzip
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import brotli
from django.test import SimpleTestCase

from articles.serving.page_store import page as pages
from articles.serving.page_store.files import PageFiles, name_of

TEXT = "".join(f"<p>{n * n}번째 소식은 {n * n * n}곳에서 왔습니다.</p>" for n in range(99)).encode()


def page(body=b"<p>hello</p>"):
    return pages.make([("ETag", '"1"')], body)


def seconds(file):
    """What nginx makes a tag of, with the size (ngx_http_set_etag)."""
    return int(file.stat().st_mtime)


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

    def test_a_page_is_a_file_with_its_compressed_twins(self):
        self.files.put("/2026/01/03/", page(TEXT), "one")
        folder = self.current / "2026/01/03"
        self.assertEqual((folder / "index.html").read_bytes(), TEXT)
        self.assertEqual(gzip.decompress((folder / "index.html.gz").read_bytes()), TEXT)
        self.assertEqual(brotli.decompress((folder / "index.html.br").read_bytes()), TEXT)

    def test_what_compression_does_not_make_shorter_has_none(self):
        self.files.put("/2026/01/03.md", page(b"short"), "one")
        self.assertEqual(self.names(), ["2026/01/03.md"])

    def test_brotli_that_is_not_shorter_than_gzip_has_none(self):
        made = page(TEXT)
        zipped = made.variants["gzip"]
        self.files.put("/a/", replace(made, variants=made.variants | {"br": zipped}), "one")
        self.assertEqual(self.names(), ["a/index.html", "a/index.html.gz"])

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

    def test_a_page_in_fewer_bytes_replaces_its_twin_and_leaves_the_rest_and_the_time(self):
        self.files.put("/a/", page(TEXT), "one")
        twins = [self.current / f"a/index.html{end}" for end in ("", ".gz", ".br")]
        for twin in twins:
            os.utime(twin, (1_700_000_000, 1_700_000_000))
        before = [twin.stat() for twin in twins]
        self.files.put("/a/", pages.densest(page(TEXT)), "one")
        after = [twin.stat() for twin in twins]
        self.assertEqual(
            [now.st_ino == was.st_ino for now, was in zip(after, before, strict=True)],
            [True, True, False],
        )
        self.assertLess(after[2].st_size, before[2].st_size)
        self.assertEqual(seconds(twins[2]), 1_700_000_000)
        self.assertEqual(brotli.decompress(twins[2].read_bytes()), TEXT)

    def test_what_has_few_bytes_stays_when_another_process_or_state_has_more(self):
        self.files.put("/a/", pages.densest(page(TEXT)), "one")
        small = (self.current / "a/index.html.br").stat()
        self.files.put("/a/", page(TEXT), "one")
        self.assertEqual((self.current / "a/index.html.br").stat().st_ino, small.st_ino)
        self.files.begin("two")
        self.files.put("/a/", page(TEXT), "two")
        self.assertEqual((self.current / "a/index.html.br").stat().st_ino, small.st_ino)

    def test_a_twin_that_is_not_of_the_page_is_replaced_however_small_it_is(self):
        for wrong in (brotli.compress(b"another page"), b"", b"broken"):
            self.files.put("/a/", page(TEXT), "one")
            (self.current / "a/index.html.br").write_bytes(wrong)
            self.files.put("/a/", page(TEXT), "one")
            with self.subTest(wrong):
                found = (self.current / "a/index.html.br").read_bytes()
                self.assertEqual(brotli.decompress(found), TEXT)

    def test_other_bytes_of_the_same_length_never_have_the_same_second(self):
        bodies = [b"<p>%03d</p>" % number for number in range(40)]
        tags = set()
        for number, body in enumerate(bodies):  # all of it takes less than so many seconds
            self.files.begin(number // 2)
            self.files.put("/a/", page(body), number // 2)
            tags.add(seconds(self.current / "a/index.html"))
        self.assertEqual(len(tags), len(bodies))

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
