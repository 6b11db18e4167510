"""A fault of the database that passes is one sentence a minute in the log."""

import io
import logging
from unittest import mock

import pytest
from django.db import OperationalError, ProgrammingError
from django.test import Client, SimpleTestCase

from articles.serving.page_store import faults
from articles.serving.page_store.requests import DATABASE_IS_SILENT


# What is logged of an error is decided without the database.
@pytest.mark.one_engine
class PassingFaultTests(SimpleTestCase):
    def setUp(self):
        handlers = logging.getLogger().handlers
        [console] = [h for h in handlers if any(map(_is_brief, h.filters))]
        self.log = io.StringIO()
        self.addCleanup(console.setStream, console.setStream(self.log))
        [brief] = filter(_is_brief, console.filters)
        self.enterContext(mock.patch.object(brief, "_log", faults.FaultLog(faults.logger)))
        clock = mock.patch.object(faults.time, "monotonic", return_value=1_000.0)
        self.clock = self.enterContext(clock)

    def test_requests_without_a_database_log_a_sentence_a_minute(self):
        client = Client(raise_request_exception=False, **{DATABASE_IS_SILENT: True})
        for path in ("/", "/2026/01/03/", "/admin/"):
            self.assertEqual(client.get(path).status_code, 503)
        [line] = self.log.getvalue().splitlines()
        self.assertIn("Service Unavailable: /: The database does not answer.", line)
        self.clock.return_value += faults.SECONDS_BETWEEN
        client.get("/2026/")
        self.assertEqual(len(self.log.getvalue().splitlines()), 2)

    def test_what_does_not_pass_keeps_its_traceback_each_time(self):
        for error in (ProgrammingError("no such thing"), ValueError("a bug")):
            for _ in range(2):
                logging.getLogger("articles").error("Failed: %s", "x", exc_info=error)
        self.assertEqual(self.log.getvalue().count("ProgrammingError: no such thing"), 2)
        self.assertEqual(self.log.getvalue().count("ValueError: a bug"), 2)

    def test_different_faults_are_each_told(self):
        for message in ("Reading failed", "Writing failed", "Reading failed"):
            logging.getLogger("articles").error(message, exc_info=OperationalError("away\n now"))
        lines = [line.partition("articles: ")[2] for line in self.log.getvalue().splitlines()]
        self.assertEqual(lines, ["Reading failed: away now", "Writing failed: away now"])


def _is_brief(logging_filter):
    return isinstance(logging_filter, faults.BriefFilter)
