"""Pages are made as small as they get when the site is still."""

import threading
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import brotli
from django.test import SimpleTestCase

from articles.serving.page_store import page as pages
from articles.serving.page_store import versions
from articles.serving.page_store.compressing import COMPRESSING, STILL
from articles.serving.page_store.front import Front
from tests.serving.page_store.test_front import FIRST, SECOND, Site, ask, wait_for_renewals
from tests.support.waiting import wait_for_thread

TEXT = "".join(f"<p>{n * n}번째 소식은 {n * n * n}곳에서 왔습니다.</p>" for n in range(99))


class TextSite(Site):
    """Answers every address with the same text, but for the address itself."""

    text = TEXT

    def __call__(self, environ, start_response):
        super().__call__(environ, start_response)
        return [f"{environ['PATH_INFO']}{self.text}".encode()]


def wait_for_compressing():
    for thread in threading.enumerate():
        if thread.name == COMPRESSING:
            wait_for_thread(thread)


class CompressingTests(SimpleTestCase):
    def setUp(self):
        self.site, self.state = TextSite(), FIRST
        patcher = patch.object(versions, "current", lambda: self.state)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.addCleanup(wait_for_compressing)
        self.addCleanup(wait_for_renewals)
        self.front = Front(self.site, max_bytes=1_000_000, renewed=2)

    def look(self, times=STILL):
        for _ in range(times):
            self.front.versions.look()
            wait_for_renewals()
            wait_for_compressing()

    def compressed(self, path="/"):
        return ask(self.front, path, accept_encoding="br")[2]

    def test_a_page_is_made_smaller_after_a_while_and_stays_the_same_page(self):
        quick = self.compressed()
        self.look(STILL - 1)
        self.assertEqual(self.compressed(), quick)
        self.look(1)
        small = self.compressed()
        self.assertLess(len(small), len(quick))
        self.assertEqual(brotli.decompress(small), brotli.decompress(quick))
        self.assertEqual(len(self.site.asked), 1)

    def test_files_get_the_small_form_and_keep_it_after_a_change_elsewhere(self):
        root = Path(self.enterContext(TemporaryDirectory(ignore_cleanup_errors=True)))
        self.front = Front(self.site, max_bytes=1_000_000, files=root, renewed=2)
        twin = root / "current/index.html.br"
        quick = self.compressed()
        self.look(STILL - 1)
        self.assertEqual(twin.read_bytes(), quick)
        self.look(1)
        small = self.compressed()
        self.assertLess(len(small), len(quick))
        self.assertEqual(twin.read_bytes(), small)
        self.state = SECOND
        self.look(1)
        self.assertEqual(twin.read_bytes(), small)

    def test_only_the_pages_that_were_used_last_are(self):
        quick = {path: len(self.compressed(path)) for path in ("/1/", "/2/", "/3/")}
        self.look()
        kept = {path: self.front.store.peek(path, FIRST) for path in quick}
        self.assertEqual([p for p in kept if kept[p].is_densest], ["/2/", "/3/"])

    def test_what_a_change_leaves_as_it_is_stays_small_and_the_rest_waits_again(self):
        self.compressed("/1/")
        self.look()
        small = self.compressed("/1/")
        self.state = SECOND
        self.look(1)
        self.assertEqual(self.compressed("/1/"), small)
        self.assertEqual(len(self.site.asked), 2)
        self.site.text, self.state = TEXT[::-1], replace(SECOND, hour="later")
        self.look(1)
        self.assertNotIn(TEXT.encode(), brotli.decompress(self.compressed("/1/")))
        self.assertFalse(self.front.store.peek("/1/", self.state).is_densest)

    def test_nothing_is_done_twice(self):
        self.compressed()
        self.look()
        with patch.object(pages, "densest", side_effect=AssertionError) as again:
            self.look(3)
        again.assert_not_called()

    def test_a_fault_leaves_the_quick_form(self):
        quick = self.compressed()
        with (
            patch.object(pages, "densest", side_effect=MemoryError),
            self.assertLogs("articles.serving.page_store.compressing", "WARNING"),
        ):
            self.look()
        self.assertEqual(self.compressed(), quick)
