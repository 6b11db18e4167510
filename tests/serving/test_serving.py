"""The real server under what happens every day: crowds, closed tabs, quiet, and a dead worker."""

import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from unittest import skipUnless

import pytest
from django.test import SimpleTestCase

from tests.backup.sites import migrated_database
from tests.support import served
from tests.support.database import url_of
from tests.support.served import LONG
from tests.support.waiting import wait_until

ROUNDS = 3
MOST_FIRST_PAGES = 40
NEW_WORKER = """
import gc, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
import django
django.setup()
from articles.serving.page_store.front import Front
Front.warm.__defaults__ = (float(sys.argv[1]),)
from newsroom.wsgi import application
looks = gc.get_stats()[0]["collections"]
made = [[] for _ in range(20_000)]
looks = gc.get_stats()[0]["collections"] - looks
print(gc.get_freeze_count(), len(gc.get_objects()) - len(made), looks)
while not hasattr(application, "store"):
    application = application.application
print(*application.store.keys(application.versions.known()))
"""
# Changes the title of the last digest, and prints how many processes had made their pages before
# that showed. They may take as long as they like for it.
CHANGE = """
import contextlib, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
import django
django.setup()
from django.db import transaction
from articles.changes import preparation, showing, site_version
from articles.models import Digest
asked, showing.PATIENCE = preparation.asked, float(sys.argv[2])
@contextlib.contextmanager
def noted(*arguments):
    with asked(*arguments) as prepared:
        print(len(prepared))
        yield prepared
preparation.asked = noted
with transaction.atomic():
    digest = Digest.objects.published().latest("date")
    digest.title = sys.argv[1]
    digest.version += 1
    digest.save()
    site_version.move(digest)
"""
TOKEN = secrets.token_urlsafe()
# Made anew for each request. A search says so if it took too long, which it may on a busy machine.
SEARCHES = [f"/search/?q=AI+{n}" for n in range(6)]
PAGES = [f"{path}?n={n}" for n in range(3) for path in ("/archive/", "/tags/")]


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.usefixtures("django_db_setup")
@skipUnless(served.PROCESSES.is_dir(), "There is no /proc to look for threads in.")
class ServingTests(SimpleTestCase):
    """`make run` makes a site but for its tables and static files, and goes on for all tests. What
    else is started serves the same."""

    databases = {"default"}  # to copy it

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        environ = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(cls.folder / "data"),
            "SITE_URL": "http://127.0.0.1:8000",  # so that all of them make the same pages
            "METRICS_TOKEN": TOKEN,
            "PAGES_DIR": str(cls.folder / "pages"),
            "GRANIAN_BLOCKING_THREADS_IDLE_TIMEOUT": "5",  # seconds, the least that it takes
        }
        environ["DATABASE_URL"] = url_of(cls.enterClassContext(migrated_database()))
        served.collect_static_files(cls.folder / "data/static")
        cls.environ = environ
        cls.run_server = cls.enterClassContext(cls.server("run", served.command_of_run()))

    @classmethod
    def server(cls, name, command):
        return served.Server(command, cls.environ, cls.folder, name)

    def total(self, name):
        """What /metrics tells, of all processes."""
        _status, _headers, body = self.run_server.get("/metrics", Authorization=f"Bearer {TOKEN}")
        values = re.findall(rf"^newsroom_{name}_total(?:{{.*}})? (\d+)$", body.decode(), re.M)
        return sum(map(int, values))

    def test_a_new_worker_has_its_first_pages_and_little_garbage_to_look_for(self):
        """Its import ends when they are made, and only then it accepts connections. (On a busy
        machine it may take longer than a new worker has.) The garbage collector leaves alone what
        is loaded, and looks seldom at what a large form makes."""
        left_alone, looked_at, looks, *pages = self.said_by(NEW_WORKER, str(LONG))
        self.assertLess(int(looked_at), int(left_alone) / 10)
        self.assertLess(int(looks), 10)
        self.assertIn("/", pages)
        self.assertIn("/feeds/digests.rss", pages)
        self.assertLess(len(pages), MOST_FIRST_PAGES)
        self.assertTrue([path for path in pages if re.fullmatch(r"/\d{4}/\d\d/\d\d/", path)])

    def test_a_change_shows_in_all_processes_and_files_at_a_time(self):
        """Another process makes it, and goes on when it shows. A worker that finds it earlier,
        since the machine is busy, has nothing to make ready."""
        page = self.folder / "pages/current/index.html"
        number, made_by = 0, 0
        while made_by < 2:
            number += 1
            title = f"{number}번째로 고친 제목"
            (made_by,) = map(int, self.said_by(CHANGE, title, str(LONG)))
            with suppress(FileNotFoundError):
                self.assertIn(title, page.read_text())
            for _request in range(10):
                self.assertIn(title, self.run_server.get("/")[2].decode())
        wait_until(lambda: self.total("pages_taken"))  # by one worker from the other
        self.assertIn(title, page.read_text())

    def said_by(self, code, *arguments):
        """The words that Python prints where the site is."""
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.check_output(
            command, env=self.environ, cwd=served.ROOT, text=True
        ).split()

    def test_crowds_closed_tabs_and_quiet_end_no_worker(self):
        with ExitStack() as stack:
            servers = [
                self.run_server,
                stack.enter_context(self.server("unit", served.command_of_unit())),
                stack.enter_context(self.server("image", served.command_of_image())),
            ]
            right = [self.run_server.get(path)[2] for path in PAGES]
            before = {server: self.threads_of(server) for server in servers}
            complained = {server: server.complaints() for server in servers}
            for _round in range(ROUNDS):
                for server in servers:
                    statuses, bodies = zip(*server.burst(SEARCHES + PAGES), strict=True)
                    self.assertEqual(set(statuses), {200})
                    self.assertEqual(list(bodies[len(SEARCHES) :]), right)
                    crowd = server.threads()
                    self.assertGreater(sum(crowd.values()), sum(before[server].values()))
                for server in servers:
                    with self.subTest(server.name):
                        wait_until(partial(is_quiet, server, before[server]), LONG)
                        self.assertEqual(server.workers(), before[server].keys())
                        self.assertEqual(server.complaints(), complained[server])

    def threads_of(self, server):
        """By worker, with the threads of our own, which begin with the first request of each."""

        def have_answered():
            """Both workers, more often than they ask themselves for their first pages."""
            for _request in range(10):
                self.assertEqual(server.status("/healthz"), 200)
            told = self.run_server.get("/metrics", Authorization=f"Bearer {TOKEN}")[2].decode()
            counts = dict(re.findall(r'_requests_total\{process="(\d+)"\} (\d+)', told))
            workers = server.workers()
            answered = [pid for pid in workers if int(counts.get(str(pid), 0)) > MOST_FIRST_PAGES]
            return len(workers) == len(answered) == 2

        wait_until(have_answered, LONG)
        return server.threads()

    def test_a_worker_that_dies_is_replaced_counted_and_logged(self):
        server = self.run_server
        lost, said = self.total("workers_lost"), len(server.complaints())
        dead, other = sorted(self.threads_of(server))
        os.kill(dead, signal.SIGKILL)
        # Gone for good, with the socket that it listened at.
        wait_until(lambda: not (served.PROCESSES / str(dead)).exists(), LONG)
        while len(now := server.workers()) < 2:
            self.assertEqual(server.status("/search/?q=AI"), 200)
        self.assertIn(other, now)
        self.assertTrue(server.is_running())
        wait_until(lambda: self.total("workers_lost") == lost + 1, LONG)
        (line,) = server.complaints()[said:]
        self.assertIn("Unexpected exit from worker-", line)
        for _request in range(20):
            self.assertEqual(server.status("/search/?q=AI"), 200)

    def test_a_signal_file_that_is_cut_short_ends_no_worker(self):
        server = self.run_server
        workers, signal_file = self.threads_of(server).keys(), self.folder / "data/site-version"
        self.assertEqual(server.status("/"), 200)
        os.truncate(signal_file, 0)
        for _request in range(20):
            self.assertEqual(server.status("/"), 200)
        wait_until(lambda: signal_file.stat().st_size, LONG)
        self.assertEqual(server.workers(), workers)


def is_quiet(server, before):
    """Whether the threads that came with a crowd are gone, or a worker is."""
    now = server.threads()
    return now.keys() != before.keys() or all(now[pid] <= before[pid] for pid in now)
