"""What machines are told of finished pages that cannot be written or removed."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from django.test import override_settings

from articles.operations import figures
from articles.serving.page_store.written import Fault
from tests.views.test_health import HealthTestCase, database_is_away
from tests.views.test_metrics import MetricsTestCase

# Pages are made of plain rows, for which `test_leaks.WorkTests` asks both engines at every address.
pytestmark = pytest.mark.one_engine


class PageFilesTestCase(HealthTestCase):
    def setUp(self):
        folder = Path(self.enterContext(TemporaryDirectory(ignore_cleanup_errors=True)))
        self.counts = figures.Figures(folder)
        self.enterContext(patch.object(figures, "kept_in", lambda folder: self.counts))
        self.enterContext(override_settings(PAGES_DIR=folder / "pages"))


class ReadyTests(PageFilesTestCase):
    def told(self, fault, query=""):
        self.counts.put("page_files_fault", fault)
        status, lines = self.lines(query)
        return status, lines["page_files"]

    def test_all_is_well(self):
        self.assertEqual(self.told(Fault.NONE), (200, "ok"))

    def test_a_node_that_cannot_write_serves_readers_and_says_what_is_wrong(self):
        status, line = self.told(Fault.UNWRITTEN)
        self.assertEqual(status, 200)
        self.assertTrue(line.startswith("degraded: finished pages cannot be written"), line)

    def test_a_node_whose_web_server_may_send_what_was_withdrawn_gets_no_readers(self):
        status, line = self.told(Fault.STALE)
        self.assertEqual(status, 503)
        self.assertIn("remove `current` there", line)

    def test_it_can_be_left_out(self):
        self.assertEqual(self.told(Fault.STALE, "?exclude=page_files"), (200, "excluded"))

    def test_it_is_told_without_a_database(self):
        with database_is_away(), self.assertLogs("articles.views.health", "WARNING"):
            status, line = self.told(Fault.STALE)
        self.assertEqual(status, 503)
        self.assertIn("withdrawn", line)

    @override_settings(PAGES_DIR=None)
    def test_without_files_there_is_nothing_wrong_with_them(self):
        self.assertEqual(self.told(Fault.STALE), (200, "ok"))


class MetricsTests(PageFilesTestCase, MetricsTestCase):
    def told(self):
        families = self.families()
        names = ("page_files_unwritten", "page_files_stale")
        return [families[f"newsroom_{name}"].samples[0].value for name in names]

    def test_what_is_wrong_is_told_to_everybody(self):
        for fault, told in ((Fault.NONE, [0, 0]), (Fault.UNWRITTEN, [1, 0]), (Fault.STALE, [0, 1])):
            with self.subTest(fault):
                self.counts.put("page_files_fault", fault)
                self.assertEqual(self.told(), told)

    @override_settings(PAGES_DIR=None)
    def test_without_files_nothing_is_told(self):
        self.assertNotIn("newsroom_page_files_stale", self.families())
