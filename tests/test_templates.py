"""What readers get: the pages and the body of a feed item."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory, SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from articles.digests import publishing
from articles.models import Article, Digest
from articles.pages import parts
from articles.templatetags.digest import depths, weekdays
from articles.views.errors import server_error
from tests.support.factories import make_article, make_digest

# Pages are made of plain rows, for which `test_leaks.WorkTests` asks both engines at every address.
pytestmark = pytest.mark.one_engine

VOID = {"br", "hr", "img", "input", "link", "meta"}
CHINESE = {
    "headline": "科技资讯AI速递",
    "citations": [
        ("新浪新闻", "https://sina.example/1", "2026-01-03"),
        ("Manila Times", "https://manila.example/1", None),
    ],
}


class Page(HTMLParser):
    """Elements in order as (tag, attributes, text directly inside), and whether tags balance."""

    def __init__(self, source):
        super().__init__()
        self.elements, self.open, self.balanced = [], [], True
        self.feed(source)
        self.close()
        self.balanced = self.balanced and not self.open

    def handle_starttag(self, tag, attrs):
        element = SimpleNamespace(tag=tag, attrs=dict(attrs), text="")
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if self.open and self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.balanced = False

    def handle_data(self, data):
        if self.open:
            self.open[-1].text += data

    def all(self, tag):
        return [element for element in self.elements if element.tag == tag]

    def inline_scripts(self):
        """Scripts that stand in the page itself; a block of data is none."""
        scripts = [element.attrs for element in self.all("script")]
        return [a for a in scripts if "src" not in a and a.get("type") != "application/ld+json"]

    def links(self):
        return [element.attrs["href"] for element in self.all("a")]

    def with_text(self, text):
        return [element for element in self.elements if element.text.strip() == text]


def page_of(response):
    return Page(response.content.decode())


def feed_body(digest):
    loaded = Digest.objects.get(pk=digest.pk)
    parts.load([loaded])
    context = {
        "digest": loaded,
        "site_url": "https://news.example",
        "base": f"https://news.example{digest.get_absolute_url()}",
    }
    return render_to_string("articles/feed_digest.html", context)


class DayPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_digest("2026-01-03", articles=1, published=False)
        cls.article = make_article(cls.digest, tags=["반도체", "GPU"], **CHINESE)
        publishing.publish(cls.digest, unchecked=True)

    def setUp(self):
        self.response = self.client.get("/2026/01/03/")
        self.page = page_of(self.response)

    def test_chinese_headline_and_publisher_are_marked_as_chinese(self):
        headline, *_others = (
            self.page.elements[place]
            for place, e in enumerate(self.page.elements[1:])
            if e.tag == "a" and e.attrs.get("rel") == "bookmark" and e.text == self.article.headline
        )
        self.assertEqual((headline.tag, headline.attrs["lang"]), ("h2", "zh"))
        self.assertEqual(self.page.with_text("新浪新闻")[0].attrs["lang"], "zh")
        self.assertEqual(self.page.with_text("Manila Times")[0].attrs["lang"], "en")

    def test_anchors_equal_slugs_and_contents_lead_to_them(self):
        anchors = [element.attrs["id"] for element in self.page.all("article")]
        articles = self.digest.articles.all()
        self.assertEqual(anchors, [article.slug for article in articles])
        for article in articles:
            self.assertIn(f"#{article.slug}", self.page.links())
            self.assertIn(article.get_absolute_url(), self.page.links())

    def test_ids_of_the_page_itself_can_never_be_slugs(self):
        slugs = set(self.digest.articles.values_list("slug", flat=True))
        own = {e.attrs["id"] for e in self.page.elements if "id" in e.attrs} - slugs
        self.assertEqual([name for name in own if "_" not in name], [])

    def test_every_point_and_implication_is_shown(self):
        for article in self.digest.articles.all():
            for text in [*article.points, *(text for _label, text in article.implications)]:
                self.assertContains(self.response, text)
        self.assertEqual(len(self.page.all("dt")), 6)

    def test_citations_and_tags_are_links(self):
        self.assertIn("https://sina.example/1", self.page.links())
        for tag in self.article.tags.all():
            self.assertIn(tag.get_absolute_url(), self.page.links())
        self.assertContains(self.response, '<time datetime="2026-01-03">2026-01-03</time>')

    def test_tags_balance(self):
        self.assertTrue(self.page.balanced)

    def test_nothing_inline_that_a_strict_policy_would_refuse(self):
        self.assertEqual(self.page.inline_scripts() + self.page.all("style"), [])
        for element in self.page.elements:
            for name in element.attrs:
                self.assertFalse(name == "style" or name.startswith("on"), element)

    def test_home_is_its_own_canonical_address(self):
        home = page_of(self.client.get("/"))
        canonical = [e.attrs["href"] for e in home.all("link") if e.attrs["rel"] == "canonical"]
        self.assertEqual(canonical, ["http://testserver/"])

    def test_feeds_are_announced_with_their_absolute_addresses(self):
        links = [e for e in self.page.all("link") if e.attrs["rel"] == "alternate"]
        feeds = [e.attrs["href"] for e in links if e.attrs["type"] == "application/rss+xml"]
        names = ("digests", "articles", "corrections")
        self.assertEqual(feeds, [f"http://testserver/feeds/{name}.rss" for name in names])


class NeighbourTests(TestCase):
    def test_links_skip_days_without_a_public_digest(self):
        for day in ("2025-12-28", "2026-01-03", "2026-01-09"):
            make_digest(day)
        make_digest("2026-01-02", published=False)
        make_digest("2026-01-04", published=False)
        page = page_of(self.client.get("/2026/01/03/"))
        neighbours = {e.attrs["rel"]: e.attrs["href"] for e in page.all("a") if "rel" in e.attrs}
        self.assertEqual(neighbours["prev"], "/2025/12/28/")
        self.assertEqual(neighbours["next"], "/2026/01/09/")

    def test_only_digest_has_no_neighbours(self):
        make_digest("2026-01-03")
        self.assertNotContains(self.client.get("/2026/01/03/"), 'rel="prev"')
        self.assertNotContains(self.client.get("/2026/01/03/"), 'rel="next"')


class CorrectionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_digest("2026-01-03", articles=2)
        cls.article = cls.digest.articles.last()

    def test_correction_of_an_article_is_at_the_article_and_noted_at_the_head(self):
        publishing.correct(self.digest, "**75.82%**가 맞습니다.", article=self.article)
        html = self.client.get("/2026/01/03/").content.decode()
        head, *articles = html.split("<article")
        self.assertIn(f'<a href="#{self.article.slug}"', head[: head.index('class="contents"')])
        self.assertNotIn("75.82%", articles[0])
        self.assertIn("<strong>75.82%</strong>가 맞습니다.", articles[1])
        for part in (head, articles[1]):
            self.assertRegex(part, r"<time [^>]+>[^<]+ \d\d:\d\d KST</time>")

    def test_correction_of_the_whole_stands_at_the_head(self):
        publishing.correct(self.digest, "날짜를 바로잡습니다.")
        html = self.client.get("/2026/01/03/").content.decode()
        self.assertIn("날짜를 바로잡습니다.", html[: html.index('class="contents"')])
        self.assertEqual(html[html.index("<main") :].count("날짜를 바로잡습니다."), 1)

    def test_corrections_are_in_the_feed_body_with_their_time(self):
        publishing.correct(self.digest, "비율을 바로잡습니다.", article=self.article)
        publishing.correct(self.digest, "날짜를 바로잡습니다.")
        body = feed_body(self.digest)
        for text in ("비율을 바로잡습니다.", "날짜를 바로잡습니다."):
            self.assertEqual(body.count(text), 1)
        self.assertEqual(len(re.findall(r"<time [^>]+>[^<]+ KST</time>", body)), 2)


class FeedBodyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_digest(
            "2026-01-03",
            articles=1,
            published=False,
            introduction="[안](/a) [밖](https://b.example/)",
        )
        make_article(cls.digest, **CHINESE)
        publishing.publish(cls.digest, unchecked=True)

    def setUp(self):
        self.body = feed_body(self.digest)
        self.page = Page(self.body)

    def test_every_address_is_absolute(self):
        links = [element.attrs.get("href", "") for element in self.page.all("a")]
        self.assertEqual([link for link in links if link.startswith("/")], [])
        for article in self.digest.articles.all():
            self.assertIn(f"https://news.example{article.get_absolute_url()}", links)

    def test_markup_balances_and_has_no_classes_styles_or_scripts(self):
        self.assertTrue(self.page.balanced)
        for element in self.page.elements:
            self.assertNotIn(element.tag, ("script", "style", "img", "iframe"))
            self.assertLessEqual(element.attrs.keys(), {"href", "lang", "rel", "datetime"})

    def test_every_point_and_implication_is_in_it(self):
        for article in self.digest.articles.all():
            for text in [*article.points, *(text for _label, text in article.implications)]:
                self.assertIn(text, self.body)

    def test_languages_are_marked(self):
        self.assertEqual([e.attrs["lang"] for e in self.page.all("h3")], ["ko", "zh"])
        self.assertEqual(self.page.with_text("新浪新闻")[0].attrs["lang"], "zh")


class ArchivePageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_digest("2026-01-03")

    def test_overview_links_only_months_with_digests(self):
        page = page_of(self.client.get("/archive/"))
        self.assertIn("/2026/01/", page.links())
        self.assertNotIn("/2026/02/", page.links())
        self.assertEqual(len([e for e in page.elements if e.attrs.get("class") == "name"]), 12)

    def test_year_names_a_digest_by_its_title_and_links_no_other_day(self):
        response = self.client.get("/2026/")
        page = page_of(response)
        self.assertEqual(len(page.all("table")), 12)
        self.assertEqual([e.tag for e in page.with_text(self.digest.title)], ["span"])
        self.assertIn("/2026/01/03/", page.links())
        self.assertNotIn("/2026/01/04/", page.links())
        self.assertNotIn("/2026/02/", page.links())

    def test_month_lists_headlines_as_links_into_the_digest(self):
        page = page_of(self.client.get("/2026/01/"))
        for article in self.digest.articles.all():
            self.assertIn(article.get_absolute_url(), page.links())


class ErrorPageTests(TestCase):
    def test_missing_page_leads_on_in_the_language_of_the_site(self):
        response = self.client.get("/2026/01/03/")
        self.assertEqual(response.status_code, 404)
        page = page_of(response)
        self.assertEqual(page.all("html")[0].attrs["lang"], "ko")
        self.assertLessEqual({"/", "/archive/"}, set(page.links()))

    def test_missing_page_needs_one_query(self):
        """It asks whether an old site had the address."""
        with self.assertNumQueries(1):
            self.client.get("/no-such-page/")

    def test_home_before_the_first_digest_offers_the_feed(self):
        self.assertIn("/feeds/digests.rss", page_of(self.client.get("/")).links())


class ServerErrorTests(SimpleTestCase):
    def test_server_error_page_needs_no_database_and_is_in_the_language_of_the_site(self):
        response = server_error(RequestFactory().get("/"))
        self.assertEqual(response.status_code, 500)
        page = page_of(response)
        self.assertTrue(page.balanced)
        self.assertEqual(page.all("html")[0].attrs["lang"], "ko")
        self.assertIn("/", page.links())


class QueryCountTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.small = cls.make("2025-11-03", articles=1)
        cls.large = cls.make("2026-01-03", articles=10)

    @staticmethod
    def make(day, articles):
        digest = make_digest(day, articles=0, published=False)
        for number in range(articles):
            publisher = (f"매체 {number}", f"https://{number}.example/", None)
            make_article(
                digest, headline=f"기사 {number}", citations=[publisher], tags=[f"{day} 주제"]
            )
        publishing.publish(digest, unchecked=True)
        for article in digest.articles.all():
            publishing.correct(digest, "바로잡습니다.", article=article)
        return digest

    def assert_same_cost(self, show, small, large):
        with CaptureQueriesContext(connection) as queries:
            show(small)
        with self.assertNumQueries(len(queries)):
            show(large)

    def test_pages_cost_the_same_with_one_article_and_with_ten(self):
        tags = [d.articles.first().tags.get().get_absolute_url() for d in (self.small, self.large)]
        pairs = [("/2025/11/03/", "/2026/01/03/"), ("/2025/11/", "/2026/01/"), ("/2025/", "/2026/")]
        for small, large in [*pairs, tags]:
            with self.subTest(path=large):
                self.assert_same_cost(self.client.get, small, large)

    def test_feed_body_costs_the_same_with_one_article_and_with_ten(self):
        self.assert_same_cost(feed_body, self.small, self.large)


class ReadingMinutesTests(SimpleTestCase):
    def minutes(self, digest):
        """Of the whole digest, which is the deepest of its depths."""
        return depths(digest)[-1]["minutes"]

    def digest(self, introduction, **fields):
        articles = SimpleNamespace(all=lambda: [Article(**fields)] if fields else [])
        return SimpleNamespace(introduction=introduction, articles=articles)

    def test_korean_counts_by_the_character_and_english_by_the_word(self):
        self.assertEqual(self.minutes(self.digest("가 나 " * 500)), 2)
        self.assertEqual(self.minutes(self.digest("word " * 440)), 2)
        self.assertEqual(self.minutes(self.digest("가" * 250 + " word" * 110)), 1)

    def test_points_and_implications_count_and_addresses_do_not(self):
        fields = {"headline": "가" * 500, "points": ["나" * 500], "outlook": "다" * 500}
        self.assertEqual(self.minutes(self.digest("", **fields)), 3)
        self.assertEqual(self.minutes(self.digest("https://a.example/" + "x/y-" * 2000)), 1)

    def test_empty_digest_takes_a_minute(self):
        self.assertEqual(self.minutes(self.digest("")), 1)


class WeekdayTests(SimpleTestCase):
    def test_weeks_begin_on_sunday(self):
        with translation.override("en"):
            names = [str(name) for _short, name in weekdays()]
        self.assertEqual(names[0], "Sunday")
        self.assertEqual(names[6], "Saturday")
