"""What readers are told when today's digest is late."""

import datetime as dt

import pytest
import time_machine
from django.test import TestCase, override_settings
from django.utils import translation

from articles.digests import publishing
from articles.models import Digest, PlannedGap
from tests.support.factories import make_digest

# Pages are made of plain rows, for which `test_leaks.WorkTests` asks both engines at every address.
pytestmark = pytest.mark.one_engine

FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
# In Seoul it is Saturday, 3 January: a quarter to eight, and half past eight.
BEFORE = dt.datetime(2026, 1, 2, 22, 45, tzinfo=dt.UTC)
AFTER = dt.datetime(2026, 1, 2, 23, 30, tzinfo=dt.UTC)
NOTICE = 'class="late"'


@override_settings(DIGEST_DEADLINE=dict.fromkeys(range(7), dt.time(8)))
class LateTests(TestCase):
    def get(self, path="/", now=AFTER):
        with time_machine.travel(now, tick=False):
            return self.client.get(path)

    def test_home_says_that_todays_digest_is_late_and_what_was_promised(self):
        make_digest("2026-01-02")
        self.assertNotContains(self.get(now=BEFORE), NOTICE)
        with translation.override("en"):
            page = self.get().content.decode()
        self.assertIn(NOTICE, page)
        self.assertIn('<time datetime="2026-01-03T08:00:00+09:00">08:00 KST</time>', page)
        self.assertLess(page.index(NOTICE), page.index('class="folio"'))

    def test_home_before_the_first_digest_says_so_too(self):
        self.assertContains(self.get(), NOTICE)

    def test_notice_goes_when_the_digest_is_out(self):
        make_digest("2026-01-02")
        make_digest("2026-01-03")
        self.assertNotContains(self.get(), NOTICE)

    def test_no_notice_where_nothing_was_promised(self):
        make_digest("2026-01-02")
        PlannedGap.objects.create(date="2026-01-03", reason="휴간")
        self.assertNotContains(self.get(), NOTICE)
        PlannedGap.objects.all().delete()
        with override_settings(DIGEST_DEADLINE={}):
            self.assertNotContains(self.get(), NOTICE)

    def test_other_pages_do_not_say_so(self):
        make_digest("2026-01-02")
        self.assertNotContains(self.get("/2026/01/02/"), NOTICE)

    def test_the_missing_day_is_the_same_404_as_any_other(self):
        pages = [self.get(path) for path in ("/2026/01/03/", "/2026/01/04/")]
        self.assertEqual([page.status_code for page in pages], [404, 404])
        self.assertEqual(pages[0].content, pages[1].content)

    def test_hidden_digests_change_no_byte(self):
        make_digest("2026-01-02")
        before = self.get()
        make_digest("2026-01-03", published=False)
        self.assertEqual(self.get().content, before.content)
        publishing.publish(Digest.objects.get(date="2026-01-03"), at=FUTURE, unchecked=True)
        self.assertEqual(self.get().content, before.content)
        self.assertEqual(self.get()["ETag"], before["ETag"])

    def test_asking_costs_one_query(self):
        make_digest("2026-01-02")
        with override_settings(DIGEST_DEADLINE={}), self.assertNumQueries(8):
            self.get()
        with self.assertNumQueries(8):
            self.get(now=BEFORE)
        with self.assertNumQueries(9):
            self.get()
