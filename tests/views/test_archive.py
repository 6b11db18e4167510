"""The archive: ten years a page, calendars with digests and planned gaps."""

import datetime as dt
import re

import pytest
from django.test import TestCase

from articles.digests import publishing
from articles.models import PlannedGap
from tests.support.factories import make_digest


def addresses(response):
    return re.findall(r'href="(/[^"]*)"', response.content.decode())


class OverviewTests(TestCase):
    def test_ten_years_and_where_there_are_more(self):
        for day in ("1990-05-01", "2014-12-31", "2015-01-01", "2026-01-03", "2026-01-04"):
            make_digest(day, articles=1)
        first = self.client.get("/archive/")
        self.assertEqual([y["first"].year for y in first.context["years"]], [2026])
        self.assertIn("/archive/?before=2016", addresses(first))
        self.assertIn("/1990/", addresses(first))
        second = self.client.get("/archive/?before=2016")
        self.assertEqual([y["first"].year for y in second.context["years"]], [2015, 2014])
        third = self.client.get("/archive/?before=1991")
        self.assertEqual([y["first"].year for y in third.context["years"]], [1990])
        self.assertFalse([a for a in addresses(third) if "before" in a])
        self.assertIn("/archive/", addresses(third))

    def test_months_say_how_many_digests_they_have(self):
        for day in ("2026-01-03", "2026-01-04", "2026-03-01"):
            make_digest(day, articles=1)
        make_digest("2026-02-01", published=False)
        [year] = self.client.get("/archive/").context["years"]
        self.assertEqual(year["count"], 3)
        self.assertEqual([count for _month, count in year["months"][:4]], [2, 0, 1, 0])

    def test_years_without_digests_between_others_are_no_links(self):
        make_digest("2023-01-03")
        make_digest("2025-01-03")
        page = self.client.get("/archive/")
        self.assertContains(page, "2024년")
        self.assertNotIn("/2024/", addresses(page))

    def test_years_that_do_not_exist_are_not_found(self):
        make_digest("2026-01-03")
        for before in ("", "0000", "x", "20", "12345", "２０２６", "2026", "-001"):
            with self.subTest(before):
                response = self.client.get("/archive/", {"before": before})
                self.assertEqual(response.status_code, 404)
                self.assertContains(response, 'href="?">이 목록의 첫 페이지', status_code=404)

    def test_a_wrong_place_in_a_list_is_named(self):
        make_digest("2026-01-03")
        for path, told in (
            ("/archive/?before=x", "적힌 연도가 올바르지 않습니다"),
            ("/archive/?before=2020", "이 해보다 앞선 다이제스트가 없습니다"),
            ("/corrections/?before=x", "적힌 시각이 올바르지 않습니다"),
        ):
            with self.subTest(path):
                self.assertContains(self.client.get(path), told, status_code=404)

    def test_the_calendar_may_begin_and_end(self):
        at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        for day in ("1900-01-01", "2999-12-31"):
            digest = make_digest(day, articles=1, published=False)
            publishing.publish(digest, at=at, unchecked=True)
        for path in (
            *("/archive/", "/archive/?before=2999", "/1900/", "/1900/01/", "/2999/", "/2999/12/"),
            *("/tags/", "/publishers/", "/topics/?weeks=104"),
        ):
            with self.subTest(path):
                self.assertEqual(self.client.get(path).status_code, 200)

    # The number of queries is the same whichever engine answers them.
    @pytest.mark.one_engine
    def test_cost_is_constant(self):
        make_digest("2026-01-03")
        with self.assertNumQueries(6):
            self.client.get("/archive/")
        for year in range(2000, 2026):
            make_digest(f"{year}-06-01", articles=1)
        with self.assertNumQueries(7):
            self.client.get("/archive/")


# Weeks are counted in Python.
@pytest.mark.one_engine
class CalendarTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for day in ("2026-02-01", "2026-02-17", "2026-03-02"):
            make_digest(day, articles=2)
        for day, reason in (
            *(("2026-02-16", "설날"), ("2026-02-17", "설날"), ("2026-02-18", "설날")),
            *(("2026-02-19", "설날"), ("2026-02-22", "")),
        ):
            PlannedGap.objects.create(date=day, reason=reason)

    def test_weeks_begin_with_sunday(self):
        month = self.client.get("/2026/02/").context["month"]
        self.assertEqual(month["weeks"][0][0]["date"], dt.date(2026, 2, 1))
        march = self.client.get("/2026/").context["months"][4]
        self.assertEqual(
            [day and day["date"].day for day in march["weeks"][0]], [None] * 5 + [1, 2]
        )

    def test_days_with_a_digest_are_links_and_empty_days_are_none(self):
        for path in ("/2026/", "/2026/02/"):
            with self.subTest(path):
                found = addresses(self.client.get(path))
                self.assertIn("/2026/02/01/", found)
                self.assertNotIn("/2026/02/02/", found)

    def test_planned_gaps_are_told_with_their_reasons(self):
        month = self.client.get("/2026/02/").context["month"]
        runs = [(gap["first"].day, gap["last"].day, gap["reason"]) for gap in month["gaps"]]
        # A digest came out on the 17th after all.
        self.assertEqual(runs, [(16, 16, "설날"), (18, 19, "설날"), (22, 22, "")])
        self.assertEqual(month["gap_count"], 4)
        for path in ("/2026/", "/2026/02/"):
            page = self.client.get(path)
            self.assertContains(page, "설날", 2)
            self.assertContains(page, 'class="gap"', 4)

    def test_months_and_years_lead_to_their_neighbours(self):
        make_digest("2024-11-05")
        self.assertIn("/2024/", addresses(self.client.get("/2026/")))
        self.assertIn("/2024/11/", addresses(self.client.get("/2026/02/")))
        self.assertIn("/2026/03/", addresses(self.client.get("/2026/02/")))

    def test_cost_is_constant(self):
        with self.assertNumQueries(4):
            self.client.get("/2026/")
        with self.assertNumQueries(5):
            self.client.get("/2026/02/")


class FoldedTests(TestCase):
    def test_the_newest_seven_digests_are_in_the_overview_with_their_headlines(self):
        for day in range(1, 10):
            make_digest(f"2026-01-{day:02}", articles=1, title=f"제목 {day}")
        page = self.client.get("/archive/").text
        self.assertEqual([day for day in range(1, 10) if f"제목 {day}<" in page], [*range(3, 10)])
        self.assertEqual(page.count('<details class="fold">'), 7)
        self.assertNotIn("제목 9<", self.client.get("/archive/?before=2027").text)

    def test_days_of_a_month_fold(self):
        for day in (1, 2):
            make_digest(f"2026-01-{day:02}", articles=2, title="제목")
        page = self.client.get("/2026/01/").text
        self.assertEqual(page.count('<details class="fold"><summary>기사 2건</summary>'), 2)
