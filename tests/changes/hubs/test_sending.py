"""Messages reach a hub once, and a hub that fails is asked again, more and more seldom."""

import datetime as dt
from unittest.mock import patch

import time_machine
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone, translation

from articles.changes import hubs
from articles.changes.hubs import sending
from articles.models import HubAttempt, HubPing
from articles.outgoing import lanes
from articles.outgoing.requests import Answer
from tests.changes.hubs.servers import RecordingHub, running
from tests.management.test_run_due import ProcessTestCase, make_due, releases, run_due

NOON = dt.datetime(2026, 1, 3, 3, 0, tzinfo=dt.UTC)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
TOPIC = "http://testserver/feeds/{}.rss"
MAIN_FEEDS = sorted(
    f"/feeds/{feed}.{form}" for feed in ("digests", "articles") for form in ("rss", "atom", "json")
)
LOG = "articles.changes.hubs.sending"


class SendingTestCase(TestCase):
    """One hub that listens, a clock that stands still, and pauses without chance."""

    def setUp(self):
        self.hub = RecordingHub()
        self.address = self.enterContext(running(self.hub)) + "/"
        self.enterContext(override_settings(WEBSUB_HUBS=[self.address]))
        self.enterContext(patch.object(lanes._jitter, "uniform", return_value=1.0))
        self.enterContext(translation.override("en"))
        self.clock = self.enterContext(time_machine.travel(NOON, tick=False))

    def queue(self, *names, hub=None):
        now = timezone.now()
        for name in names:
            values = {"topic": TOPIC.format(name), "queued_at": now, "next_at": now}
            HubPing.objects.create(hub=hub or self.address, **values)

    def answer(self, status, **by_topic):
        """What the hub answers, to everything or to single topics."""
        self.hub.answer = lambda form: (
            by_topic.get(form["hub.topic"].split("/")[-1].removesuffix(".rss"), status),
            {},
            b"words",
        )

    def send(self):
        self.hub.heard.clear()
        accepted = hubs.send_due()
        return accepted, [topic.split("/")[-1].removesuffix(".rss") for topic in self.hub.topics()]

    def states(self):
        return list(HubPing.objects.order_by("pk").values_list("state", flat=True))


class SendingTests(SendingTestCase):
    def test_a_hub_hears_of_every_feed_once(self):
        self.queue("a", "b")
        self.assertEqual(self.send(), (2, ["a", "b"]))
        self.assertEqual(self.send(), (0, []))
        self.assertEqual(self.states(), ["accepted", "accepted"])
        attempts = HubAttempt.objects.values_list("at", "status", "error")
        self.assertEqual(list(attempts), [(NOON, 202, "")] * 2)

    def test_the_message_says_the_feed_in_both_ways_that_hubs_know(self):
        self.queue("a")
        self.send()
        topic = TOPIC.format("a")
        message = {"hub.mode": "publish", "hub.topic": topic, "hub.url": topic}
        self.assertEqual(self.hub.heard, [message])

    def test_a_hub_that_fails_is_left_alone_for_longer_every_time(self):
        self.queue("a")
        self.answer(503)
        waited, pauses = dt.timedelta(), []
        while waited < 20 * HOUR:
            self.assertEqual(self.send()[1], ["a"])
            pause = HubPing.objects.get().next_at - timezone.now()
            self.clock.shift(pause - MINUTE / 60)
            self.assertEqual(self.send(), (0, []))
            self.clock.shift(MINUTE / 60)
            pauses.append(round(pause / MINUTE))
            waited += pause
        self.assertEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240])
        self.answer(202)
        self.assertEqual(self.send(), (1, ["a"]))
        self.assertEqual(HubPing.objects.get().attempts.count(), 13)

    def test_one_failure_of_a_hub_is_one_for_all_its_messages(self):
        self.queue("a", "b", "c")
        self.answer(500)
        self.assertEqual(self.send(), (0, ["a"]))
        self.assertEqual(self.send(), (0, []))
        self.clock.shift(2 * MINUTE)
        self.answer(202)
        self.assertEqual(self.send(), (3, ["b", "c", "a"]))

    def test_a_feed_that_a_hub_does_not_want_keeps_no_other_back(self):
        self.queue("a", "b", "c")
        self.answer(202, a=400)
        self.assertEqual(self.send(), (2, ["a", "b", "c"]))
        self.assertEqual(self.states(), ["waiting", "accepted", "accepted"])
        self.assertIn("status 400: “words”", HubAttempt.objects.earliest("pk").error)

    def test_a_feed_that_a_hub_fails_at_keeps_no_other_back_for_long(self):
        self.queue("a", "b", "c")
        self.answer(202, a=500)
        self.assertEqual(self.send(), (0, ["a"]))
        self.clock.shift(2 * MINUTE)
        self.assertEqual(self.send(), (2, ["b", "c", "a"]))

    def test_a_hub_that_is_away_keeps_no_other_hub_back(self):
        hub = "http://127.0.0.1:9/"
        with self.settings(WEBSUB_HUBS=[hub, self.address]):
            self.queue("a", hub=hub)
            self.queue("b")
            with patch.object(sending, "post", wraps=sending.post) as post:
                self.assertEqual(self.send(), (1, ["b"]))
        self.assertEqual(post.call_count, 2)
        self.assertEqual(self.states(), ["waiting", "accepted"])
        self.assertIn("cannot be reached", HubAttempt.objects.earliest("pk").error)

    def test_after_a_day_it_is_given_up_with_a_word(self):
        self.queue("a", "b")
        self.answer(503)
        self.send()
        self.clock.shift(24 * HOUR)
        with self.assertLogs(LOG, "WARNING") as logs:
            self.assertEqual(self.send(), (0, []))
        self.assertEqual(len(logs.output), 1)
        self.assertIn(self.address, logs.output[0])
        self.assertEqual(self.states(), ["given-up", "given-up"])

    def test_what_was_for_a_hub_of_before_is_given_up(self):
        self.queue("a", hub="https://old.example/")
        with self.assertNoLogs(LOG):
            self.assertEqual(self.send(), (0, []))
        self.assertEqual(self.states(), ["given-up"])

    def test_what_somebody_else_is_sending_is_sent_again_if_they_died(self):
        self.queue("a")
        with patch.object(sending, "post", side_effect=SystemExit), self.assertRaises(SystemExit):
            hubs.send_due()
        self.assertEqual(self.states(), ["sending"])
        self.assertEqual(self.send(), (0, []))
        self.clock.shift(lanes.LEASE)
        self.assertEqual(self.send(), (1, ["a"]))

    def test_whoever_was_too_slow_notes_no_success_over_anothers(self):
        self.queue("a")
        lane = lanes.Lane(HubPing, hub=self.address)
        pings = lane.take()
        self.clock.shift(lanes.LEASE)
        again = lane.take()
        self.assertEqual(again, pings)
        self.assertFalse(lane.accept(pings, Answer(202)))
        self.assertEqual(self.states(), ["sending"])
        self.assertTrue(lane.accept(again, Answer(202)))

    def test_a_turn_ends_after_its_time(self):
        self.queue("a", "b")
        with patch.object(sending, "time") as clock, patch.object(sending, "TURN_SECONDS", 20):
            clock.monotonic.side_effect = [100, 119, 120]
            self.assertEqual(self.send(), (1, ["a"]))
        self.assertEqual(self.send(), (1, ["b"]))

    def test_the_finished_is_forgotten_after_a_month(self):
        self.queue("a", "b", "c")
        HubPing.objects.filter(topic=TOPIC.format("b")).update(state="given-up")
        HubPing.objects.filter(topic=TOPIC.format("a")).update(state="accepted")
        HubAttempt.objects.create(ping=HubPing.objects.earliest("pk"), at=NOON, status=202)
        self.clock.shift(30 * 24 * HOUR - MINUTE)
        self.assertEqual(hubs.forget(), 0)
        self.clock.shift(MINUTE)
        self.assertEqual(hubs.forget(), 2)
        self.assertEqual(self.states(), ["waiting"])


class PauseTests(SimpleTestCase):
    def test_pauses_differ_by_chance_and_have_an_end(self):
        pauses = {lanes.pause_after(1) for _ in range(50)}
        self.assertGreater(len(pauses), 40)
        self.assertTrue(all(MINUTE / 2 <= pause <= MINUTE * 1.5 for pause in pauses))
        self.assertLessEqual(lanes.pause_after(10_000), 6 * HOUR)


class RunDueTests(SendingTestCase):
    def test_a_hub_that_is_away_is_no_failure_of_run_due(self):
        self.clock.move_to(timezone.now())
        self.queue("a")
        self.answer(503)
        self.assertEqual(run_due(), "")
        self.answer(202)
        HubPing.objects.update(next_at=NOON)
        self.assertEqual(run_due(), "Messages taken by hubs: 1\n")


class OnceTests(ProcessTestCase):
    def test_eight_schedulers_at_once_tell_a_hub_once(self):
        hub = RecordingHub()
        with running(hub) as origin:
            runner = self.start("-m", "tests.support.run_due_processes", WEBSUB_HUBS=f"{origin}/")
            self.assertEqual(self.next_line(runner.stdout), "ready\n")
            for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
                digest = make_due(day)
                hub.heard.clear()
                self.ask(runner, "together 8")
                self.assertEqual(releases(digest), ("published", 1, 1))
                self.assertEqual(sorted(hub.topics()), MAIN_FEEDS)
        self.assertFalse(HubPing.objects.exclude(state="accepted").exists())
        self.assertEqual(HubAttempt.objects.count(), HubPing.objects.count())

    def ask(self, runner, command):
        runner.stdin.write(f"{command}\n".encode())
        while line := self.next_line(runner.stdout):
            if line.startswith("finished"):
                self.assertEqual(line.split(), ["finished"] * 8)
                return
        self.fail(runner.stderr.read().decode())
