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
from tests.support.waiting import PATIENCE, wait_until

ROOT = Path(__file__).parents[2]
DEAD = """
import pathlib, time
from articles.changes import preparation
preparation.listen(pathlib.Path({!r}), lambda: None, lambda: None)
"""
AT_ONCE = 0.01


class PreparationTests(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(TemporaryDirectory())) / "preparing"
        self.begun = []

    def listen(self, name, prepare=None):
        listen(
            self.folder,
            prepare or (lambda: Prepared(name, "files")),
            lambda: self.begun.append(name),
        )

    def test_where_nobody_listens_nobody_is_waited_for(self):
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [])

    def test_all_who_listen_answer_and_begin_when_the_change_is_signalled(self):
        self.listen("1-a")
        self.listen("1-b")
        with asked(self.folder, PATIENCE) as prepared:
            answers = {Prepared("1-a", "files"), Prepared("1-b", "files")}
            self.assertEqual(set(prepared), answers)
            self.assertEqual(self.begun, [])
        wait_until(lambda: sorted(self.begun) == ["1-a", "1-b"])

    def test_it_can_be_asked_again_and_again(self):
        self.listen("1")
        for times in (1, 2, 3):
            with asked(self.folder, PATIENCE) as prepared:
                self.assertEqual(prepared, [Prepared("1", "files")])
            wait_until(lambda times=times: len(self.begun) == times)

    def test_without_files_there_is_no_directory(self):
        self.listen("1", lambda: Prepared("1"))
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [Prepared("1", "")])

    def test_who_made_nothing_still_begins(self):
        self.listen("1", lambda: None)
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [])
        wait_until(lambda: self.begun == ["1"])

    def test_who_fails_is_logged_and_listens_on(self):
        answers = [ValueError("broken"), Prepared("1")]

        def prepare():
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.listen("1", prepare)
        with (
            self.assertLogs("articles.changes.preparation", "ERROR"),
            asked(self.folder, PATIENCE) as prepared,
        ):
            self.assertEqual(prepared, [])
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [Prepared("1")])

    def test_who_takes_too_long_is_not_waited_for(self):
        may_end = threading.Event()
        self.addCleanup(may_end.set)
        self.listen("slow", lambda: may_end.wait(PATIENCE) and None)
        with asked(self.folder, AT_ONCE) as prepared:
            self.assertEqual(prepared, [])

    def test_who_asks_and_goes_is_forgotten(self):
        self.enterContext(patch.object(preparation, "UNTIL_SIGNAL", AT_ONCE))
        self.listen("1")
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
        self.listen("1")
        with asked(self.folder, PATIENCE) as prepared:
            self.assertEqual(prepared, [Prepared("1", "files")])

    def test_only_its_owner_may_ask(self):
        self.listen("1")
        self.assertEqual(self.folder.stat().st_mode & 0o777, 0o700)
