"""`make run` as an operator sees it: the real program, the real server, a directory of its own."""

import http.cookiejar
import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from pathlib import Path
from unittest import skipUnless

import pytest
from django.test import SimpleTestCase

from newsroom import run
from tests.backup.sites import migrated_database
from tests.support.database import url_of
from tests.support.waiting import PATIENCE, end_of, wait_until

ROOT = Path(__file__).parents[2]
PROCESSES = Path("/proc")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.django_db
@pytest.mark.usefixtures("django_db_setup")  # a test copies it
class RunTests(SimpleTestCase):
    made = None  # what a first start made: it takes ten times as long as any other

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = Path(folder.name)
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"

    def start(self, *arguments, database=None):
        """Start the program; return it and what it said, once it answers. It has a database of its
        own, unless it is given the settings of another."""
        environment = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "SITE_LANGUAGE": "en",
        }
        if database:
            environment["DATABASE_URL"] = url_of(database)
        process = subprocess.Popen(
            [sys.executable, "-m", "newsroom.run", *arguments],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.addCleanup(self.kill, process)
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl+C" in line:
                break
        wait_until(lambda: process.poll() is not None or self.answers())
        self.assertIsNone(process.poll(), said)
        return process, said

    def keep(self):
        """Let other tests begin with what this one's first start made."""
        if self.made is None:
            type(self).made = Path(self.enterClassContext(tempfile.TemporaryDirectory()))
            no_sockets = shutil.ignore_patterns("preparing")
            shutil.copytree(self.data, self.made, ignore=no_sockets, dirs_exist_ok=True)

    def have_been_started(self):
        """Begin with a site that was started, and stopped, before."""
        if self.made is None:
            process, _said = self.start()
            self.stop(process)
            self.keep()
        else:
            shutil.copytree(self.made, self.data, dirs_exist_ok=True)

    def kill(self, process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()

    def answers(self):
        with suppress(OSError):
            return self.get("/healthz")

    def get(self, path):
        with urllib.request.urlopen(self.origin + path, timeout=PATIENCE) as response:
            return response.read().decode()

    def sign_in(self, password):
        """The status and address that the admin answers with after the login form is sent."""
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        browser = urllib.request.build_opener(cookies)
        form = browser.open(self.origin + "/admin/login/?next=/admin/").read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
        fields = {"csrfmiddlewaretoken": token, "username": "editor", "password": password}
        data = urllib.parse.urlencode(fields).encode()
        with browser.open(self.origin + "/admin/login/?next=/admin/", data) as response:
            self.mails = browser.open(self.origin + "/admin/mails/").read().decode()
            return response.status, response.url.removeprefix(self.origin)

    def stop(self, process):
        """Press Ctrl+C; return the exit status."""
        os.killpg(process.pid, signal.SIGINT)
        return end_of(process)

    def test_first_start_makes_a_whole_site_and_the_second_harms_nothing(self):
        process, said = self.start()
        for address in ("/", "/admin/", "/feeds/digests.rss"):
            self.assertIn(self.origin + address, said)
        page = self.get("/")
        self.assertIn("2026-03-08 AI 뉴스", page)
        self.assertIn("접근성", self.get("/tags/"))
        stylesheet = re.search(r'href="(/static/[^"]+\.css)"', page)[1]
        self.assertRegex(stylesheet, r"\.[0-9a-f]{12}\.css$")
        self.assertIn("{", self.get(stylesheet))
        key = self.data / "secret-key"
        self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        password = re.search(r"password (\S+)", said)[1]
        self.assertEqual(self.sign_in(password), (200, "/admin/"))
        self.assertIn(str(self.data / "mail"), self.mails)
        self.assertEqual(self.stop(process), 0)
        self.keep()

        before = key.read_text()
        process, said = self.start()
        self.assertNotIn("password", said)
        self.assertNotIn("Loading", said)
        self.assertNotIn("Compressing", said)
        self.assertEqual(self.get("/"), page)
        self.assertEqual(key.read_text(), before)
        self.assertEqual(self.sign_in(password), (200, "/admin/"))
        self.stop(process)

    def test_for_development_django_serves_it_and_says_what_is_wrong(self):
        process, said = self.start("--dev", database=self.enterContext(migrated_database()))
        self.assertIn("Loading the demo archive", said)
        self.assertNotIn("Compressing", said)  # each file is served as it is at the moment
        self.assertIn('href="/static/css/site.css"', self.get("/"))
        self.assertIn("{", self.get("/static/css/site.css"))
        with self.assertRaises(urllib.error.HTTPError) as nothing:
            self.get("/nothing/")
        with nothing.exception as answer:
            self.assertIn("newsroom.urls", answer.read().decode())
        self.stop(process)

    def put_back_on_schedule(self):
        """Make the newest digest one whose hour has come, but which nothing has released."""
        with sqlite3.connect(self.data / "db.sqlite3") as database:
            newest = "SELECT id FROM articles_digest ORDER BY date DESC LIMIT 1"
            database.execute(
                f"UPDATE articles_digest SET status = 'scheduled' WHERE id = ({newest})"  # noqa: S608
            )
        database.close()

    @skipUnless(PROCESSES.is_dir(), "There is no /proc to look for processes in.")
    def test_scheduled_digests_are_worked_on_until_the_site_ends(self):
        self.have_been_started()
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number):
                self.put_back_on_schedule()
                process, _said = self.start()
                self.assertRegex(process.stdout.readline(), "^Published: ")
                (child,) = self.children(process, "run_due")
                os.kill(process.pid, number)
                end_of(process)
                self.assertEnds(child)
                if number == signal.SIGKILL:
                    os.killpg(process.pid, signal.SIGKILL)  # the server's own workers go on

    def children(self, process, word):
        """The ids of the processes that it started with that word in their command line."""
        children = (PROCESSES / f"{process.pid}/task/{process.pid}/children").read_text().split()
        command_lines = {pid: (PROCESSES / pid / "cmdline").read_text() for pid in children}
        return [pid for pid, line in command_lines.items() if word in line.split("\0")]

    def assertEnds(self, pid):
        wait_until(lambda: not self.runs(pid))

    def runs(self, pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            # What nobody has waited for yet is a zombie without a command line.
            return bool((PROCESSES / pid / "cmdline").read_text())
        return False

    def test_taken_port_is_a_sentence(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", self.port))
            taken.listen()
            result = self.run_once(PORT=str(self.port))
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(f"Cannot listen on 127.0.0.1:{self.port}", result.stderr)
        self.assertNotIn("Traceback", result.stderr)

    def test_of_two_starts_at_the_same_moment_one_goes_on(self):
        """The other is as far as it can be before its server listens."""
        descriptor = run.refuse_second_start(self.data, self.port)
        try:
            result = self.run_once(PORT=str(self.port))
        finally:
            os.close(descriptor)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"on port {self.port} already", result.stderr)
        self.assertNotIn("Traceback", result.stderr)

    def test_the_server_keeps_the_lock_until_it_ends(self):
        self.have_been_started()
        process, _said = self.start()
        with self.assertRaises(SystemExit):
            run.refuse_second_start(self.data, self.port)
        self.stop(process)
        os.close(run.refuse_second_start(self.data, self.port))

    def test_port_that_is_none_is_a_sentence(self):
        result = self.run_once(PORT="http")
        self.assertIn("PORT='http' is not a port number.", result.stderr)

    def run_once(self, **variables):
        return subprocess.run(
            [sys.executable, "-m", "newsroom.run"],
            env={"PATH": os.environ["PATH"], "DATA_DIR": str(self.data), **variables},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
