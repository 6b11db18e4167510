"""What fails in the store costs nobody an answer: the site is asked instead, and a line logged."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from django.conf import settings
from django.db import DatabaseError
from django.test import SimpleTestCase

from articles.changes import site_version
from articles.changes.preparation import LISTENING
from articles.serving.page_store import faults, versions
from articles.serving.page_store.front import Front
from tests.serving.page_store.test_front import FIRST, SECOND, Site, ask, wait_for_renewals

FRONT, VERSIONS = "articles.serving.page_store.front", "articles.serving.page_store.versions"
NO_THREADS = RuntimeError("can't start new thread")


class FrontFaultTests(SimpleTestCase):
    def setUp(self):
        self.site, self.state = Site(), FIRST
        self.enterContext(patch.object(versions, "current", lambda: self.state))
        self.addCleanup(wait_for_renewals)
        self.front = Front(self.site, max_bytes=1_000_000)

    def test_whatever_part_fails_readers_are_answered_and_one_line_is_logged(self):
        for part, name in (
            (lambda front: front.versions, "known"),
            (lambda front: front.versions, "read"),
            (lambda front: front.store, "get"),
            (lambda front: front.store, "put"),
            (lambda front: front, "_render"),
            (lambda front: front, "_made_once"),
            (lambda front: site_version.signal, "value"),
        ):
            with self.subTest(name):
                self.setUp()
                broken = patch.object(part(self.front), name, side_effect=ValueError("broken"))
                with broken, self.assertLogs(FRONT, "ERROR") as logs:
                    for path in ("/", "/archive/", "/"):
                        self.assertEqual(ask(self.front, path)[0], 200)
                self.assertEqual(len(logs.records), 1)
                self.assertEqual(ask(self.front)[0], 200)

    def test_a_fault_that_lasts_is_logged_again_after_a_while(self):
        broken = patch.object(self.front.versions, "known", side_effect=ValueError("broken"))
        with broken, self.assertLogs(FRONT, "ERROR") as logs:
            ask(self.front)
            with patch.object(faults, "SECONDS_BETWEEN", 0):
                ask(self.front)
        self.assertEqual(len(logs.records), 2)

    def test_a_database_that_is_away_for_a_minute_is_one_line(self):
        """Each process looks every second."""
        error = DatabaseError("away\n\tIs it running?")
        away = patch.object(versions, "current", side_effect=error)
        with away, self.assertLogs(VERSIONS, "WARNING") as logs:
            for _ in range(60):
                self.front.versions.look()
        (line,) = (record.getMessage() for record in logs.records)
        self.assertEqual(line, "The site version cannot be read: away Is it running?")

    def test_without_another_thread_pages_are_made_when_they_are_asked_for(self):
        ask(self.front)
        self.state = SECOND
        none_left = patch.object(threading.Thread, "start", side_effect=NO_THREADS)
        with none_left, self.assertLogs(FRONT, "ERROR"):
            self.front.versions.look()
        self.assertEqual(ask(self.front)[2], b"page 2")
        self.assertEqual(ask(self.front)[2], b"page 2")

    def test_a_watcher_that_could_not_be_started_is_started_with_the_next_request(self):
        front = Front(self.site, max_bytes=1_000_000, look_every=1)
        with patch.object(threading.Thread, "start", side_effect=NO_THREADS) as start:
            with self.assertLogs(FRONT, "ERROR"):
                for _ in range(2):
                    self.assertEqual(ask(front)[0], 200)
            self.assertEqual(start.call_count, 2)

    def test_making_pages_again_ends_in_words_where_one_cannot_be_made(self):
        ask(self.front)
        self.state = SECOND
        broken = patch.object(self.front, "_made_once", side_effect=ValueError("broken"))
        with broken, self.assertLogs(FRONT, "ERROR"):
            self.front.versions.look()
            wait_for_renewals()
        self.assertEqual(ask(self.front)[0], 200)

    def test_looking_goes_on_whatever_is_wrong(self):
        """A thread that ended would never find out what another machine has withdrawn."""
        ask(self.front)
        watching = self.front.versions
        steps = ((site_version.signal, "open"), (watching, "read"), (watching, "_on_look"))
        for (owner, name), kind in zip(steps, (ValueError, TypeError, KeyError), strict=True):
            broken = patch.object(owner, name, side_effect=kind("broken"))
            with self.subTest(name), self.assertLogs(VERSIONS, "ERROR"), broken:
                watching.look()
        self.state = SECOND
        with patch.object(site_version.signal, "open", side_effect=ValueError("broken")):
            watching.look()
        self.assertEqual(watching.known(), SECOND)

    def test_a_state_counts_as_seen_when_its_work_is_done(self):
        seen, is_broken = [], True

        def on_change(state):
            if is_broken and state == SECOND:
                raise ValueError("broken")
            seen.append(state)

        # Nor is there a signal by which readers would find out.
        self.enterContext(patch.object(site_version.signal, "change", side_effect=OSError))
        known = versions.Versions(site_version.signal, on_change)
        known.look()
        self.state = SECOND
        with self.assertLogs(VERSIONS, "ERROR"):
            known.look()
            self.assertRaises(ValueError, known.known)  # not the first state, which has passed
        is_broken = False
        known.look()
        self.assertEqual((known.known(), seen), (SECOND, [FIRST, SECOND]))

    def test_a_page_answers_whatever_headers_it_is_asked_with(self):
        ask(self.front)
        for header in ("accept_encoding", "if_none_match", "if_modified_since"):
            for value in (
                "",
                "\x00",
                "é" * 600,
                'W/"',
                ";q=",
                "br;q=nan,gzip;q=inf",
                ",,,",
                "*;q=-1",
            ):
                with self.subTest(header, value=value):
                    self.assertIn(ask(self.front, **{header: value})[0], (200, 304))


class WatchTests(SimpleTestCase):
    def threads(self, **environ):
        """The names of a server's threads before its first request."""
        folder = Path(self.enterContext(TemporaryDirectory(ignore_cleanup_errors=True)))
        environ |= {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": settings.SECRET_KEY,
            "DATA_DIR": str(folder),
            "STATIC_ROOT": str(folder),
        }
        manifest = {"version": "1.1", "paths": {"css/a.css": "css/a.1234.css"}, "hash": ""}
        (folder / "staticfiles.json").write_text(json.dumps(manifest))
        code = "import threading, newsroom.wsgi; print([t.name for t in threading.enumerate()])"
        return subprocess.run(
            [sys.executable, "-c", code],
            env=environ,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def test_where_a_web_server_sends_files_changes_are_looked_for_before_any_request(self):
        threads = self.threads(PAGES_DIR="/nonexistent/pages")
        self.assertIn("site-version", threads)
        self.assertIn(LISTENING, threads)

    def test_elsewhere_nothing_is_asked_before_somebody_asks(self):
        threads = self.threads()
        self.assertNotIn("site-version", threads)
        self.assertNotIn(LISTENING, threads)
