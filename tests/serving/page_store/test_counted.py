"""What the store does is counted, and is the same as without counting."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from django.test import SimpleTestCase

from articles.operations.figures import Figures
from articles.serving.page_store import versions
from articles.serving.page_store.counted import CountedFront
from tests.serving.page_store.test_front import FIRST, SECOND, Site, ask, wait_for_renewals


class CountedFrontTests(SimpleTestCase):
    def setUp(self):
        self.site, self.state = Site(), FIRST
        self.enterContext(patch.object(versions, "current", lambda: self.state))
        # The thread that writes the counts may make its file while the folder is removed.
        folder = self.enterContext(TemporaryDirectory(ignore_cleanup_errors=True))
        self.figures = Figures(Path(folder))
        self.front = CountedFront(self.site, max_bytes=1_000_000, figures=self.figures)

    def counts(self, *names):
        counts = self.figures.by_process()[str(os.getpid())]
        return [counts[f"pages_{name}"] for name in names]

    def test_pages_served_missed_and_made(self):
        for _ in range(3):
            self.assertEqual(ask(self.front)[2], b"page 1")
        ask(self.front, "/archive/")
        self.assertEqual(self.counts("served", "missed", "rendered"), [2, 2, 2])

    def test_what_is_for_one_reader_alone_is_not_counted(self):
        ask(self.front)
        ask(self.front, cookie="sessionid=1")
        ask(self.front, query="q=1")
        self.assertEqual(self.counts("served", "missed", "rendered"), [0, 1, 1])

    def test_what_is_no_page_is_missed_each_time_and_never_made(self):
        self.site.public = False
        ask(self.front)
        ask(self.front)
        self.assertEqual(self.counts("served", "missed", "rendered", "kept"), [0, 2, 0, 0])

    def test_sizes_are_those_of_the_store(self):
        ask(self.front)
        ask(self.front, "/archive/")
        kept, size = self.front.store.sizes()
        self.assertEqual(kept, 2)
        self.assertEqual(self.counts("kept", "kept_bytes"), [kept, size])
        self.site.public = False
        self.state = SECOND
        self.front.versions.read()
        wait_for_renewals()
        self.assertEqual(self.counts("kept", "kept_bytes"), [0, 0])
