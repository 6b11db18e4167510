"""The heading of a digest's page."""

import datetime as dt

from django.test import SimpleTestCase, TestCase, override_settings

from articles.models import Digest
from articles.pages.headings import is_only_a_date
from tests.support.factories import make_article, make_digest, publish

DAY = "2026-01-03"


@override_settings(SITE_NAME="한빛 브리프")
class OnlyADateTests(SimpleTestCase):
    def is_only_a_date(self, title):
        return is_only_a_date(title, Digest(date=dt.date(2026, 1, 3)))

    def test_a_day_with_the_words_of_every_day_is_only_a_date(self):
        for title in (
            "2026-01-03",
            "2026-01-03 AI 뉴스",
            "2026년 1월 3일 토요일",
            "2026년 1월 3일(토) 오늘의 소식",
            "1월 3일 AI 뉴스 브리핑",
            "AI News – January 3, 2026",
            "한빛 브리프 2026.01.03",
            "２０２６-０１-０３ ＡＩ 뉴스",
        ):
            with self.subTest(title):
                self.assertTrue(self.is_only_a_date(title))

    def test_a_title_that_says_something_is_a_title(self):
        for title in ("가속기 전쟁", "2026-01-03 가속기 전쟁", "AI 뉴스", "", "2026년 전망"):
            with self.subTest(title):
                self.assertFalse(self.is_only_a_date(title))


class PageTests(TestCase):
    def heading(self, title, headlines):
        digest = make_digest(DAY, articles=0, published=False, title=title)
        for headline in headlines:
            make_article(digest, headline=headline)
        publish(digest)
        return self.client.get("/2026/01/03/").text

    def test_the_lead_stands_for_a_title_that_is_only_a_date(self):
        page = self.heading("2026-01-03 AI 뉴스", ["가속기 <공개>", "둘째", "셋째"])
        for start, end in (
            ('<h1 lang="ko" dir="auto">', "</h1>"),
            ("<title>", " · Newsroom</title>"),
            ('<meta property="og:title" content="', '">'),
        ):
            self.assertIn(f"{start}가속기 &lt;공개&gt; 외 2건{end}", page)
        self.assertNotIn("2026-01-03 AI 뉴스", page[page.index("<body>") :])

    def test_feeds_and_twins_keep_the_editors_title(self):
        self.heading("2026-01-03 AI 뉴스", ["가속기", "둘째"])
        for address in ("/feeds/digests.rss", "/2026/01/03.md", "/2026/01/03.json"):
            self.assertContains(self.client.get(address), "2026-01-03 AI 뉴스")

    def test_a_single_article_gives_its_headline_alone(self):
        self.assertIn("<title>가속기 · Newsroom</title>", self.heading(DAY, ["가속기"]))


class RowTests(TestCase):
    """Lists of the articles with a tag load few of a digest's articles."""

    def row(self, title):
        digest = make_digest(DAY, articles=0, published=False, title=title)
        make_article(digest, headline="가속기 <공개>")
        make_article(digest, headline="둘째", tags=["칩"])
        publish(digest)
        return self.client.get("/tags/칩/").text

    def test_the_lead_stands_for_a_title_that_is_only_a_date(self):
        self.assertIn('dir="auto">가속기 &lt;공개&gt; 외 1건</a></h2>', self.row("2026-01-03"))

    def test_a_title_that_says_something_stays(self):
        self.assertIn('dir="auto">가속기 전쟁</a></h2>', self.row("가속기 전쟁"))
