"""A committed change shows when its pages are made, or at once."""

import errno
import threading
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from django.db import DatabaseError
from django.test import SimpleTestCase, override_settings

from articles.changes import showing
from articles.changes.preparation import Prepared
from articles.changes.showing import Showing
from tests.support.waiting import wait_for_event, wait_for_thread


class ShowingTests(SimpleTestCase):
    """`happened` has what happens, in order."""

    def setUp(self):
        self.root = Path(self.enterContext(TemporaryDirectory()))
        for name in ("old", "new"):
            (self.root / name).mkdir()
        self.link = self.root / "current"
        self.link.symlink_to("old")
        self.enterContext(override_settings(PAGES_DIR=self.root))
        self.enterContext(patch.object(showing.preparation, "asked", self.asked))
        self.answers = [Prepared("2", ""), Prepared("2", "new")]
        self.happened, self.version = [], "2"
        self.seconds = 100.0
        clock = self.enterContext(patch.object(showing, "time"))
        clock.monotonic = lambda: self.seconds
        self.showing = Showing(self, lambda: self.version)

    @contextmanager
    def asked(self, folder, seconds):
        self.happened.append("asked")
        yield self.answers
        self.happened.append("begun")

    def change(self):
        self.happened.append(f"signalled {self.link.exists() and self.link.readlink()}")

    def show(self, **options):
        self.happened.clear()
        self.showing.show(**options)
        return self.happened

    def test_pages_are_made_then_the_link_turns_then_all_processes_begin(self):
        self.assertEqual(self.show(), ["asked", "signalled new", "begun"])

    def test_what_is_withdrawn_waits_for_no_page(self):
        self.assertEqual(self.show(at_once=True), ["signalled False"])

    def test_changes_in_a_row_wait_once(self):
        self.show()
        self.version = "3"
        self.seconds += showing.STILL / 2
        self.assertEqual(self.show(), ["signalled False"])
        self.seconds += showing.STILL / 2
        self.assertEqual(self.show(), ["signalled False"])
        self.seconds += showing.STILL
        self.answers = [Prepared("3", "new")]
        self.assertEqual(self.show(), ["asked", "signalled new", "begun"])

    def test_two_changes_of_one_transaction_show_once(self):
        self.show()
        self.assertEqual(self.show(), [])
        self.assertEqual(self.link.readlink(), Path("new"))

    def test_a_change_shows_if_the_version_cannot_be_read(self):
        self.show()
        with patch.object(self.showing, "_current", side_effect=DatabaseError):
            self.assertEqual(self.show(), ["signalled False"])

    def test_the_link_does_not_lead_to_pages_from_before_another_change(self):
        self.version = "3"
        self.assertEqual(self.show(), ["asked", "signalled False", "begun"])

    def test_where_no_files_were_made_the_link_goes(self):
        for answers in ([], [Prepared("2", "")]):
            self.answers = answers
            self.seconds += showing.STILL
            self.assertEqual(self.show(), ["asked", "signalled False", "begun"])

    def test_a_full_disk_takes_the_link_away(self):
        full = OSError(errno.ENOSPC, "No space left on device")
        with patch.object(Path, "symlink_to", side_effect=full):
            self.assertEqual(self.show(), ["asked", "signalled False", "begun"])

    def test_while_one_change_waits_another_one_shows(self):
        """With many who save, readers must find a free thread."""
        is_asked, may_go_on = threading.Event(), threading.Event()

        @contextmanager
        def slowly(folder, seconds):
            is_asked.set()
            wait_for_event(may_go_on)
            yield []

        with patch.object(showing.preparation, "asked", slowly):
            waiting = threading.Thread(target=self.showing.show)
            waiting.start()
            wait_for_event(is_asked)
            self.assertEqual(self.show(), ["signalled False"])
            may_go_on.set()
            wait_for_thread(waiting)
