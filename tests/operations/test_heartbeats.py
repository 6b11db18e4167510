"""What is noted of work that has to happen again and again, and what machines are told of it."""

import datetime as dt
import re
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import yaml
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from articles.changes import site_version
from articles.models import Heartbeat
from articles.operations import heartbeats
from tests.management.test_run_due import make_due
from tests.support.factories import make_digest
from tests.support.nginx import DEPLOY

TOKEN = "kZ8sWq3nV5xT1yR7uB2mL9pD4hG6jF0c"
# Told by Prometheus itself.
OF_PROMETHEUS = {"up"}


def run_due():
    call_command("run_due", stdout=StringIO())


def set_back(name, **ago):
    """Let something have happened so long ago; returns the moment."""
    moment = timezone.now() - dt.timedelta(**ago)
    Heartbeat.objects.update_or_create(pk=name, defaults={"at": moment})
    return moment


class RunDueTests(TestCase):
    def moment(self):
        return heartbeats.last().get("run_due")

    def test_a_turn_is_noted(self):
        self.assertIsNone(self.moment())
        run_due()
        self.assertLess(abs(timezone.now() - self.moment()), dt.timedelta(minutes=5))

    def test_turns_of_all_nodes_write_once_a_minute(self):
        before = set_back("run_due", seconds=20)
        with CaptureQueriesContext(connection) as queries:
            run_due()
        self.assertEqual(self.moment(), before)
        writes = [q["sql"] for q in queries if re.match("(INSERT|UPDATE).*heartbeat", q["sql"])]
        self.assertEqual(writes, [])
        before = set_back("run_due", seconds=80)
        run_due()
        self.assertGreater(self.moment(), before + dt.timedelta(seconds=70))

    def test_a_moment_in_the_future_is_put_right(self):
        future = set_back("run_due", hours=-3)
        run_due()
        self.assertLess(self.moment(), future - dt.timedelta(hours=2))

    def test_a_turn_in_which_something_failed_is_one(self):
        make_due()
        with (
            patch("articles.digests.publishing.release", side_effect=ValueError("broken")),
            self.assertLogs("articles.management.commands.run_due", "ERROR"),
            self.assertRaises(CommandError),
        ):
            run_due()
        self.assertIsNotNone(self.moment())

    def test_readers_see_nothing_of_it(self):
        make_digest("2026-01-03")
        before = site_version.current()
        run_due()
        heartbeats.note("backup", timezone.now())
        self.assertEqual(site_version.current(), before)


class ReadyTests(TestCase):
    def line(self, name):
        response = self.client.get("/readyz?exclude=deadline")
        self.assertEqual(response.status_code, 200)
        return dict(line.split(": ", 1) for line in response.content.decode().splitlines())[name]

    def test_run_due(self):
        self.assertEqual(self.line("run_due"), "degraded: run_due has never run; start it")
        set_back("run_due", minutes=4)
        self.assertEqual(self.line("run_due"), "ok")
        set_back("run_due", minutes=7, seconds=30)
        self.assertEqual(self.line("run_due"), "degraded: run_due last ran 7 minutes ago; start it")
        run_due()
        self.assertEqual(self.line("run_due"), "ok")

    def test_backup(self):
        self.assertEqual(self.line("backup"), "ok")
        set_back("backup", hours=25)
        self.assertEqual(self.line("backup"), "ok")
        set_back("backup", hours=27, minutes=30)
        self.assertEqual(
            self.line("backup"), "degraded: the last verified backup is 27 hours old; make one"
        )

    def test_each_can_be_left_out(self):
        response = self.client.get("/readyz?exclude=run_due&exclude=backup")
        self.assertIn(b"\nrun_due: excluded\nbackup: excluded\n", response.content)


class MetricsTests(TestCase):
    def setUp(self):
        folder = Path(self.enterContext(TemporaryDirectory(ignore_cleanup_errors=True)))
        settings = {"FIGURES_DIR": folder / "figures", "DATA_DIR": folder, "PAGES_DIR": folder}
        self.enterContext(override_settings(METRICS_TOKEN=TOKEN, **settings))
        self.client = Client()  # which makes its middleware with these settings

    def told(self):
        """The value of each metric."""
        response = self.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        families = text_string_to_metric_families(response.content.decode())
        return {sample.name: sample.value for family in families for sample in family.samples}

    def test_moments_are_told_once_there_are_some(self):
        names = ("newsroom_run_due_timestamp_seconds", "newsroom_backup_verified_timestamp_seconds")
        self.assertTrue(self.told().keys().isdisjoint(names))
        moments = [set_back("run_due", minutes=3), set_back("backup", hours=3)]
        told = self.told()
        self.assertEqual([told[name] for name in names], [int(m.timestamp()) for m in moments])

    def test_rules_ask_for_nothing_that_is_not_told(self):
        rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"][0]["rules"]
        self.assertGreater(len(rules), 8)
        make_digest("2026-01-03")
        run_due()
        set_back("backup", hours=3)
        self.client.get("/")
        told = self.told().keys() | OF_PROMETHEUS
        for rule in rules:
            asked = set(re.findall(r"newsroom_\w+|\bup\b", rule["expr"]))
            with self.subTest(rule["alert"]):
                self.assertNotEqual(asked, set())
                self.assertEqual(asked - told, set())
