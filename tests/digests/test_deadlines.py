"""Which days are promised a digest, and which are missing theirs."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import TestCase, override_settings

from articles.digests import deadlines, publishing
from articles.models import PlannedGap
from tests.support.factories import make_article, make_digest

SEOUL = ZoneInfo("Asia/Seoul")
EIGHT, HALF_PAST_NINE = dt.time(8), dt.time(9, 30)
# From Monday to Friday at eight, on Saturday at half past nine, never on Sunday.
WEEK = dict.fromkeys(range(5), EIGHT) | {5: HALF_PAST_NINE}
FRIDAY, SATURDAY, SUNDAY = (dt.date(2026, 1, day) for day in (2, 3, 4))
MONDAY = dt.date(2026, 1, 5)
FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)


def seoul(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def hide_digests(*days):
    """A digest for each day that readers do not have, in every state there is."""
    states = [lambda d: d, publishing.submit, schedule, withdraw]
    for day, hide in zip(days, states, strict=True):
        hide(make_digest(day, published=False))


def schedule(digest):
    publishing.publish(digest, at=FUTURE, unchecked=True)


def withdraw(digest):
    past = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    publishing.withdraw(publishing.publish(digest, at=past, unchecked=True))


# Days and hours are counted in Python; both engines are asked in `MissingTests`.
@pytest.mark.one_engine
@override_settings(DIGEST_DEADLINE=WEEK)
class DueTests(TestCase):
    def test_every_weekday_has_its_hour(self):
        self.assertEqual(deadlines.due_at(FRIDAY), seoul("2026-01-02 08:00"))
        self.assertEqual(deadlines.due_at(SATURDAY), seoul("2026-01-03 09:30"))

    def test_nothing_is_due_on_a_day_that_is_not_named_or_planned_without(self):
        PlannedGap.objects.create(date=FRIDAY, reason="설날")
        self.assertIsNone(deadlines.due_at(SUNDAY))
        self.assertIsNone(deadlines.due_at(FRIDAY))

    def test_skipped_hour_is_the_first_moment_after(self):
        with override_settings(TIME_ZONE="America/New_York", DIGEST_DEADLINE={6: dt.time(2, 30)}):
            due = deadlines.due_at(dt.date(2026, 3, 8))
        self.assertEqual(due.isoformat(), "2026-03-08T03:00:00-04:00")

    def test_doubled_hour_is_the_first_of_the_two(self):
        with override_settings(TIME_ZONE="America/New_York", DIGEST_DEADLINE={6: dt.time(1, 30)}):
            due = deadlines.due_at(dt.date(2026, 11, 1))
        self.assertEqual(due.isoformat(), "2026-11-01T01:30:00-04:00")


@override_settings(DIGEST_DEADLINE=WEEK)
class MissingTests(TestCase):
    def missing(self, text):
        return deadlines.missing(seoul(text))

    def test_digest_is_missing_from_a_minute_after_its_hour_until_midnight(self):
        self.assertIsNone(self.missing("2026-01-02 00:00"))
        self.assertIsNone(self.missing("2026-01-02 08:00:59"))
        self.assertEqual(self.missing("2026-01-02 08:01"), FRIDAY)
        self.assertEqual(self.missing("2026-01-02 23:59"), FRIDAY)
        self.assertIsNone(self.missing("2026-01-03 00:00"))

    def test_published_digest_is_not_missing(self):
        make_digest(FRIDAY)
        self.assertIsNone(self.missing("2026-01-02 09:00"))

    def test_digest_whose_hour_has_come_is_not_missing_though_nothing_released_it(self):
        digest = make_digest(FRIDAY, published=False)
        schedule(digest)
        type(digest).objects.filter(pk=digest.pk).update(publish_at=seoul("2026-01-02 08:00"))
        self.assertIsNone(self.missing("2026-01-02 09:00"))

    def test_digest_of_another_day_does_not_count(self):
        make_digest(SATURDAY)
        self.assertEqual(self.missing("2026-01-02 09:00"), FRIDAY)

    def test_hidden_digests_do_not_count(self):
        for hide in (lambda d: d, publishing.submit, schedule, withdraw):
            digest = make_digest(FRIDAY, published=False)
            hide(digest)
            self.assertEqual(self.missing("2026-01-02 09:00"), FRIDAY)
            digest.delete()

    def test_nothing_is_missing_where_nothing_was_promised(self):
        PlannedGap.objects.create(date=FRIDAY)
        self.assertIsNone(self.missing("2026-01-02 09:00"))
        self.assertIsNone(self.missing("2026-01-04 09:00"))
        with override_settings(DIGEST_DEADLINE={}), self.assertNumQueries(0):
            self.assertIsNone(self.missing("2026-01-05 09:00"))

    def test_the_day_is_the_sites_not_utc(self):
        """Half past nine in Seoul on Saturday is half past midnight in UTC."""
        make_digest(FRIDAY)
        self.assertEqual(self.missing("2026-01-03 09:31"), SATURDAY)
        with override_settings(TIME_ZONE="America/New_York"):
            make_digest(SATURDAY)
            late_on_saturday = dt.datetime(2026, 1, 4, 4, 59, tzinfo=dt.UTC)
            self.assertIsNone(deadlines.missing(late_on_saturday))

    def test_now_is_the_clocks_by_default(self):
        with time_machine.travel(seoul("2026-01-02 08:01"), tick=False):
            self.assertEqual(deadlines.missing(), FRIDAY)
            self.assertEqual(deadlines.missed_hour(), seoul("2026-01-02 08:00"))

    def test_asking_costs_one_query_at_most(self):
        with self.assertNumQueries(0):
            self.missing("2026-01-02 07:00")
        with self.assertNumQueries(1):
            self.missing("2026-01-02 09:00")


@pytest.mark.one_engine
@override_settings(DIGEST_DEADLINE=WEEK)
class StateTests(TestCase):
    def state(self, text):
        with self.assertNumQueries(1):
            return deadlines.state(seoul(text))

    def test_before_the_hour(self):
        due = seoul("2026-01-02 08:00")
        expected = deadlines.State(FRIDAY, due, is_out=False, is_missing=False, next_due=due)
        self.assertEqual(self.state("2026-01-02 07:59"), expected)

    def test_after_the_hour_without_a_digest(self):
        state = self.state("2026-01-02 08:01")
        self.assertEqual((state.is_out, state.is_missing), (False, True))
        self.assertEqual(state.next_due, seoul("2026-01-03 09:30"))

    def test_a_digest_that_is_out_early_is_not_due_any_more(self):
        make_digest(FRIDAY)
        state = self.state("2026-01-02 07:30")
        self.assertEqual((state.is_out, state.is_missing), (True, False))
        self.assertEqual(state.due_at, seoul("2026-01-02 08:00"))
        self.assertEqual(state.next_due, seoul("2026-01-03 09:30"))

    def test_next_is_after_the_days_without_a_digest(self):
        PlannedGap.objects.create(date=MONDAY)
        state = self.state("2026-01-04 12:00")
        self.assertEqual((state.due_at, state.is_missing), (None, False))
        self.assertEqual(state.next_due, seoul("2026-01-06 08:00"))

    @override_settings(DIGEST_DEADLINE={})
    def test_without_a_deadline_nothing_is_due(self):
        make_digest(FRIDAY)
        state = self.state("2026-01-02 12:00")
        self.assertEqual(state, deadlines.State(FRIDAY, None, True, False, None))


@pytest.mark.one_engine
@override_settings(DIGEST_DEADLINE=WEEK)
class CoverageTests(TestCase):
    def kinds(self, first, last, now="2026-01-09 12:00"):
        days = deadlines.coverage(
            dt.date.fromisoformat(first), dt.date.fromisoformat(last), seoul(now)
        )
        return {day.date.day: day.kind for day in days}

    def test_every_day_has_a_kind(self):
        for day in ("2026-01-02", "2026-01-03", "2026-01-08"):
            make_digest(day)
        PlannedGap.objects.create(date=MONDAY, reason="창간 기념일")
        self.assertEqual(
            self.kinds("2025-12-31", "2026-01-12"),
            {
                **{31: "not-watched", 1: "not-watched", 2: "issue", 3: "issue"},
                **{4: "none-planned", 5: "none-planned", 6: "missing", 7: "missing"},
                **{8: "issue", 9: "missing", 10: "to-come", 11: "none-planned", 12: "to-come"},
            },
        )

    def test_today_is_to_come_until_its_hour(self):
        make_digest("2026-01-08")
        self.assertEqual(self.kinds("2026-01-09", "2026-01-09", "2026-01-09 07:00")[9], "to-come")

    def test_today_is_missing_even_before_the_first_digest(self):
        self.assertEqual(self.kinds("2026-01-08", "2026-01-09"), {8: "not-watched", 9: "missing"})

    def test_reason_of_a_planned_gap_is_told(self):
        PlannedGap.objects.create(date=MONDAY, reason="창간 기념일")
        self.assertEqual(
            deadlines.coverage(MONDAY, MONDAY),
            [deadlines.Day(MONDAY, "none-planned", "창간 기념일")],
        )

    def test_a_digest_on_a_day_planned_without_is_a_digest(self):
        PlannedGap.objects.create(date=SUNDAY)
        make_digest(SUNDAY)
        self.assertEqual(self.kinds("2026-01-04", "2026-01-04"), {4: "issue"})

    @override_settings(DIGEST_DEADLINE={})
    def test_without_a_deadline_no_day_is_watched(self):
        make_digest(FRIDAY)
        PlannedGap.objects.create(date=SUNDAY)
        self.assertEqual(
            self.kinds("2026-01-02", "2026-01-05"),
            {2: "issue", 3: "not-watched", 4: "none-planned", 5: "not-watched"},
        )

    def test_hidden_digests_change_nothing(self):
        make_digest("2026-01-03")
        before = self.kinds("2025-12-25", "2026-01-12")
        hide_digests("2026-01-02", "2026-01-06", "2026-01-10", "2025-12-30")
        self.assertEqual(self.kinds("2025-12-25", "2026-01-12"), before)

    def test_cost_does_not_grow_with_the_span(self):
        for day in range(1, 13):
            make_digest(f"2026-01-{day:02}")
        for last in ("2026-01-02", "2026-12-31"):
            with self.assertNumQueries(2):
                deadlines.coverage(FRIDAY, dt.date.fromisoformat(last))


class ArticleOfTodayTests(TestCase):
    """What is late is told by the day of the digest, whatever the hour of its publication."""

    @override_settings(DIGEST_DEADLINE=WEEK)
    def test_a_digest_published_the_evening_before_is_out(self):
        digest = make_digest(SATURDAY, articles=0, published=False)
        make_article(digest)
        publishing.publish(digest, at=seoul("2026-01-02 20:00"), unchecked=True)
        self.assertIsNone(deadlines.missing(seoul("2026-01-03 12:00")))
