"""The signal by which processes of one machine learn that there is something new."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import SimpleTestCase

from articles.change_signal import ChangeSignal

ROOT = Path(__file__).parent.parent
CHANGE = "import sys; from articles.change_signal import ChangeSignal as C; C({!r}).change()"


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
        self.assertEqual(len(self.signal.value()), 8)

    def test_without_a_file_it_is_always_empty(self):
        signal = ChangeSignal(self.path / "missing")
        self.assertEqual(signal.value(), b"")
        with self.assertRaises(OSError):
            signal.change()
        self.assertEqual(signal.value(), b"")
