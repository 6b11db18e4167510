"""Programs that promised a digest by an hour."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.test import TestCase, override_settings

from articles.models import PlannedGap
from articles.posts.pushes import promises
from tests.support.factories import make_digest
from tests.support.push_rows import make_program, make_push

SEOUL = ZoneInfo("Asia/Seoul")
SATURDAY = dt.date(2026, 1, 3)


def seoul(text):
    return dt.datetime.fromisoformat(f"2026-01-{text}").replace(tzinfo=SEOUL)


def broken(moment="03 07:01", **options):
    return [
        (promise.program.name, f"{promise.due_at:%H:%M}", promise.refusal)
        for promise in promises.broken(seoul(moment), **options)
    ]


class PromiseTests(TestCase):
    def setUp(self):
        self.program = make_program(promise="mon-sat 07:00")

    def test_a_promise_is_broken_a_minute_after_its_hour(self):
        self.assertEqual(broken("03 07:00"), [])
        self.assertEqual(broken("03 07:01"), [("horizon", "07:00", "")])

    def test_a_day_that_is_not_named_is_not_promised(self):
        self.assertEqual(broken("04 12:00"), [])

    def test_what_came_in_time_or_late_keeps_it(self):
        for outcome in ("created", "updated", "unchanged", "waiting"):
            with self.subTest(outcome):
                push = make_push(self.program, outcome=outcome)
                self.assertEqual(broken(), [])
                push.delete()

    def test_a_push_for_another_day_or_of_another_program_keeps_nothing(self):
        make_push(self.program, dt.date(2026, 1, 2))
        make_push(make_program("other"))
        make_digest("2026-01-03")
        self.assertEqual(broken(), [("horizon", "07:00", "")])

    def test_a_refused_push_is_told_with_its_newest_sentence(self):
        for sentence in ("Old.", "New."):
            make_push(self.program, outcome="refused", errors=[{"detail": sentence, "line": 2}])
        self.assertEqual(broken(), [("horizon", "07:00", "New.")])
        make_push(self.program)
        self.assertEqual(broken(), [])

    def test_a_planned_gap_excuses(self):
        PlannedGap.objects.create(date=SATURDAY)
        self.assertEqual(broken(), [])

    def test_an_hour_before_the_program_was_made_is_not_promised(self):
        made = seoul("03 09:00")
        make_program("new", promise="sat 07:00, sun 07:00", created_at=made)
        self.assertEqual([name for name, *_rest in broken("03 12:00")], ["horizon"])
        self.assertEqual([name for name, *_rest in broken("04 12:00")], ["new"])

    def test_the_earliest_hour_comes_first(self):
        make_program("aurora", promise="sat 06:30")
        make_program("zenith", promise="sat 09:00")
        self.assertEqual([name for name, *_rest in broken("03 08:00")], ["aurora", "horizon"])

    def test_yesterday_can_be_asked_for(self):
        self.assertEqual(broken("04 00:10", date=SATURDAY), [("horizon", "07:00", "")])

    def test_a_skipped_hour_is_the_first_moment_after(self):
        make_program("night", promise="sun 02:30")
        with override_settings(TIME_ZONE="America/New_York"):
            now = dt.datetime(2026, 3, 8, 7, 1, tzinfo=dt.UTC)
            [promise] = promises.broken(now)
        self.assertEqual(promise.due_at.isoformat(), "2026-03-08T03:00:00-04:00")

    def test_the_work_does_not_grow_with_programs_or_pushes(self):
        for number in range(20):
            make_program(f"late {number}", promise="sat 06:00")
            make_push(self.program, SATURDAY - dt.timedelta(days=number + 1))
            make_push(self.program, outcome="refused", text=f"{number}")
        with self.assertNumQueries(4):
            self.assertEqual(len(broken()), 21)

    def test_nothing_promised_is_one_query(self):
        self.program.delete()
        with self.assertNumQueries(1):
            self.assertEqual(broken(), [])
