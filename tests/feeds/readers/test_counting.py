"""Requests for feeds are counted without a query, none is lost, and nobody is known by it."""

import datetime as dt
import threading
from unittest.mock import patch

import time_machine
from django.conf import settings
from django.db import OperationalError
from django.test import SimpleTestCase, TestCase

from articles.feeds import readers
from articles.feeds.readers import counting
from articles.models import FeedReading
from newsroom import wsgi
from tests.management.test_run_due import ProcessTestCase
from tests.support.waiting import PATIENCE

FEEDLY = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; {} subscribers; like FeedFetcher-Google)"
RSS = "/feeds/digests.rss"
NOON = dt.datetime(2026, 1, 3, 3, 0, tzinfo=dt.UTC)  # in Seoul


def rows():
    return sorted(
        FeedReading.objects.values_list("feed", "reader", "feed_id", "requests", "subscribers")
    )


class CountingTestCase(TestCase):
    """A counter of its own, whose thread never starts and which writes nothing at the end."""

    def setUp(self):
        self.counter = counting._Counter()
        self.timer = patch("articles.feeds.readers.counting.threading.Timer").start()
        patch("articles.feeds.readers.counting.Finalize").start()
        patch.multiple(counting, _counter=self.counter, _at_exit=None).start()
        self.addCleanup(patch.stopall)
        clock = time_machine.travel(NOON, tick=False)
        clock.start()
        self.addCleanup(clock.stop)


class NoteTests(CountingTestCase):
    def test_counting_takes_no_query_and_one_thread_writes_it_down(self):
        with self.assertNumQueries(0):
            for _ in range(3):
                readers.note(RSS, FEEDLY.format(37))
        self.timer.assert_called_once_with(counting.FLUSH_SECONDS, self.counter.flush_in_thread)
        readers.flush()
        self.assertEqual(rows(), [(RSS, "Feedly", "", 3, 37)])
        self.assertEqual(FeedReading.objects.get().day, dt.date(2026, 1, 3))

    def test_counts_are_added_and_the_most_subscribers_kept(self):
        for told in (37, 41, 40):
            readers.note(RSS, FEEDLY.format(told))
            readers.flush()
        readers.note(RSS, "Feedly/1.0")
        readers.flush()
        self.assertEqual(rows(), [(RSS, "Feedly", "", 4, 41)])

    def test_feeds_readers_and_ids_are_counted_apart(self):
        readers.note(RSS, "Feedbin feed-id:1 - 3 subscribers")
        readers.note(RSS, "Feedbin feed-id:2 - 4 subscribers")
        readers.note("/tags/반도체/feed.atom", "FreshRSS/1.29.1 (Linux; https://freshrss.org)")
        readers.note("/feeds/articles.json", "")
        readers.flush()
        self.assertEqual(
            rows(),
            [
                ("/feeds/articles.json", "unnamed", "", 1, None),
                (RSS, "Feedbin", "1", 1, 3),
                (RSS, "Feedbin", "2", 1, 4),
                ("/tags/반도체/feed.atom", "FreshRSS", "", 1, None),
            ],
        )

    def test_the_day_is_that_of_the_request_in_the_zone_of_the_site(self):
        with time_machine.travel("2026-01-03T14:59:59Z", tick=False):
            readers.note(RSS, "")
        with time_machine.travel("2026-01-03T15:00:00Z", tick=False):
            readers.note(RSS, "")
        readers.flush()
        days = FeedReading.objects.order_by("day").values_list("day", flat=True)
        self.assertEqual(list(days), [dt.date(2026, 1, 3), dt.date(2026, 1, 4)])

    def test_other_addresses_count_nothing(self):
        for path in (
            *("/", "/feeds/", "/feeds/digests.xml", "/feeds/digests.rss/", "/2026/01/03.json"),
            *("/tags/a/b/feed.rss", f"/tags/{'a' * 300}/feed.rss", "/feeds/digests.rss\n"),
        ):
            readers.note(path, FEEDLY.format(1))
        readers.flush()
        self.assertEqual(rows(), [])

    def test_nothing_of_the_user_agent_but_the_name_is_kept(self):
        readers.note(RSS, "Miniflux/2.2 (+https://minji.example/reader; 203.0.113.7)")
        readers.flush()
        kept = str(list(FeedReading.objects.values()))
        self.assertIn("Miniflux", kept)
        for secret in ("minji", "203.0.113.7", "2.2"):
            self.assertNotIn(secret, kept)

    def test_memory_and_rows_have_bounds(self):
        with patch.multiple(counting, MAX_COUNTED=5, MAX_ROWS_A_DAY=3):
            for number in range(50):
                readers.note(RSS, f"Feedbin feed-id:{number} - 2 subscribers")
            self.assertEqual(len(self.counter._counts), 6)
            self.assertLessEqual(len(self.counter._tally), 5)
            readers.flush()
            self.assertLessEqual(FeedReading.objects.count(), 4)
            for number in range(4):
                readers.note(RSS, f"Feedbin feed-id:{number} - 2 subscribers")
            readers.flush()
        self.assertLessEqual(FeedReading.objects.count(), 4)
        self.assertEqual(sum(FeedReading.objects.values_list("requests", flat=True)), 54)

    def test_counts_survive_a_database_that_is_away(self):
        readers.note(RSS, FEEDLY.format(5))
        away = patch.object(counting, "store", side_effect=OperationalError("gone"))
        with away, self.assertLogs("articles.feeds.readers.counting", "WARNING"):
            readers.flush()
        readers.note(RSS, FEEDLY.format(6))
        readers.flush()
        self.assertEqual(rows(), [(RSS, "Feedly", "", 2, 6)])

    def test_threads_lose_nothing(self):
        def ask():
            for _ in range(500):
                readers.note(RSS, FEEDLY.format(9))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        readers.flush()
        self.assertEqual(rows(), [(RSS, "Feedly", "", 4000, 9)])


class TotalsTests(TestCase):
    def make(self, reader, day, requests, subscribers=None, feed=RSS):
        FeedReading.objects.create(
            day=day, feed=feed, reader=reader, requests=requests, subscribers=subscribers
        )

    def test_readers_by_day_with_what_they_reported_last(self):
        last = dt.date(2026, 1, 3)
        self.make("Feedly", "2026-01-01", 20, 30)
        self.make("Feedly", "2026-01-02", 20, 31)
        self.make("Feedly", "2026-01-02", 4, 5, feed="/feeds/digests.atom")
        self.make("Miniflux", "2026-01-03", 90)
        self.make("Newsboat", "2025-12-31", 500)
        self.make("Newsboat", "2026-01-04", 500)
        with self.assertNumQueries(1):
            found = readers.readers(last, days=3, most=5)
        self.assertEqual(
            found,
            [
                readers.Reader("Miniflux", [0, 0, 90], None),
                readers.Reader("Feedly", [20, 24, 0], 36),
            ],
        )

    def test_many_readers_are_put_together(self):
        for number, name in enumerate("ABCDE"):
            self.make(name * 2, "2026-01-03", 10 - number, number)
        self.make("other", "2026-01-03", 99)
        found = readers.readers(dt.date(2026, 1, 3), days=1, most=3)
        self.assertEqual(
            [(r.name, r.total) for r in found], [("AA", 10), ("BB", 9), ("other", 120)]
        )
        self.assertEqual(found[-1].subscribers, 9)

    @time_machine.travel(NOON, tick=False)
    def test_a_year_is_kept(self):
        self.make("Feedly", "2025-01-02", 1)
        self.make("Feedly", "2025-01-03", 1)
        self.assertEqual(readers.forget(), 1)
        self.assertEqual(readers.forget(), 0)
        self.assertEqual(FeedReading.objects.get().day, dt.date(2025, 1, 3))


class WrapperTests(SimpleTestCase):
    def ask(self, path, status="200 OK", method="GET", **environ):
        def application(environ, start_response):
            start_response(status, [("Content-Type", "text/plain")])
            return [b"body"]

        heard = []
        environ |= {"PATH_INFO": path, "REQUEST_METHOD": method}
        with patch("articles.feeds.readers.counting.note") as noted:
            wrapped = readers.Counting(application)
            body = wrapped(environ, lambda *answer: heard.append(answer[:2]))
        self.assertEqual(heard, [(status, [("Content-Type", "text/plain")])])
        self.assertEqual(body, [b"body"])
        return [call.args for call in noted.call_args_list]

    def test_answered_feeds_are_counted(self):
        agent = {"HTTP_USER_AGENT": "Feedly/1.0"}
        self.assertEqual(self.ask(RSS, **agent), [(RSS, "Feedly/1.0")])
        self.assertEqual(self.ask(RSS, "304 Not Modified", **agent), [(RSS, "Feedly/1.0")])
        raw = "/tags/반도체/feed.rss".encode().decode("latin-1")
        self.assertEqual(self.ask(raw), [("/tags/반도체/feed.rss", "")])

    def test_what_is_no_answer_to_a_reader_is_not(self):
        self.assertEqual(self.ask(RSS, "404 Not Found"), [])
        self.assertEqual(self.ask(RSS, "500 Internal Server Error"), [])
        self.assertEqual(self.ask(RSS, method="HEAD"), [])
        self.assertEqual(self.ask("/2026/01/03/"), [])

    def test_every_request_to_the_server_goes_through_it(self):
        callables = [wsgi.application]
        while hasattr(callables[-1], "application"):
            callables.append(callables[-1].application)
        self.assertIn(readers.Counting, map(type, callables))


PROGRAM = """
import multiprocessing, sys
import django
django.setup()
from articles.feeds import readers

def work(times):
    for _ in range(times):
        readers.note("/feeds/digests.rss", "Feedly/1.0 (8 subscribers)")

if __name__ == "__main__":
    work(3)
    if sys.argv[1] != "alone":
        context = multiprocessing.get_context(sys.argv[1])
        child = context.Process(target=work, args=(4,))
        child.start()
        child.join()
"""


class StopTests(ProcessTestCase):
    """What a process has counted is there when it has ended, without having waited a minute."""

    def ask(self, how):
        program = self.folder / "counting_program.py"
        program.write_text(PROGRAM)
        process = self.start(str(program), how, PYTHONPATH=str(settings.BASE_DIR))
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual((out, err, process.returncode), (b"", b"", 0))

    def test_a_process_that_ends_writes_down_its_counts(self):
        self.ask("alone")
        self.assertEqual(rows(), [("/feeds/digests.rss", "Feedly", "", 3, 8)])

    def test_its_workers_do_too_and_nothing_is_counted_twice(self):
        for number, how in enumerate(("fork", "spawn"), start=1):
            with self.subTest(how):
                self.ask(how)
                self.assertEqual(rows(), [("/feeds/digests.rss", "Feedly", "", number * 7, 8)])
