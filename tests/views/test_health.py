"""What machines may ask: liveness and readiness."""

import datetime as dt
from unittest.mock import patch

import time_machine
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import TestCase, override_settings
from django.utils import timezone

from articles.digests import publishing
from articles.models import Digest
from articles.operations import heartbeats
from tests.support.factories import make_digest
from tests.support.push_rows import make_program, make_push

FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
EVERY_DAY_AT_EIGHT = dict.fromkeys(range(7), dt.time(8))
# In Seoul it is Saturday, 3 January: a quarter to eight, and half past eight.
BEFORE = dt.datetime(2026, 1, 2, 22, 45, tzinfo=dt.UTC)
AFTER = dt.datetime(2026, 1, 2, 23, 30, tzinfo=dt.UTC)
PROMISE = dt.datetime(2026, 1, 2, 23, 0, tzinfo=dt.UTC)
HTTPS = {
    "SECURE_SSL_REDIRECT": True,
    "SECURE_REDIRECT_EXEMPT": [r"^healthz$", r"^readyz$", r"^metrics$", r"^api/"],
}


def make_due(ago, date="2026-01-03", now=None):
    digest = make_digest(date, published=False)
    publishing.publish(digest, at=FUTURE, unchecked=True)
    Digest.objects.filter(pk=digest.pk).update(publish_at=(now or timezone.now()) - ago)


def hide_digests():
    """One that readers do not have in every state, for today and the days around it."""
    for day in ("2026-01-02", "2026-01-03", "2026-01-04", "2026-02-01"):
        make_digest(day, published=False)
    publishing.publish(Digest.objects.get(date="2026-01-03"), at=FUTURE, unchecked=True)
    publishing.submit(Digest.objects.get(date="2026-01-04"))
    withdrawn = Digest.objects.get(date="2026-02-01")
    publishing.withdraw(publishing.publish(withdrawn, at=BEFORE, unchecked=True))


def database_is_away():
    return patch.object(connection, "cursor", side_effect=OperationalError("db.internal is gone"))


class HealthTestCase(TestCase):
    def answer(self, path, now=AFTER):
        with time_machine.travel(now, tick=False):
            return self.client.get(path)

    def lines(self, query="", now=AFTER):
        """The status and the lines by check."""
        response = self.answer(f"/readyz{query}", now)
        text = response.content.decode()
        return response.status_code, dict(line.split(": ", 1) for line in text.splitlines())


class AliveTests(TestCase):
    def test_answers_without_the_database(self):
        with self.assertNumQueries(0):
            response = self.client.get("/healthz")
        self.assertEqual(response.content, b"ok\n")


@override_settings(DIGEST_DEADLINE=EVERY_DAY_AT_EIGHT)
class ReadyTests(HealthTestCase):
    def test_all_is_well(self):
        make_digest("2026-01-03")
        heartbeats.beat(heartbeats.RUN_DUE)
        response = self.answer("/readyz")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(
            response.content,
            b"page_files: ok\nstatic_files: ok\ndatabase: ok\nwrites: ok\n"
            b"migrations: ok\nschedule: ok\ndeadline: ok\npushes: ok\n"
            b"run_due: ok\nbackup: ok\n",
        )
        self.assertEqual(response["Content-Type"], "text/plain; charset=utf-8")
        self.assertIn("no-store", response["Cache-Control"])

    def test_missing_digest_turns_it_red(self):
        self.assertEqual(self.lines(now=BEFORE)[0], 200)
        status, lines = self.lines()
        self.assertEqual(status, 503)
        self.assertEqual(
            lines["deadline"], "no digest for 2026-01-03, promised for 2026-01-03 08:00 KST (UTC+9)"
        )

    def test_a_push_that_does_not_come_turns_it_red_without_a_name(self):
        make_digest("2026-01-03")
        program = make_program(promise="sat 07:00")
        status, lines = self.lines()
        expected = "no usable push for 2026-01-03, promised for 2026-01-03 07:00 KST (UTC+9)"
        self.assertEqual((status, lines["pushes"]), (503, expected))
        make_push(program, outcome="refused")
        self.assertEqual(self.lines()[1]["pushes"], expected)
        self.assertEqual(self.lines("?exclude=pushes")[0], 200)
        make_push(program)
        self.assertEqual(self.lines()[0], 200)

    def test_a_check_can_be_left_out(self):
        status, lines = self.lines("?exclude=deadline")
        self.assertEqual((status, lines["deadline"]), (200, "excluded"))
        status, lines = self.lines("?exclude=deadline&exclude=schedule&exclude=database")
        self.assertEqual(status, 200)
        self.assertEqual([lines["database"], lines["schedule"]], ["excluded", "excluded"])

    def test_leaving_one_out_hides_no_other(self):
        make_digest("2026-01-03")
        make_due(dt.timedelta(minutes=6), "2026-01-04")
        response = self.answer("/readyz?exclude=deadline", timezone.now())
        self.assertEqual(response.status_code, 503)

    def test_an_unknown_check_is_a_sentence(self):
        response = self.answer("/readyz?exclude=deadline&exclude=weather")
        self.assertEqual(response.status_code, 400)
        self.assertEqual(
            response.content.decode(),
            "There is no check 'weather'. "
            "Exclude one of: page_files, static_files, database, writes, migrations, schedule, "
            "deadline, pushes, run_due, backup.\n",
        )

    @override_settings(DIGEST_DEADLINE={})
    def test_schedule_is_red_when_nothing_releases_what_is_due(self):
        now = timezone.now()
        make_due(dt.timedelta(minutes=4), now=now)
        self.assertEqual(self.answer("/readyz", now).status_code, 200)
        make_due(dt.timedelta(minutes=6), "2026-01-04", now=now)
        response = self.answer("/readyz", now)
        self.assertEqual(response.status_code, 503)
        self.assertContains(response, "is run_due running?", status_code=503)

    def test_migration_that_is_not_applied_turns_it_red(self):
        make_digest("2026-01-03")
        (newest,) = MigrationLoader(connection).graph.leaf_nodes("articles")
        MigrationRecorder(connection).record_unapplied(*newest)
        status, lines = self.lines()
        self.assertEqual(status, 503)
        self.assertEqual(lines["migrations"], "1 not applied; run `manage.py migrate`")

    def test_without_a_database_it_answers_in_words(self):
        with database_is_away(), self.assertLogs("articles.views.health", "WARNING"):
            status, lines = self.lines()
        self.assertEqual(status, 503)
        self.assertIn("does not answer", lines["database"])
        for name in ("migrations", "schedule", "deadline"):
            self.assertEqual(lines[name], "not known without the database")
        self.assertNotIn("db.internal", str(lines))

    def test_hidden_digests_change_no_byte(self):
        for now in (BEFORE, AFTER):
            before = self.answer("/readyz", now).content
            hide_digests()
            self.assertEqual(self.answer("/readyz", now).content, before)
            Digest.objects.all().delete()

    def test_only_reading_is_allowed(self):
        for path in ("/readyz", "/metrics"):
            self.assertEqual(self.client.post(path).status_code, 405)
            self.assertIn(self.client.head(path).status_code, (200, 503))

    @override_settings(ALLOWED_HOSTS=["news.example.com"], SITE_URL="https://news.example.com")
    def test_machines_may_ask_by_an_address(self):
        for path in ("/healthz", "/readyz?exclude=deadline", "/metrics"):
            with self.subTest(path):
                self.assertEqual(
                    self.client.get(path, headers={"host": "10.0.0.5"}).status_code, 200
                )
        self.assertEqual(self.client.get("/", headers={"host": "10.0.0.5"}).status_code, 400)

    @override_settings(**HTTPS)
    def test_machines_inside_need_no_https(self):
        make_digest("2026-01-03")
        for path in ("/healthz", "/readyz?exclude=deadline", "/metrics"):
            self.assertEqual(self.answer(path).status_code, 200)
        self.assertEqual(self.answer("/").status_code, 301)


class RealSettingsTests(TestCase):
    def test_the_exemptions_tested_are_those_of_the_settings(self):
        from newsroom import settings

        self.assertEqual(HTTPS["SECURE_REDIRECT_EXEMPT"], settings.SECURE_REDIRECT_EXEMPT)
