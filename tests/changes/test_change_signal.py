"""The signal by which processes of one machine learn that there is something new."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import SimpleTestCase

from articles.changes.change_signal import ChangeSignal

ROOT = Path(__file__).parents[2]
CUT_SHORT = """
import os, pathlib
from articles.changes.change_signal import ChangeSignal
signal = ChangeSignal(pathlib.Path({!r}))
signal.value()
for length in (0, 3):
    os.truncate(signal.path, length)
    print(signal.value())
"""
CHANGE = (
    "import sys; from articles.changes.change_signal import ChangeSignal as C; C({!r}).change()"
)


class ChangeSignalTests(SimpleTestCase):
    def setUp(self):
        self.path = Path(self.enterContext(TemporaryDirectory())) / "site-version"
        self.signal = ChangeSignal(self.path)

    def assertSeen(self, change, signal=None):
        before = (signal or self.signal).value()
        change()
        self.assertNotEqual((signal or self.signal).value(), before)

    def test_it_stays_what_it_is_until_something_changes(self):
        self.assertEqual(self.signal.value(), self.signal.value())
        self.assertSeen(self.signal.change)
        self.assertSeen(self.signal.change)

    def test_a_change_by_another_process_is_seen_at_once(self):
        def change():
            code = CHANGE.format(str(self.path))
            subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)

        self.assertSeen(change)

    def test_two_that_begin_with_the_same_file_see_each_other(self):
        other = ChangeSignal(self.path)
        self.assertEqual(self.signal.value(), other.value())
        self.assertSeen(other.change)
        self.assertSeen(self.signal.change, other)

    def test_a_file_that_was_removed_or_replaced_is_found_by_opening_it_again(self):
        self.signal.value()
        self.path.unlink()
        other = ChangeSignal(self.path)
        self.assertSeen(lambda: (other.change(), self.signal.open()))
        self.assertSeen(other.change)

    def test_a_file_that_is_too_short_is_made_whole(self):
        self.path.write_bytes(b"x")
        self.assertIsNotNone(self.signal.value())
        self.assertEqual(self.path.stat().st_size, 8)

    def test_a_file_that_is_cut_short_in_use_ends_no_process(self):
        done = subprocess.run(
            [sys.executable, "-c", CUT_SHORT.format(str(self.path))],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
        self.assertEqual((done.returncode, done.stdout.split()), (0, ["None", "None"]), done.stderr)

    def test_a_file_that_was_cut_short_is_whole_after_the_next_change_or_when_opened_again(self):
        for mend in (self.signal.change, self.signal.open):
            before = self.signal.value()
            os.truncate(self.path, 0)
            mend()
            self.assertNotIn(self.signal.value(), (before, None))

    def test_threads_that_look_while_it_is_replaced_see_one_of_the_files(self):
        seen, over = set(), threading.Event()

        def look():
            while not over.is_set():
                seen.add(self.signal.value())

        # The others are let in often, and for so short a time that this thread gets on.
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(1e-5)
        told = {self.signal.value()}
        threads = [threading.Thread(target=look) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(200):
            number, new = os.urandom(8), self.path.with_name("new")
            told.add(int.from_bytes(number, sys.byteorder))
            new.write_bytes(number)
            new.replace(self.path)
            self.signal.open()
        over.set()
        for thread in threads:
            thread.join()
        self.assertLessEqual(seen, told)

    def test_without_a_file_there_is_no_value(self):
        signal = ChangeSignal(self.path / "missing")
        self.assertIsNone(signal.value())
        with self.assertRaises(OSError):
            signal.change()
        self.assertIsNone(signal.value())
