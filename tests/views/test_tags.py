"""Topics: lists, pages, and how they fare."""

import datetime as dt
import re
from unittest.mock import patch
from urllib.parse import quote

import pytest
from django.test import TestCase

from articles.models import Digest, Tag
from tests.support.factories import make_article, make_digest, publish


def write(date, *articles, published=True):
    """A digest with an article for each list of tags."""
    digest = make_digest(date, articles=0, published=False)
    for number, tags in enumerate(articles, start=1):
        make_article(digest, headline=f"{date} {number}번째", tags=tags)
    return publish(digest) if published else digest


def topics(query):
    """The address of a comparison, written as people type it."""
    return "/topics/?" + quote(query, safe="=&%")


def lines(page):
    return re.findall(r'<polyline class="line-\d" points="([^"]*)"', page.content.decode())


class TagsTests(TestCase):
    def test_topics_of_the_last_year_stand_by_number_and_the_others_by_name(self):
        write("2024-01-01", ["옛것"], ["나중"], ["가끔"])
        write("2026-01-03", ["칩", "AI"], ["칩", "가끔"])
        write("2026-01-02", ["숨은 것"], published=False)
        page = self.client.get("/tags/")
        counted = [(tag.name, tag.recent_articles) for tag in page.context["recent"]]
        self.assertEqual(counted, [("칩", 2), ("AI", 1), ("가끔", 1)])
        self.assertEqual([tag.name for tag in page.context["others"]], ["나중", "옛것"])
        self.assertContains(page, "2025-01-05")  # where the last year begins

    def test_long_lists_are_paged_by_name(self):
        write("2020-01-01", *[[f"주제{n}", f"C{'+' * n}"] for n in range(1, 4)])
        write("2026-01-03", [])
        with patch("articles.views.digest_lists.NAMES_A_PAGE", 4):
            first = self.client.get("/tags/")
            address = re.search(r'href="(/tags/\?after=[^"]*)"', first.content.decode())[1]
            second = self.client.get(address)
        names = [tag.name for page in (first, second) for tag in page.context["others"]]
        self.assertEqual(names, ["C+", "C++", "C+++", "주제1", "주제2", "주제3"])
        self.assertFalse(second.context["is_first_page"])

    def test_names_after_the_last_are_not_found(self):
        write("2020-01-01", ["칩"])
        write("2026-01-03", [])
        for after, status in (("아", 200), ("칩", 404), ("힣", 404), ("\x00", 404)):
            with self.subTest(after):
                response = self.client.get("/tags/", {"after": after})
                self.assertEqual(response.status_code, status)

    def test_cost_is_constant(self):
        write("2026-01-03", ["칩"])
        with self.assertNumQueries(6):
            self.client.get("/tags/")
        write("2026-01-04", ["칩", "AI"], ["로봇"])
        with self.assertNumQueries(6):
            self.client.get("/tags/")


class TagTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for day in range(1, 8):
            write(f"2026-01-{day:02}", ["칩", "AI"], ["칩"], ["로봇"])
        write("2020-05-05", ["옛것", "칩"])
        Tag.objects.filter(name="칩").update(description="반도체에 관한 모든 것.")

    def test_it_says_what_it_is_and_what_goes_along(self):
        page = self.client.get("/tags/칩/")
        self.assertContains(page, "반도체에 관한 모든 것.")
        self.assertEqual([tag.name for tag in page.context["related"]], ["AI"])

    def test_the_line_is_told_in_words(self):
        trend = self.client.get("/tags/칩/").context["trend"]
        self.assertEqual((trend["total"], trend["highest"], trend["weeks_without"]), (14, 14, 51))
        self.assertEqual(trend["highest_week"], (dt.date(2026, 1, 1), dt.date(2026, 1, 7)))
        self.assertContains(self.client.get("/tags/칩/"), "<polyline", 1)

    def test_a_topic_of_the_past_keeps_its_company(self):
        page = self.client.get("/tags/옛것/")
        self.assertContains(page, "2020-05-05 1번째")
        self.assertEqual([tag.name for tag in page.context["related"]], ["칩"])
        self.assertEqual(page.context["trend"]["total"], 0)

    def test_older_articles_by_the_day(self):
        page = self.client.get("/tags/칩/?before=2026-01-01")
        self.assertEqual([d.date.year for d in page.context["digests"]], [2020])
        self.assertIsNone(page.context["trend"])

    def test_cost_is_constant(self):
        for path, queries in (("/tags/칩/", 13), ("/tags/ai/", 11), ("/tags/로봇/", 10)):
            with self.subTest(path), self.assertNumQueries(queries):
                self.client.get(path)


# Lines are drawn in Python; both engines count in `tests/pages/test_trends.py`.
@pytest.mark.one_engine
class ComparisonTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for week in range(16):
            day = dt.date(2026, 1, 31) - dt.timedelta(weeks=week)
            write(day.isoformat(), *([["칩"]] * (3 if week < 4 else 1)), ["로봇"], ["AI"])
        write("2026-01-30", ["숨은 것"], published=False)

    def test_two_topics_are_drawn_and_told(self):
        page = self.client.get(topics("a=칩&b=로봇&weeks=12"))
        self.assertEqual([len(line.split()) for line in lines(page)], [12, 12])
        (days, counts, total), *_older = page.context["comparison"]["rows"]
        self.assertEqual(days, (dt.date(2026, 1, 25), dt.date(2026, 1, 31)))
        self.assertEqual((counts, total), ((3, 1), 5))
        self.assertContains(page, "<td>3</td><td>1</td><td>5</td>", 4)

    def test_one_topic_alone(self):
        self.assertEqual(len(lines(self.client.get(topics("a=ai&b=&weeks=26")))), 1)
        self.assertEqual(len(lines(self.client.get(topics("a=&b=")))), 0)
        self.assertEqual(len(lines(self.client.get("/topics/"))), 2)

    def test_risers_and_fallers_against_the_weeks_before(self):
        context = self.client.get("/topics/").context
        self.assertEqual([change.tag.name for change in context["risers"]], ["칩"])
        self.assertEqual([change.tag.name for change in context["fallers"]], ["로봇", "AI"])
        self.assertContains(self.client.get("/topics/"), "+26.7")
        self.assertContains(self.client.get("/topics/"), "−13.3", 2)

    def test_sources_and_scripts(self):
        citations = self.client.get("/topics/").context["citations"]
        self.assertEqual([row["share"] for row in citations["facts"]], [100, 0])
        [row] = citations["publishers"]
        self.assertEqual((row["label"].name, row["count"]), ("한빛일보", citations["articles"]))

    def test_what_readers_do_not_know_is_not_found(self):
        for query in (
            *(
                "a=숨은-것",
                "b=없는-것",
                "a=칩&b=숨은-것",
                "weeks=13",
                "weeks=",
                "weeks=-1",
                "a=%00",
            ),
            *("weeks=99999999999999999999", "a=칩&weeks=x"),
        ):
            with self.subTest(query):
                self.assertEqual(self.client.get(topics(query)).status_code, 404)

    def test_before_the_first_digest_and_without_topics(self):
        Digest.objects.all().delete()
        self.assertEqual(self.client.get("/topics/").status_code, 200)
        self.assertEqual(self.client.get("/tags/").status_code, 200)
        write("2026-01-03", [])
        page = self.client.get("/topics/")
        self.assertEqual((page.status_code, lines(page)), (200, []))

    def test_cost_is_constant(self):
        with self.assertNumQueries(11):
            self.client.get(topics("a=칩&b=로봇&weeks=12"))
        with self.assertNumQueries(11):
            self.client.get(topics("a=칩&b=ai&weeks=104"))
