"""Files that cannot be written or taken away: readers lose nothing, nothing old stays, all is told.

Tests may run as root, whom no permission stops, so the faults are raised where the operating system
would raise them. `tests/faults/pages_full.py` has a real full disk.
"""

import errno
import os
import shutil
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import SimpleTestCase, override_settings

from articles.changes import site_version
from articles.operations import figures
from articles.serving.page_store import versions, written
from articles.serving.page_store.front import Front
from articles.serving.page_store.written import Fault
from tests.serving.page_store.test_front import FIRST, SECOND, Site, ask, wait_for_renewals
from tests.support.waiting import wait_for_event, wait_for_thread

# It is the disk that fails here.
pytestmark = pytest.mark.one_engine

LOGGER = "articles.serving.page_store.written"
PAGE, OTHER = "/2026/01/03/", "/archive/"


@contextmanager
def failing(*names, number=errno.ENOSPC, on=lambda path: True):
    """Let methods of `Path` fail for the paths of which `on` is true."""

    def fail(real):
        def method(path, *args, **kwargs):
            if on(path):
                raise OSError(number, os.strerror(number), str(path))
            return real(path, *args, **kwargs)

        return method

    patches = [patch.object(Path, name, fail(getattr(Path, name))) for name in names]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in reversed(patches):
            one.stop()


def is_the_link(path):
    return path.name == "current"


class FileFaultTestCase(SimpleTestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.root = folder / "pages"
        self.current = self.root / "current"
        self.site, self.state = Site(), FIRST
        self.enterContext(patch.object(versions, "current", lambda: self.state))
        self.addCleanup(wait_for_renewals)
        self.front = Front(self.site, max_bytes=1_000_000, files=self.root, renewed=0)

    def begin_second(self):
        """Something was withdrawn on another machine, and this one finds out."""
        self.state = SECOND
        self.front.versions.look()

    def look(self):
        self.front.versions.look()

    def sent(self, path=PAGE):
        """What a web server finds; None if it has to ask."""
        try:
            return (self.current / path.strip("/") / "index.html").read_bytes()
        except OSError:
            return None

    @property
    def fault(self):
        return self.front.files.fault


class WithdrawalTests(FileFaultTestCase):
    """What was made before a change is not there after it, whatever else fails."""

    def setUp(self):
        super().setUp()
        ask(self.front, PAGE)
        self.assertEqual(self.sent(), b"page 1")

    def assertGoneThenBack(self):
        """Old files are gone at once, readers are answered, and files come back by themselves."""
        self.assertIsNone(self.sent())
        self.assertEqual(self.fault, Fault.UNWRITTEN)
        self.assertEqual(ask(self.front, PAGE)[:1], (200,))
        body = ask(self.front, PAGE)[2]
        self.assertNotEqual(body, b"page 1")
        return body

    def test_each_step_of_beginning_may_fail(self):
        for step in ("mkdir", "symlink_to", "replace"):
            for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO):
                with self.subTest(step, errno=errno.errorcode[number]):
                    self.setUp()
                    with failing(step, number=number), self.assertLogs(LOGGER, "WARNING"):
                        self.begin_second()
                        body = self.assertGoneThenBack()
                    with self.assertLogs(LOGGER, "WARNING"):
                        self.look()
                    self.assertEqual(self.fault, Fault.NONE)
                    self.assertEqual(self.sent(), body)
                    self.assertEqual(ask(self.front, PAGE)[2], body)

    def test_what_cannot_be_cleared_up_is_out_of_the_way(self):
        with self.assertLogs(LOGGER, "WARNING"):
            with failing("iterdir", number=errno.EIO):
                self.begin_second()
            self.assertIsNone(self.sent())
            self.look()
        with patch.object(shutil, "rmtree", side_effect=OSError(errno.EBUSY, "busy")):
            self.look()
            self.look()
        self.assertIsNone(self.sent())
        self.assertEqual(self.fault, Fault.NONE)

    def test_a_link_that_stays_is_told_loudly_and_tried_again_until_it_is_gone(self):
        stays = failing("unlink", "rename", number=errno.EROFS, on=is_the_link)
        with stays, self.assertLogs(LOGGER, "ERROR") as logs:
            self.begin_second()
            for _ in range(3):
                self.look()
            self.assertEqual(self.fault, Fault.STALE)
            self.assertEqual(ask(self.front, PAGE)[2], b"page 2")
        self.assertEqual(len(logs.records), 1)
        self.assertIn(str(self.root), logs.output[0])
        with self.assertLogs(LOGGER, "WARNING"):
            self.look()
        self.assertEqual((self.fault, self.sent()), (Fault.NONE, b"page 2"))

    def test_what_cannot_be_looked_at_may_be_old(self):
        blind = failing("unlink", "readlink", "lstat", "rename", number=errno.EACCES)
        with blind, self.assertLogs(LOGGER, "ERROR"):
            self.begin_second()
        self.assertEqual(self.fault, Fault.STALE)

    def test_an_operators_copy_of_the_link_is_moved_away(self):
        copy = self.root / "copy"
        shutil.copytree(self.current, copy)
        self.current.unlink()
        copy.rename(self.current)
        self.assertEqual(self.sent(), b"page 1")
        self.begin_second()
        self.assertIsNone(self.sent())
        self.assertTrue(self.current.is_symlink())
        self.assertEqual(self.fault, Fault.NONE)

    def test_a_directory_that_was_away_comes_back_with_nothing_old(self):
        away = self.root.with_name("unmounted")
        self.root.rename(away)
        self.begin_second()
        ask(self.front, PAGE)
        self.assertEqual(self.sent(), b"page 2")
        shutil.rmtree(self.root)
        away.rename(self.root)
        self.assertEqual(self.sent(), b"page 1")
        self.look()
        self.assertEqual(self.sent(), b"page 2")

    def test_a_link_that_was_turned_back_is_turned_again(self):
        old = self.current.readlink()
        self.begin_second()
        self.current.unlink()
        self.current.symlink_to(old)
        self.look()
        self.assertNotEqual(self.current.readlink(), old)
        self.assertIsNone(self.sent())

    def test_a_new_process_sends_nothing_that_another_one_left(self):
        """Rows may have been changed by hand, or the templates be others than they were."""
        restarted = Front(Site(), max_bytes=1_000_000, files=self.root)
        restarted.versions.look()
        self.assertIsNone(self.sent())
        self.look()
        ask(restarted, PAGE)
        self.assertEqual(self.sent(), b"page 1")

    def test_what_was_changed_here_and_cannot_be_read_is_gone(self):
        gone = patch.object(versions, "current", side_effect=DatabaseError("gone"))
        changed = patch.object(site_version.signal, "value", return_value=b"another")
        with gone, self.assertLogs("articles.serving.page_store.versions", "WARNING"):
            self.look()
            self.assertEqual(self.sent(), b"page 1")  # nothing was: what there is goes on
            with changed:
                self.look()
        self.assertIsNone(self.sent())
        self.look()
        self.assertEqual(self.fault, Fault.NONE)
        self.assertTrue(self.current.is_symlink())


class SlowProcessTests(FileFaultTestCase):
    """Somebody who read the state before a change, and goes on after it."""

    def setUp(self):
        super().setUp()
        ask(self.front, PAGE)
        self.slow = Front(Site(), max_bytes=1_000_000, files=self.root)

    def test_an_old_state_is_not_made_current_again(self):
        self.begin_second()
        now = self.current.readlink()
        self.slow.files.begin(FIRST)
        self.assertIsNone(self.sent())
        self.look()
        self.assertEqual(self.current.readlink(), now)

    def test_not_even_by_who_has_looked_a_moment_before_the_change(self):
        """The change comes between the look and the last step."""

        def holds(state):
            with patch.object(versions, "current", lambda: SECOND):
                self.state = SECOND
                self.front.versions.look()
            return True

        self.current.unlink()
        with patch.object(self.slow.versions, "holds", holds):
            self.slow.files.begin(FIRST)
        self.assertIsNone(self.sent())
        self.look()
        self.assertEqual(self.front.files.fault, Fault.NONE)
        ask(self.front, PAGE)
        self.assertEqual(self.sent(), b"page 2")

    def test_nor_after_the_end_of_the_transaction_that_made_the_change(self):
        def holds(state):
            with override_settings(PAGES_DIR=self.root):
                site_version.show()
            return True

        self.current.unlink()
        with patch.object(self.slow.versions, "holds", holds):
            self.slow.files.begin(FIRST)
        self.assertIsNone(self.sent())
        self.assertFalse(self.current.is_symlink())

    def test_a_page_of_an_old_state_is_not_found(self):
        page = self.front.store.get(PAGE, FIRST)
        self.slow.versions.look()
        self.begin_second()
        self.slow.files.put(OTHER, page, FIRST)
        self.front.files.put(OTHER, page, FIRST)
        self.look()
        self.assertIsNone(self.sent(OTHER))
        written = [path for path in self.root.rglob("*") if path.is_file()]
        self.assertEqual(written, [], "what nobody finds need not take up the disk")

    def test_a_late_thread_does_not_take_the_state_back(self):
        """One thread has read the first state and is held up; another one finds the second."""
        front = Front(Site(), max_bytes=1_000_000, files=self.root)
        read, may_go_on = threading.Event(), threading.Event()

        def slow_current():
            read.set()
            wait_for_event(may_go_on)
            return FIRST

        with patch.object(versions, "current", slow_current):
            slow = threading.Thread(target=front.versions.look)
            slow.start()
            wait_for_event(read)
        self.state = SECOND
        front.versions.look()
        may_go_on.set()
        wait_for_thread(slow)
        self.assertEqual(front.versions.known(), SECOND)
        ask(front, PAGE)
        self.assertEqual(self.sent(), front.store.get(PAGE, SECOND).variants["identity"].body)

    def test_two_who_begin_at_once_with_different_states_leave_the_present_one(self):
        for _round in range(20):
            self.state = FIRST
            fronts = [Front(Site(), max_bytes=1_000_000, files=self.root) for _ in range(2)]
            fronts[0].files.begin(FIRST)
            self.state = SECOND
            threads = [
                threading.Thread(target=front.files.begin, args=(state,))
                for front, state in zip(fronts, (FIRST, SECOND), strict=True)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                wait_for_thread(thread)
            fronts[1].versions.look()
            found = self.current.readlink()
            fronts[1].files.begin(SECOND)
            self.assertEqual(self.current.readlink(), found)
            self.assertEqual(fronts[1].files.fault, Fault.NONE)


class UnwrittenTests(FileFaultTestCase):
    """A disk that takes nothing costs readers nothing."""

    def test_readers_are_answered_and_one_line_is_logged(self):
        with failing("mkdir", "write_bytes", "symlink_to"), self.assertLogs(LOGGER) as logs:
            for path in (PAGE, OTHER, "/", PAGE):
                self.assertEqual(ask(self.front, path)[0], 200)
                self.look()
            self.assertEqual(self.fault, Fault.UNWRITTEN)
        self.assertEqual(len(logs.records), 1)
        self.assertIn("No space left on device", logs.output[0])
        self.assertEqual(len(self.site.asked), 3)

    def test_what_could_not_be_written_is_written_when_it_can_be(self):
        ask(self.front, "/")
        with failing("write_bytes"), self.assertLogs(LOGGER):
            for path in (PAGE, OTHER):
                ask(self.front, path)
        self.assertEqual((self.sent(PAGE), self.sent(OTHER)), (None, None))
        with self.assertLogs(LOGGER, "WARNING") as logs:
            self.look()
        self.assertEqual((self.sent(PAGE), self.sent(OTHER)), (b"page 2", b"page 3"))
        self.assertEqual((len(logs.records), self.fault), (1, Fault.NONE))

    def test_a_page_that_does_not_fit_leaves_no_part_of_itself(self):
        def write_half(path, body):
            with path.open("wb") as file:
                file.write(body[:3])
            raise OSError(errno.ENOSPC, "No space left on device")

        with patch.object(Path, "write_bytes", write_half), self.assertLogs(LOGGER):
            ask(self.front, PAGE)
        self.assertEqual([path for path in self.root.rglob("*") if path.is_file()], [])

    def test_a_missing_parent_is_made_again(self):
        ask(self.front, PAGE)
        shutil.rmtree(self.root)
        ask(self.front, OTHER)
        self.look()
        self.assertEqual((self.sent(PAGE), self.sent(OTHER)), (b"page 1", b"page 2"))

    def test_where_there_is_a_file_in_place_of_the_directory(self):
        self.root.write_text("not a directory")
        with self.assertLogs(LOGGER, "WARNING"):
            self.assertEqual(ask(self.front, PAGE)[0], 200)
        self.assertEqual(self.fault, Fault.UNWRITTEN)

    def test_old_states_make_room(self):
        ask(self.front, PAGE)
        self.begin_second()
        ask(self.front, PAGE)
        folders = {path for path in self.root.iterdir() if path.is_dir()}
        self.assertEqual(len(folders), 3)  # the link, its directory, and that of the last state
        last = next(p for p in folders if p.name not in ("current", str(self.current.readlink())))
        is_full = failing("write_bytes", on=lambda path: last.exists())
        with is_full:
            ask(self.front, OTHER)
        self.assertEqual(self.sent(OTHER), b"page 3")
        self.assertEqual(self.fault, Fault.NONE)

    def test_the_other_processes_of_the_machine_are_told(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        counts = figures.Figures(folder)
        front = Front(self.site, max_bytes=1_000, files=self.root, figures=counts)
        with failing("write_bytes"), self.assertLogs(LOGGER):
            ask(front, PAGE)
        with (
            override_settings(PAGES_DIR=self.root),
            patch.object(figures, "kept_in", lambda folder: counts),
        ):
            self.assertEqual(written.fault_of_node(), Fault.UNWRITTEN)
            with self.assertLogs(LOGGER):
                front.versions.look()
            self.assertEqual(written.fault_of_node(), Fault.NONE)
