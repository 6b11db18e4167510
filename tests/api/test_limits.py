"""How many requests a token may send in a minute, whoever counts them."""

import datetime as dt
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from unittest import mock, skipIf, skipUnless

import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, connections
from django.test import TestCase, TransactionTestCase

from articles.api import limits, patience, tokens
from articles.models import ApiToken, ApiUse
from tests.support.programs import make_program, make_token, row_of
from tests.test_read_only_database import IS_POSTGRESQL, no_writes

NOW = dt.datetime(2026, 1, 3, 0, 0, 20, 500_000, tzinfo=dt.UTC)
LOG = "articles.api.patience"
PUSH, READ = tokens.PUSH, tokens.READ


def waits(token, kind, count):
    """What so many requests, one after the other, are told."""
    return [limits.seconds_to_wait(token, kind) for _request in range(count)]


class LimitTests(TestCase):
    def setUp(self):
        self.traveller = self.enterContext(time_machine.travel(NOW, tick=False))
        self.token = row_of(make_token())

    def test_token_may_send_so_many_and_then_waits_for_the_next_minute(self):
        self.assertEqual(waits(self.token, PUSH, 32), [0] * 30 + [40] * 2)
        self.traveller.shift(39)
        self.assertEqual(waits(self.token, PUSH, 1), [1])
        self.traveller.shift(0.5)
        self.assertEqual(waits(self.token, PUSH, 1), [0])

    def test_wait_is_a_second_at_least(self):
        waits(self.token, PUSH, 30)
        self.traveller.move_to(NOW.replace(second=59, microsecond=999_999))
        self.assertEqual(waits(self.token, PUSH, 1), [1])

    def test_each_kind_and_each_token_is_counted_for_itself(self):
        other = row_of(make_token(make_program("다른 것")))
        waits(self.token, PUSH, 31)
        self.assertEqual(waits(self.token, READ, 121), [0] * 120 + [40])
        self.assertEqual(waits(other, PUSH, 31), [0] * 30 + [40])

    def test_request_that_is_refused_changes_no_row(self):
        waits(self.token, PUSH, 40)
        [use] = ApiUse.objects.all()
        self.assertEqual((use.count, use.minute), (30, NOW.replace(second=0, microsecond=0)))

    def test_request_is_counted_by_one_statement(self):
        usual = 3 if connection.vendor == "sqlite" else 0  # the time to wait for other writers
        with self.assertNumQueries(1 + usual):
            limits.seconds_to_wait(self.token, PUSH)

    def test_counts_are_forgotten_after_an_hour(self):
        waits(self.token, PUSH, 2)
        self.traveller.shift(dt.timedelta(minutes=59))
        waits(self.token, READ, 1)
        self.assertEqual(limits.forget(), 0)
        self.traveller.shift(dt.timedelta(minutes=2))
        self.assertEqual(limits.forget(), 1)
        self.assertEqual(ApiUse.objects.get().kind, READ)

    def test_run_due_forgets_them(self):
        waits(self.token, PUSH, 1)
        self.traveller.shift(dt.timedelta(hours=2))
        call_command("run_due")
        self.assertFalse(ApiUse.objects.exists())

    @skipUnless(IS_POSTGRESQL, "SQLite calls this an operational error, too.")
    def test_faults_of_the_site_itself_are_not_passed_over(self):
        with mock.patch.object(limits, "_COUNT", "x"), self.assertRaises(ProgrammingError):
            limits.seconds_to_wait(self.token, PUSH)


class ManyProcessesTests(TransactionTestCase):
    """With connections of their own, which need committed rows."""

    serialized_rollback = True

    def setUp(self):
        self.enterContext(time_machine.travel(NOW, tick=False))
        self.enterContext(mock.patch.object(patience, "MILLISECONDS", 1_000_000))
        self.token = row_of(make_token())

    def test_requests_at_once_are_all_counted(self):
        def send(count):
            try:
                return waits(self.token, PUSH, count)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(6) as pool:
            told = [wait for part in pool.map(send, [10] * 6) for wait in part]
        self.assertEqual(sorted(told), [0] * 30 + [40] * 30)
        self.assertEqual(ApiUse.objects.get().count, 30)

    def test_token_that_was_deleted_meanwhile_is_not_counted(self):
        ApiToken.objects.all().delete()
        with self.assertRaises(IntegrityError):
            limits.seconds_to_wait(self.token, PUSH)


class NoWritesTests(TransactionTestCase):
    """While the database takes no writes, requests are answered and this process counts."""

    serialized_rollback = True

    def setUp(self):
        self.enterContext(time_machine.travel(NOW, tick=False))
        self.enterContext(mock.patch.object(limits, "_own", limits.OwnCounts()))
        self.token = row_of(make_token())

    def assertCountedHere(self):
        with self.assertLogs(LOG, "WARNING"):
            self.assertEqual(waits(self.token, PUSH, 31), [0] * 30 + [40])
            tokens.note_use(self.token)
        self.assertFalse(ApiUse.objects.exists())
        self.assertIsNone(ApiToken.objects.get().last_used_at)

    def test_read_only_database(self):
        with no_writes():
            self.assertCountedHere()

    @skipIf(IS_POSTGRESQL, "Only SQLite has a single writer.")
    def test_database_with_another_writer(self):
        path = connection.settings_dict["NAME"]
        self.enterContext(mock.patch.object(patience, "MILLISECONDS", 1))
        writer = sqlite3.connect(path, isolation_level=None)
        self.addCleanup(writer.close)
        writer.execute("BEGIN IMMEDIATE")
        self.assertCountedHere()
        writer.execute("ROLLBACK")
        self.assertEqual(waits(self.token, PUSH, 1), [0])
        with connection.cursor() as cursor:
            usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        self.assertEqual(usual, 1000 * settings.DATABASES["default"]["OPTIONS"]["timeout"])

    def test_counts_of_this_process_begin_anew_with_the_minute(self):
        own = limits.OwnCounts()
        minute = NOW.replace(second=0, microsecond=0)
        self.assertEqual([own.count(self.token, PUSH, minute) for _ in range(2)], [1, 2])
        self.assertEqual(own.count(self.token, READ, minute), 1)
        self.assertEqual(own.count(self.token, PUSH, minute + dt.timedelta(minutes=1)), 1)
