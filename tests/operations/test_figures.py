"""Counts of several processes, read by any of them."""

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from unittest.mock import patch

from django.test import SimpleTestCase

from articles.operations.figures import NAMES, Figures
from tests.support.waiting import PATIENCE, wait_until

ROOT = Path(__file__).parents[2]
COUNT_AND_WAIT = """
import sys, pathlib
from articles.operations.figures import Figures
figures = Figures(pathlib.Path(sys.argv[1]))
for _request in range(7):
    figures.add("requests")
print("counted", flush=True)
sys.stdin.read()
"""


class FiguresTests(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "figures"
        self.figures = Figures(self.folder)

    def start_another(self):
        process = subprocess.Popen(
            [sys.executable, "-c", COUNT_AND_WAIT, str(self.folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait, PATIENCE)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.kill)
        process.stdout.readline()
        return process

    def wait_for(self, process):
        """Until the counts of another process are there, which takes it a second."""
        expected = {str(process.pid): 7}
        wait_until(
            lambda: expected == {p: c["requests"] for p, c in self.figures.by_process().items()}
        )

    def test_own_counts_are_there_at_once(self):
        self.assertEqual(self.figures.by_process(), {})
        self.figures.add("requests")
        self.figures.add("requests")
        self.figures.put("page_files_fault", 2)
        self.figures.put("page_files_fault", 1)
        [(process, counts)] = self.figures.by_process().items()
        self.assertEqual(process, str(os.getpid()))
        told = {name: number for name, number in counts.items() if number}
        self.assertEqual(told, {"requests": 2, "page_files_fault": 1})
        self.assertEqual(set(counts), set(NAMES))

    def test_threads_lose_no_count(self):
        def count():
            for _ in range(5000):
                self.figures.add("requests")

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.figures.by_process()[str(os.getpid())]["requests"], 20_000)

    def test_other_processes_are_seen_until_they_end(self):
        other = self.start_another()
        self.wait_for(other)
        other.kill()
        other.wait()
        self.assertEqual(self.figures.by_process(), {})
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_fork_counts_by_itself(self):
        self.figures.add("requests")
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            self.figures.add("requests")
            self.figures.add("requests")
            own = self.figures.by_process()[str(os.getpid())]["requests"]
            os.write(writing, str(own).encode())
            os._exit(0)
        self.addCleanup(os.close, reading)
        os.close(writing)
        os.waitpid(child, 0)
        self.assertEqual(os.read(reading, 10), b"2")
        self.assertEqual(self.figures.by_process()[str(os.getpid())]["requests"], 1)

    def test_a_folder_that_cannot_be_written_stops_nobody(self):
        self.folder.write_text("a file is in the way")
        with patch.object(Figures, "_open", autospec=True, side_effect=Figures._open) as opened:
            self.figures.add("requests")
            wait_until(lambda: opened.called)
        self.assertEqual(self.figures.by_process()[str(os.getpid())]["requests"], 1)

    def test_a_file_that_is_cut_short_is_left_out(self):
        self.wait_for(self.start_another())
        [file] = self.folder.iterdir()
        os.truncate(file, 3)
        self.assertEqual(self.figures.by_process(), {})
