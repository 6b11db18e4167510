"""What Prometheus is told, and who else."""

import datetime as dt
import os
import platform
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import django
import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

import newsroom
from articles.models import Article, Digest, PlannedGap
from articles.operations import figures, lost_workers
from articles.serving.page_store import versions
from articles.serving.page_store.front import Front
from tests.serving.page_store.test_front import FIRST, Site, ask
from tests.support.factories import make_digest
from tests.support.push_rows import make_program, make_push
from tests.views.test_health import (
    AFTER,
    BEFORE,
    EVERY_DAY_AT_EIGHT,
    PROMISE,
    HealthTestCase,
    database_is_away,
    hide_digests,
    make_due,
)

TOKEN = "kZ8sWq3nV5xT1yR7uB2mL9pD4hG6jF0c"


class MetricsTestCase(HealthTestCase):
    def families(self, **headers):
        response = self.client.get("/metrics", headers=headers)
        self.assertEqual(response.status_code, 200)
        text = response.content.decode()
        return {family.name: family for family in text_string_to_metric_families(text)}


@override_settings(DIGEST_DEADLINE=EVERY_DAY_AT_EIGHT)
class PublicFactsTests(MetricsTestCase):
    def samples(self, now=AFTER):
        text = self.answer("/metrics", now).content.decode()
        lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
        return {name.removeprefix("newsroom_"): int(value) for name, value in lines}

    def test_format_is_that_of_prometheus(self):
        make_due(dt.timedelta(minutes=2))
        make_digest("2026-01-02")
        response = self.answer("/metrics")
        self.assertEqual(response["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertIn("no-store", response["Cache-Control"])
        text = response.content.decode()
        self.assertTrue(text.endswith("\n"))
        families = list(text_string_to_metric_families(text))
        self.assertEqual(len(families), text.count("# TYPE"))
        for family in families:
            with self.subTest(family.name):
                self.assertRegex(family.name, r"^newsroom_[a-z_]+$")
                self.assertEqual(family.type, "gauge")
                self.assertTrue(family.documentation)
                self.assertEqual(len(family.samples), 1)

    def test_missing_digest(self):
        self.assertEqual(self.samples(BEFORE)["digest_missing"], 0)
        self.assertEqual(self.samples(AFTER)["digest_missing"], 1)
        make_digest("2026-01-03")
        self.assertEqual(self.samples(AFTER)["digest_missing"], 0)

    def test_missing_push(self):
        program = make_program(promise="sat 07:00")
        self.assertEqual(self.samples(AFTER)["push_missing"], 1)
        make_push(program)
        self.assertEqual(self.samples(AFTER)["push_missing"], 0)

    def test_promised_hour_of_today(self):
        self.assertEqual(self.samples()["deadline_timestamp_seconds"], PROMISE.timestamp())
        PlannedGap.objects.create(date="2026-01-03")
        self.assertNotIn("deadline_timestamp_seconds", self.samples())

    def test_newest_digest(self):
        self.assertNotIn("latest_digest_timestamp_seconds", self.samples())
        make_digest("2026-01-01")
        newest = make_digest("2026-01-02")
        self.assertEqual(
            self.samples()["latest_digest_timestamp_seconds"], newest.published_at.timestamp()
        )

    def test_overdue_schedules_are_counted_after_a_minute(self):
        now = timezone.now()
        make_due(dt.timedelta(seconds=30), now=now)
        make_due(dt.timedelta(seconds=90), "2026-01-04", now=now)
        make_due(dt.timedelta(hours=2), "2026-01-05", now=now)
        samples = self.samples(now)
        self.assertEqual(samples["schedule_overdue"], 2)
        self.assertEqual(samples["schedule_overdue_seconds"], 7200)

    def test_without_overdue_schedules_nothing_has_waited(self):
        now = timezone.now()
        make_due(dt.timedelta(seconds=30), now=now)
        self.assertEqual(self.samples(now)["schedule_overdue_seconds"], 0)

    def test_hidden_digests_change_no_byte(self):
        make_digest("2026-01-01")
        for now in (BEFORE, AFTER):
            before = self.answer("/metrics", now).content
            hide_digests()
            self.assertEqual(self.answer("/metrics", now).content, before)
            Article.objects.filter(digest__date__gt="2026-01-01").delete()
            Digest.objects.filter(date__gt="2026-01-01").delete()

    def test_without_a_database_it_answers_in_words(self):
        with database_is_away(), self.assertLogs("articles.views.metrics", "WARNING"):
            response = self.answer("/metrics")
        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.content, b"The database does not answer.\n")

    def test_cost_does_not_grow(self):
        make_digest("2026-01-01")
        with self.assertNumQueries(5):
            self.answer("/metrics")
        for day in range(2, 9):
            make_digest(f"2026-01-{day:02}")
        with self.assertNumQueries(5):
            self.answer("/metrics")


@pytest.mark.one_engine
class TokenTests(MetricsTestCase):
    def setUp(self):
        folder = self.enterContext(TemporaryDirectory(ignore_cleanup_errors=True))
        self.folder = Path(folder)
        own = {"METRICS_TOKEN": TOKEN, "FIGURES_DIR": self.folder, "DATA_DIR": self.folder}
        self.enterContext(override_settings(**own))
        self.client = Client()  # which makes its middleware with these settings

    def told(self, name):
        """The one value of a metric."""
        [sample] = self.families(Authorization=f"Bearer {TOKEN}")[f"newsroom_{name}"].samples
        return sample.value

    def test_nobody_else_is_told_anything(self):
        make_digest("2026-01-03")
        for told in (None, "", TOKEN, f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x", "Bearer é"):
            with self.subTest(told), self.assertNumQueries(0):
                headers = {"Authorization": told} if told is not None else {}
                response = self.client.get("/metrics", headers=headers)
                self.assertEqual(response.status_code, 401)
                self.assertEqual(response["WWW-Authenticate"], "Bearer")
                self.assertNotContains(response, "newsroom_", status_code=401)

    def test_who_shows_it_is_told_public_facts_and_counts(self):
        digest = make_digest("2026-01-03")
        for path in ("/2026/01/03/", "/nothing/"):
            self.client.get(path)
        families = self.families(Authorization=f"bearer {TOKEN}")
        self.assertIn("newsroom_latest_digest_timestamp_seconds", families)
        [changed] = families["newsroom_feeds_changed_timestamp_seconds"].samples
        self.assertGreaterEqual(changed.value, int(digest.published_at.timestamp()))
        [requests] = families["newsroom_requests"].samples
        self.assertEqual((requests.name, requests.value), ("newsroom_requests_total", 3))
        self.assertEqual(requests.labels, {"process": str(os.getpid())})
        for name in ("requests", "server_errors", "pages_made", "pages_taken"):
            self.assertEqual(families[f"newsroom_{name}"].type, "counter")

    def test_it_is_told_what_runs(self):
        family = self.families(Authorization=f"Bearer {TOKEN}")["newsroom_info"]
        self.assertEqual(family.type, "gauge")
        [sample] = family.samples
        told = {
            "version": newsroom.__version__,
            "django": django.get_version(),
            "python": platform.python_version(),
        }
        self.assertEqual((sample.labels, sample.value), (told, 1))

    def test_failures_are_counted(self):
        self.client.raise_request_exception = False
        with database_is_away(), self.assertLogs("django.request", "ERROR"):
            self.client.get("/archive/")
        self.assertEqual(self.told("server_errors"), 1)

    def test_pages_are_counted_when_they_are_made_and_not_when_they_are_sent(self):
        site, counts = Site(), figures.kept_in(settings.FIGURES_DIR)
        front = Front(site, max_bytes=1_000_000, figures=counts)
        with patch.object(versions, "current", lambda: FIRST):
            for path in ("/2026/01/03/", "/archive/", "/2026/01/03/"):
                ask(front, path)
            site.public = False
            ask(front, "/nothing/")
        self.assertEqual(self.told("pages_made"), 2)

    def test_lost_workers_are_counted_from_none_on(self):
        self.assertEqual(self.told("workers_lost"), 0)
        for number in (1, 2):
            lost_workers.note(self.folder, f"worker-{number}")
            self.assertEqual(self.told("workers_lost"), number)


# Who may read them is decided before a query.
@pytest.mark.one_engine
class NoTokenTests(MetricsTestCase):
    def test_nothing_is_counted(self):
        with TemporaryDirectory() as folder, override_settings(FIGURES_DIR=Path(folder)):
            Client().get("/")
            self.assertEqual(list(Path(folder).iterdir()), [])
        self.assertNotIn("newsroom_requests", self.families())

    def test_strangers_are_not_told_what_runs(self):
        """It would tell them which known holes to try."""
        text = self.client.get("/metrics").content.decode()
        self.assertNotIn("newsroom_info", text)
        self.assertNotIn(newsroom.__version__, text)
