import datetime as dt
import unicodedata

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.rules import permalinks
from articles.rules.permalinks import feed_id, key_of, of_post, path_from
from tests.support.costs import assert_cheap

DAY = dt.date(2026, 1, 3)


def page(stem="2026-01-03-ai-news", **values):
    return of_post(values, stem, DAY).page


class PageTests(SimpleTestCase):
    """Where Jekyll put a post."""

    def test_categories_day_and_name_are_the_usual_address(self):
        self.assertEqual(page(), "/2026/01/03/ai-news.html")
        self.assertEqual(page(categories="news"), "/news/2026/01/03/ai-news.html")
        self.assertEqual(page(categories="News tech"), "/news/tech/2026/01/03/ai-news.html")
        self.assertEqual(page(categories=["뉴스", "AI"]), "/뉴스/ai/2026/01/03/ai-news.html")
        self.assertEqual(page(category="ai news"), "/ai news/2026/01/03/ai-news.html")

    def test_the_name_is_that_of_the_file_or_the_slug(self):
        self.assertEqual(page("2026-1-3-첫 소식!"), "/2026/01/03/첫-소식!.html")
        self.assertEqual(page("about"), "/2026/01/03/about.html")
        self.assertEqual(page(slug="other"), "/2026/01/03/other.html")

    def test_a_permalink_is_filled_in(self):
        cases = {
            "/posts/first/": "/posts/first/",
            "/:year/:i_month/:i_day/:title": "/2026/1/3/AI-News",
            "/:short_year:month:day/:slug.html": "/260103/ai-news.html",
            "/:categories/:y_day/:title:output_ext": "/news/003/AI-News.html",
            "/:year_:month/:title/": "/2026_01/AI-News/",
            "/:w_year/:week/:w_day/:short_day/:long_month/": "/2026/01/6/Sat/January/",
            "/:hour/:minute/:second/": "/07/30/12/",
            "pretty": "/news/2026/01/03/AI-News/",
            "ordinal": "/news/2026/003/AI-News.html",
            "weekdate": "/news/2026/W01/Sat/AI-News.html",
            "none": "/news/AI-News.html",
        }
        date = "2026-01-03 07:30:12 +0900"
        for permalink, path in cases.items():
            with self.subTest(permalink):
                found = page(
                    "2026-01-03-AI-News", permalink=permalink, categories="news", date=date
                )
                self.assertEqual(found, path)

    def test_odd_values_fail_nothing(self):
        for value in ("", "/:nothing/", ["a"], {"a": "b"}, "::", ":", "/" * 50):
            of_post(dict.fromkeys(("permalink", "categories", "slug", "date"), value), "", DAY)

    def test_the_post_states_more_addresses(self):
        paths = of_post({"redirect_from": "/a/", "aliases": ["/b", "/c/"]}, "x", DAY)
        self.assertEqual(paths.stated, ("/a/", "/b", "/c/"))


class KeyTests(SimpleTestCase):
    def test_all_spellings_of_a_path_have_one_key(self):
        for path in ("/a/b", "/a/b/", "/a/b.html", "/A/b.html/", "/a/b/index.html", "/a/b//"):
            self.assertEqual(key_of(path), "/a/b")
        for form in ("NFC", "NFD"):
            self.assertEqual(key_of(unicodedata.normalize(form, "/뉴스/첫.html")), "/뉴스/첫")
        self.assertEqual([key_of(path) for path in ("/", "//", "/index.html")], ["/"] * 3)

    @given(st.text())
    def test_a_key_is_its_own_key_in_letters(self, text):
        self.assertEqual(key_of(text).casefold(), key_of(key_of(text).casefold()).casefold())

    def test_long_paths_cost_little(self):
        for text in ("/" * 500, "/index.html" * 45, "한" * 500):
            assert_cheap(self, key_of, text)

    def test_what_leads_to_other_sites_is_no_path(self):
        odd = (
            "//evil.example",
            "https://evil.example/",
            "javascript:x",
            "/\\evil.example",
            "/a//b",
        )
        odd += (
            "/../a",
            "/a/./b",
            "/a?b",
            "/a#b",
            "/a\0b",
            "/%00",
            "/%2F/evil",
            "/" + "a" * 500,
            "",
        )
        for written in odd[:-1]:
            with self.subTest(written):
                self.assertEqual(path_from(written), "")
        self.assertEqual(path_from("a/b"), "/a/b")
        self.assertEqual(path_from("/%EB%89%B4%EC%8A%A4/"), "/뉴스/")


class FeedIdTests(SimpleTestCase):
    """As jekyll-feed writes it: the address of the page, with the name of the file at its end."""

    def test_it_is_the_address_without_its_ending(self):
        site = "https://old.example"
        for values, end in (
            ({"categories": "news"}, "/news/2026/01/03/ai-news"),
            ({"permalink": "pretty"}, "/2026/01/03/ai-news"),
            ({"permalink": "/posts/first/"}, "/posts/ai-news"),
            ({"permalink": "/first"}, "/ai-news"),
        ):
            paths = of_post(values, "2026-01-03-ai-news", DAY)
            self.assertEqual(feed_id(site, paths), site + end)

    def test_other_letters_are_encoded(self):
        paths = of_post({}, unicodedata.normalize("NFD", "2026-01-03-첫 소식"), DAY)
        expected = "https://old.example/2026/01/03/%EC%B2%AB%20%EC%86%8C%EC%8B%9D"
        self.assertEqual(feed_id("https://old.example", paths), expected)
        self.assertEqual(permalinks.MAX_LENGTH, 500)
