"""A digest that is due soon and not ready is recorded once."""

import datetime as dt

import time_machine
from django.test import TestCase, override_settings
from django.utils import timezone

from articles.digests import near_deadlines, publishing
from articles.models import AuditEntry, Digest, PlannedGap
from articles.notices import events
from articles.notices.sentences import sentence
from tests.support.factories import make_article, make_digest, record

SEVEN = {weekday: dt.time(7) for weekday in range(7)}
# Far enough ahead that the database's clock, which nobody moves, is before it.
DAY = "2090-01-03"
# Half an hour before 07:00 of that day in Seoul.
HALF_PAST_SIX = dt.datetime(2090, 1, 2, 21, 30, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2026, 1, 2, 22, 0, tzinfo=dt.UTC)


@override_settings(DIGEST_DEADLINE=SEVEN)
class NearDeadlineTests(TestCase):
    def setUp(self):
        self.enterContext(time_machine.travel(HALF_PAST_SIX, tick=False))

    def why(self):
        """The end of the sentence about the row that is written; empty if none is."""
        if not near_deadlines.record():
            return ""
        event = events.fresh(timezone.now())[-1]
        return sentence(event).partition(": ")[2]

    def test_a_day_that_nobody_started(self):
        self.assertEqual(self.why(), "시작한 사람이 없습니다.")

    def test_a_digest_without_articles(self):
        make_digest(DAY, articles=0, published=False)
        self.assertEqual(self.why(), "기사가 없습니다.")

    def test_errors_and_unsigned_articles_are_counted(self):
        digest = make_digest(DAY, published=False)
        make_article(digest, headline="", slug="a", points=[])
        make_article(digest, headline="AI가 쓴 글", slug="b", drafted_by="ai")
        self.assertEqual(self.why(), "오류 2건, 서명이 없는 기사 1건.")

    def test_a_withdrawn_digest(self):
        digest = make_digest(DAY, published=False)
        publishing.withdraw(publishing.publish(digest, at=LONG_AGO, unchecked=True))
        self.assertEqual(self.why(), "철회되어 있습니다.")

    def test_a_digest_that_comes_out_too_late(self):
        digest = make_digest(DAY, published=False)
        record(digest)
        eight = HALF_PAST_SIX + dt.timedelta(minutes=90)
        publishing.publish(digest, at=eight, unchecked=True)
        self.assertEqual(self.why(), "마감보다 늦게 예약되어 있습니다.")

    def test_what_is_ready_out_or_comes_out_in_time_is_not_recorded(self):
        digest = make_digest(DAY, published=False)
        for step in (
            lambda: None,
            lambda: publishing.submit(digest),
            lambda: publishing.publish(
                digest, at=HALF_PAST_SIX + dt.timedelta(minutes=30), unchecked=True
            ),
            lambda: Digest.objects.update(publish_at=LONG_AGO),
        ):
            step()
            self.assertEqual(self.why(), "")

    def test_it_is_recorded_once_and_only_within_the_hour_before(self):
        for minutes, rows in ((-31, 0), (0, 1), (10, 1), (30, 1)):
            with time_machine.travel(HALF_PAST_SIX + dt.timedelta(minutes=minutes), tick=False):
                near_deadlines.record()
                self.assertEqual(AuditEntry.objects.count(), rows)

    def test_a_planned_gap_and_no_warning_record_nothing(self):
        with override_settings(DEADLINE_WARNING=0):
            self.assertEqual(self.why(), "")
        PlannedGap.objects.create(date=DAY)
        self.assertEqual(self.why(), "")
