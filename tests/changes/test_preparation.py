"""The question to the processes that serve readers, and their answers."""

import socket
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from django.test import SimpleTestCase

from articles.changes import preparation
from articles.changes.preparation import Prepared, asked, listen
from tests.support.waiting import PATIENCE, wait_for_event, wait_for_thread, wait_until

ROOT = Path(__file__).parents[2]
DEAD = """
import pathlib
from articles.changes import preparation
preparation.listen(pathlib.Path({!r}), None)
"""
AT_ONCE = 0.01


class Process:
    """Notes in `happened` what it is told to do."""

    def __init__(self, happened, prepared):
        self.happened, self.prepared = happened, prepared

    def hold(self):
        self.happened.append("holds")

    def make(self):
        self.happened.append("makes")
        return self.prepared() if callable(self.prepared) else self.prepared

    def take(self, pages):
        self.happened.append(f"takes {len(pages)}")
        return Prepared(self.prepared.version, self.prepared.directory) if self.prepared else None

    def begin(self):
        self.happened.append("begins")


class PreparationTests(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(TemporaryDirectory())) / "preparing"
        self.happened = []

    def listen(self, prepared):
        listen(self.folder, Process(self.happened, prepared))

    def wait_until_begun(self, times=1):
        wait_until(lambda: self.happened.count("begins") == times)

    def test_where_nobody_listens_nobody_is_waited_for(self):
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [])

    def test_one_makes_pages_the_others_take_them_and_all_begin_when_the_change_is_signalled(self):
        pages = bytes(range(256)) * 20_000  # more than a socket holds
        for _ in range(3):
            self.listen(Prepared("1-a", "files", pages))
        with asked(self.folder, PATIENCE) as prepared:
            made, *taken = prepared
            self.assertEqual(made, Prepared("1-a", "files", pages))
            self.assertEqual(taken, [Prepared("1-a", "files")] * 2)
            takes = f"takes {len(pages)}"
            self.assertEqual(sorted(self.happened), sorted(["holds"] * 3 + ["makes", takes, takes]))
        self.wait_until_begun(3)

    def test_of_more_than_can_be_handed_over_each_makes_its_own(self):
        for _ in range(2):
            self.listen(Prepared("1-a", "files", b"page"))
        with patch("articles.changes.preparation.MOST_BYTES", 3):
            with asked(self.folder, PATIENCE) as prepared:
                self.assertEqual(prepared, [Prepared("1-a", "files")] * 2)
            self.wait_until_begun(2)
        self.assertEqual(self.happened.count("makes"), 2)

    def test_whoever_sends_more_is_not_read(self):
        self.listen(Prepared("1"))
        path = next(self.folder.iterdir())
        with (
            closing(socket.socket(socket.AF_UNIX)) as other,
            self.assertLogs("articles.changes.preparation", "ERROR") as logs,
        ):
            other.connect(str(path))
            other.sendall(f"take {preparation.MOST_BYTES + 1}\n".encode())
            wait_until(lambda: logs.records)
        self.assertEqual(self.happened, ["holds", "begins"])

    def test_all_hold_before_one_makes_anything(self):
        """A process that found the change by itself would begin it."""
        may_make = threading.Event()
        self.addCleanup(may_make.set)
        for _ in range(2):
            self.listen(lambda: wait_for_event(may_make) or Prepared("1"))
        asking = threading.Thread(target=self.ask)
        asking.start()
        wait_until(lambda: len(self.happened) == 3)
        self.assertEqual(sorted(self.happened), ["holds", "holds", "makes"])
        may_make.set()
        wait_for_thread(asking)

    def ask(self):
        with asked(self.folder, PATIENCE):
            pass

    def test_if_the_first_cannot_the_others_make_their_own(self):
        for _ in range(3):
            self.listen(None)
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [])
        self.wait_until_begun(3)
        self.assertEqual(self.happened.count("makes"), 3)

    def test_if_the_first_takes_too_long_the_others_make_their_own(self):
        may_end = threading.Event()
        self.addCleanup(may_end.set)

        def make():
            if self.happened.count("makes") == 1:
                wait_for_event(may_end)
            return Prepared("1")

        self.enterContext(patch.object(preparation, "FOR_ONE", AT_ONCE / PATIENCE))
        for _ in range(2):
            self.listen(make)
        with asked(self.folder, PATIENCE) as prepared:
            may_end.set()
            self.assertEqual(prepared, [Prepared("1")])

    def test_it_can_be_asked_again_and_again(self):
        self.listen(Prepared("1", "files"))
        for times in (1, 2, 3):
            with asked(self.folder, PATIENCE) as prepared:
                self.assertEqual(prepared, [Prepared("1", "files")])
            self.wait_until_begun(times)

    def test_without_files_there_is_no_directory(self):
        self.listen(Prepared("1"))
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [Prepared("1", "")])

    def test_who_made_nothing_still_begins(self):
        self.listen(None)
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [])
        self.wait_until_begun()

    def test_an_answer_that_cannot_be_read_is_none(self):
        """Such as that of a process of other software."""
        self.listen(Prepared("1", "a directory of another kind"))
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [])
        self.wait_until_begun()

    def test_who_fails_is_logged_and_listens_on(self):
        answers = [ValueError("broken"), Prepared("1")]

        def prepare():
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.listen(prepare)
        with self.assertLogs("articles.changes.preparation", "ERROR") as logs:
            with asked(self.folder, PATIENCE) as prepared:
                self.assertEqual(prepared, [])
            wait_until(lambda: logs.records)
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [Prepared("1")])

    def test_who_takes_too_long_is_not_waited_for_and_begins_when_it_is_through(self):
        may_end = threading.Event()
        self.addCleanup(may_end.set)
        self.listen(lambda: may_end.wait(PATIENCE) and Prepared("1"))
        with asked(self.folder, AT_ONCE) as prepared:
            self.assertEqual(prepared, [])
        may_end.set()
        self.wait_until_begun()

    def test_who_asks_and_goes_is_forgotten(self):
        self.enterContext(patch.object(preparation, "UNTIL_SIGNAL", AT_ONCE))
        self.listen(Prepared("1", "files"))
        (path,) = self.folder.iterdir()
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as silent:
            silent.connect(str(path))  # and never signals
            with asked(self.folder, PATIENCE) as prepared:
                self.assertEqual(prepared, [Prepared("1", "files")])

    def test_what_a_dead_process_left_is_cleared_away(self):
        code = DEAD.format(str(self.folder))
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
        self.assertEqual(len(list(self.folder.iterdir())), 1)
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [])
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_folder_may_have_a_long_name(self):
        self.folder = self.folder.with_name("아주-긴-이름-" * 10)
        self.listen(Prepared("1", "files"))
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [Prepared("1", "files")])

    def test_only_its_owner_may_ask(self):
        self.listen(Prepared("1", "files"))
        self.assertEqual(self.folder.stat().st_mode & 0o777, 0o700)
