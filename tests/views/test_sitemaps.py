"""Sitemaps: by the book, complete, right in time, and silent about what is hidden."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import TestCase, override_settings

from articles.digests import publishing
from articles.models import Digest
from tests.support.factories import make_article, make_digest, publish
from tests.support.sitemap_rules import read, read_news

SITE = "http://testserver"
NOON = dt.datetime(2026, 1, 10, 3, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


class SitemapCase(TestCase):
    def entries(self, path):
        response = self.client.get(path)
        self.assertEqual(response.status_code, 200, path)
        self.assertEqual(response["Content-Type"], "application/xml; charset=utf-8")
        return {a.removeprefix(SITE): moment for a, moment in read(response.content, SITE)}

    def everything(self):
        """All addresses by way of the index, with their times."""
        parts = self.entries("/sitemap.xml")
        return {a: moment for part in parts for a, moment in self.entries(part).items()}


class IndexTests(SitemapCase):
    def test_without_a_digest_there_are_the_pages(self):
        self.assertEqual(
            self.entries("/sitemap.xml"),
            {"/sitemaps/pages.xml": None, "/sitemaps/topics.xml": None},
        )
        self.everything()

    def test_months_with_a_digest_have_a_part_each(self):
        for day in ("2025-11-30", "2026-01-03", "2026-01-09"):
            make_digest(day)
        parts = self.entries("/sitemap.xml")
        self.assertEqual(
            list(parts),
            [
                *("/sitemaps/pages.xml", "/sitemaps/topics.xml"),
                *("/sitemaps/2026/01.xml", "/sitemaps/2025/11.xml"),
            ],
        )
        self.assertEqual(parts["/sitemaps/2026/01.xml"], "2026-01-08T22:00:00Z")
        self.assertEqual(parts["/sitemaps/2025/11.xml"], "2025-11-29T22:00:00Z")
        self.assertEqual(self.client.get("/sitemaps/2025/12.xml").status_code, 404)

    def test_months_from_more_than_ten_years_ago_are_in_an_index_of_their_decade(self):
        with time_machine.travel(NOON, tick=False):
            for day in ("1989-12-31", "2009-05-01", "2016-12-31", "2017-01-01", "2026-01-03"):
                make_digest(day)
            with self.subTest("the index"):
                self.assertEqual(
                    list(self.entries("/sitemap.xml"))[2:],
                    ["/sitemaps/2026/01.xml", "/sitemaps/2017/01.xml"],
                )
            robots = self.client.get("/robots.txt").content.decode()
            older = re.findall(rf"^Sitemap: {SITE}(/sitemaps/.*)$", robots, re.M)
            self.assertEqual(
                {path: [*self.entries(path)] for path in older},
                {
                    "/sitemaps/1980s.xml": ["/sitemaps/1989/12.xml"],
                    "/sitemaps/1990s.xml": ["/sitemaps/pages.xml"],
                    "/sitemaps/2000s.xml": ["/sitemaps/2009/05.xml"],
                    "/sitemaps/2010s.xml": ["/sitemaps/2017/01.xml", "/sitemaps/2016/12.xml"],
                },
            )
        for path in ("1970s", "2030s", "0000s", "2011s"):
            self.assertEqual(self.client.get(f"/sitemaps/{path}.xml").status_code, 404, path)

    def test_a_correction_long_ago_moves_the_pages_that_lead_to_it(self):
        digest = make_digest("1999-12-31")
        with time_machine.travel(NOON, tick=False):
            publishing.correct(digest, "바로잡습니다.")
            moments = self.entries("/sitemap.xml")
        self.assertEqual(set(moments.values()), {"2026-01-10T03:00:00Z"})

    def test_every_address_is_a_page_that_names_itself(self):
        digest = make_digest("2026-01-03", articles=0, published=False)
        article = make_article(digest, headline="새 C++ & 칩 소식", tags=["C#/AI & 칩", "로봇"])
        publish(digest)
        found = self.everything()
        self.assertIn(article.get_absolute_url(), found)
        for name in ("/", "/archive/", "/tags/", "/2026/01/", "/2026/01/03/", "/corrections/"):
            self.assertIn(name, found)
        for tag in article.tags.all():
            self.assertIn(tag.get_absolute_url(), found)
        for address in found:
            response = self.client.get(address)
            self.assertEqual(response.status_code, 200, address)
            self.assertContains(response, f'rel="canonical" href="{SITE}{address}"')

    @override_settings(SITE_URL="https://news.example.com")
    def test_addresses_are_the_sites_own_whatever_host_was_asked(self):
        make_digest("2026-01-03")
        for path in ("/sitemap.xml", "/sitemaps/2026/01.xml", "/sitemaps/pages.xml"):
            response = self.client.get(path, headers={"host": "localhost"})
            self.assertTrue(read(response.content, "https://news.example.com"))


class TimeTests(SitemapCase):
    def test_a_correction_moves_its_article_its_day_and_its_month(self):
        other = make_digest("2026-01-02")
        digest = make_digest("2026-01-03")
        first, second = digest.articles.all()
        with time_machine.travel(NOON, tick=False):
            publishing.correct(digest, "바로잡습니다.", article=first)
        months, found = self.entries("/sitemap.xml"), self.everything()
        now = "2026-01-10T03:00:00Z"
        self.assertEqual(months["/sitemaps/2026/01.xml"], now)
        for address in ("/2026/01/", "/2026/01/03/", first.get_absolute_url()):
            self.assertEqual(found[address], now, address)
        self.assertEqual(found[second.get_absolute_url()], "2026-01-02T22:00:00Z")
        self.assertEqual(found[other.get_absolute_url()], "2026-01-01T22:00:00Z")

    def test_a_correction_of_the_whole_digest_moves_all_of_it(self):
        digest = make_digest("2026-01-03")
        with time_machine.travel(NOON, tick=False):
            publishing.correct(digest, "바로잡습니다.")
        found = self.everything()
        for article in digest.articles.all():
            self.assertEqual(found[article.get_absolute_url()], "2026-01-10T03:00:00Z")

    def test_times_are_those_that_the_pages_tell(self):
        digest = make_digest("2026-01-03")
        publishing.correct(digest, "바로잡습니다.", article=digest.articles.first())
        found = self.everything()
        for page in (digest, *digest.articles.all()):
            address = page.get_absolute_url()
            body = self.client.get(address).content.decode()
            told = body.partition('property="article:modified_time" content="')[2].partition('"')[0]
            moment = dt.datetime.fromisoformat(told).astimezone(dt.UTC)
            self.assertEqual(f"{moment:%Y-%m-%dT%H:%M:%SZ}", found[address])


class HiddenTests(SitemapCase):
    def test_withdrawn_things_vanish(self):
        make_digest("2026-01-03")
        before = {**self.everything(), **self.entries("/sitemap.xml")}
        hidden = make_digest("2026-02-01", articles=0, published=False)
        make_article(
            hidden, tags=["숨은 주제"], citations=[("숨은 매체", "https://a.example/", None)]
        )
        scheduled = make_digest("2026-01-04", published=False)
        publishing.publish(scheduled, at=dt.datetime(2999, 1, 1, tzinfo=dt.UTC), unchecked=True)
        make_digest("2026-01-05", published=False)
        publishing.withdraw(publish(hidden))
        self.assertEqual({**self.everything(), **self.entries("/sitemap.xml")}, before)
        self.assertEqual(self.client.get("/sitemaps/2026/02.xml").status_code, 404)


class NewsTests(SitemapCase):
    def news(self):
        response = self.client.get("/news-sitemap.xml")
        self.assertEqual(response["Content-Type"], "application/xml; charset=utf-8")
        return read_news(response.content, SITE)

    def setUp(self):
        traveller = time_machine.travel(NOON, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    def published(self, day, at):
        digest = make_digest(day, articles=1, published=False)
        return publishing.publish(digest, at=at, unchecked=True)

    def test_articles_of_the_last_two_days_are_named(self):
        self.published("2026-01-10", NOON - HOUR)
        self.published("2026-01-09", NOON - 47 * HOUR)
        self.published("2026-01-08", NOON - 49 * HOUR)
        self.assertEqual(
            [(date, title) for _address, title, date in self.news()],
            [
                ("2026-01-10T02:00:00Z", "1번째 기사의 제목"),
                ("2026-01-08T04:00:00Z", "1번째 기사의 제목"),
            ],
        )

    def test_a_correction_makes_no_news_of_an_old_article(self):
        digest = self.published("2026-01-05", NOON - 100 * HOUR)
        publishing.correct(digest, "바로잡습니다.")
        self.assertEqual(self.news(), [])

    def test_a_late_digest_of_an_old_day_is_news(self):
        self.published("2025-12-01", NOON - HOUR)
        self.assertEqual(len(self.news()), 1)

    def test_withdrawn_and_future_ones_are_not_there(self):
        publishing.withdraw(self.published("2026-01-10", NOON - HOUR))
        self.published("2026-01-11", dt.datetime(2999, 1, 1, tzinfo=dt.UTC))
        self.assertEqual(self.news(), [])

    def test_titles_are_written_as_they_are(self):
        digest = make_digest("2026-01-10", articles=0, published=False)
        make_article(digest, headline='A&B <칩> "소식" ]]>')
        publishing.publish(digest, at=NOON - HOUR, unchecked=True)
        self.assertEqual(self.news()[0][1], 'A&B <칩> "소식" ]]>')


class CostTests(SitemapCase):
    PATHS = {
        "/sitemap.xml": 4,
        "/sitemaps/2020s.xml": 2,
        "/robots.txt": 1,
        "/sitemaps/2026/01.xml": 3,
        "/sitemaps/topics.xml": 3,
        "/sitemaps/pages.xml": 0,
        "/news-sitemap.xml": 2,
    }

    def setUp(self):
        traveller = time_machine.travel(dt.datetime(2026, 1, 28, 3, tzinfo=dt.UTC), tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    # The number of queries is the same whichever engine answers them.
    @pytest.mark.one_engine
    def test_costs_do_not_grow(self):
        for days in (1, 28):
            while (count := Digest.objects.count()) < days:
                digest = make_digest(f"2026-01-{28 - count:02}")
                publishing.correct(digest, "바로잡습니다.")
            for path, count in self.PATHS.items():
                with self.subTest(path, days=days), self.assertNumQueries(count):
                    self.client.get(path)

    def test_they_are_sent_like_every_public_page(self):
        make_digest("2026-01-03")
        for path in self.PATHS:
            with self.subTest(path):
                response = self.client.get(path)
                self.assertIn("public", response["Cache-Control"])
                self.assertFalse(response.cookies)
                again = self.client.get(path, headers={"if-none-match": response["ETag"]})
                self.assertEqual((again.status_code, again.content), (304, b""))
                self.assertEqual(self.client.post(path).status_code, 405)
