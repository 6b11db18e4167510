"""The page of all feeds."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext

from articles.digests import publishing
from articles.models import Digest
from tests.support.factories import make_article, make_digest, publish
from tests.test_templates import page_of

# Pages and feeds are made of plain rows, which `test_items.py` asks both engines for.
pytestmark = pytest.mark.one_engine

FORMATS = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


def of_kind(page, tag, **attributes):
    return [
        element
        for element in page.all(tag)
        if all(element.attrs.get(name) == value for name, value in attributes.items())
    ]


class SubscribePageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_digest("2026-01-02")
        cls.digest = make_digest("2026-01-03", articles=0, published=False, title="새해 소식")
        for headline in ("첫 기사", "둘째 기사"):
            cls.article = make_article(cls.digest, headline=headline, tags=["반도체"])
        publish(cls.digest)
        publishing.correct(cls.digest, "둘을 셋으로 바로잡습니다.", article=cls.article)

    def open(self):
        response = self.client.get("/subscribe/")
        self.assertEqual(response.status_code, 200)
        return response

    def test_every_feed_has_its_address_in_a_field(self):
        page = page_of(self.open())
        addresses = [field.attrs["value"] for field in of_kind(page, "input", type="url")]
        expected = [
            f"http://testserver/feeds/{feed}.{form}"
            for feed in ("digests", "articles", "corrections")
            for form in FORMATS
        ]
        self.assertEqual(addresses, expected)
        for address in addresses:
            answer = self.client.get(urlsplit(address).path)
            kind = answer["Content-Type"].partition(";")[0]
            self.assertEqual(kind, FORMATS[address.rpartition(".")[2]])

    def test_every_field_has_a_name_and_a_button_that_needs_the_script(self):
        page = page_of(self.open())
        fields = of_kind(page, "input", type="url")
        labels = {label.attrs.get("for"): label.text for label in page.all("label")}
        buttons = {
            b.attrs["data-copy-field"]: b
            for b in page.all("button")
            if "data-copy-field" in b.attrs
        }
        self.assertTrue(all("readonly" in field.attrs for field in fields))
        for field in fields:
            self.assertIn(labels[field.attrs["id"]], ("RSS 2.0", "Atom 1.0", "JSON Feed 1.1"))
            self.assertIn("hidden", buttons[field.attrs["id"]].attrs)
        self.assertTrue(of_kind(page, "script", src="/static/js/copy.js"))

    def test_the_newest_item_of_each_feed_is_shown(self):
        page = page_of(self.open())
        section, shown = None, {}
        for element in page.elements:
            if element.tag == "section":
                section = element.attrs.get("aria-labelledby")
            if element.tag == "a" and "lang" in element.attrs:
                shown[section] = (element.text, urlsplit(element.attrs["href"]).path)
        feeds = {}
        for name in ("digests", "articles", "corrections"):
            first = self.client.get(f"/feeds/{name}.json").json()["items"][0]
            feeds[f"feed_{name}"] = (first["title"], urlsplit(first["url"]).path)
        self.assertEqual(shown, feeds)
        self.assertEqual(shown["feed_digests"], ("새해 소식", "/2026/01/03/"))

    def test_links_open_the_feed_in_readers(self):
        found = {}
        for link in page_of(self.open()).links():
            parts = urlsplit(link)
            if parts.hostname and parts.hostname != "testserver":
                found.setdefault(parts.hostname, []).append(link)
        rss = "http://testserver/feeds/digests.rss"
        self.assertEqual(len(found), 4)
        for links in found.values():
            self.assertEqual(len(links), 3)
        self.assertTrue(
            found["feedly.com"][0].endswith("feed%2Fhttp%3A%2F%2Ftestserver%2Ffeeds%2Fdigests.rss")
        )
        self.assertIn(f"feed/{rss}", unquote(found["feedly.com"][0]))
        for host, name in (("www.inoreader.com", "add_feed"), ("www.newsblur.com", "url")):
            self.assertEqual(parse_qs(urlsplit(found[host][0]).query)[name], [rss])
        self.assertContains(self.open(), f'href="{rss.replace("http:", "feed:")}"')
        with override_settings(SITE_URL="https://news.example.com"):
            link = "feed:https://news.example.com/feeds/digests.rss"
            self.assertContains(self.open(), f'href="{link}"')

    def test_a_site_without_digests_offers_its_feeds_too(self):
        for digest in Digest.objects.all():
            publishing.withdraw(digest)
        response = self.open()
        self.assertContains(response, 'value="http://testserver/feeds/digests.rss"')
        self.assertContains(response, '<p class="newest">', count=3)
        self.assertNotContains(response, "새해 소식")

    # The number of queries is the same whichever engine answers them.
    @pytest.mark.one_engine
    def test_the_number_of_queries_does_not_depend_on_the_archive(self):
        self.open()
        with CaptureQueriesContext(connection) as queries:
            self.open()
        for day in range(4, 29):
            digest = make_digest(f"2026-01-{day:02}", articles=3)
            publishing.correct(digest, "바로잡습니다.")
        with self.assertNumQueries(len(queries)):
            self.open()
        self.assertLess(len(queries), 30)

    def test_it_is_in_the_menu_of_every_page(self):
        for path in ("/", "/2026/01/03/", "/archive/", "/tags/", "/subscribe/"):
            with self.subTest(path):
                links = of_kind(page_of(self.client.get(path)), "a", href="/subscribe/")
                self.assertEqual(
                    [link.attrs.get("aria-current") for link in links[:1]],
                    ["page" if path == "/subscribe/" else None],
                )

    def test_topics_lead_to_their_own_feeds(self):
        self.assertIn("/tags/", page_of(self.open()).links())
        topic = self.client.get("/tags/반도체/").content.decode()
        self.assertRegex(
            topic, r'rel="alternate" type="application/rss\+xml"[^>]*/tags/[^"]*/feed.rss'
        )

    def test_tags_balance_and_nothing_is_said_twice(self):
        page = page_of(self.open())
        self.assertTrue(page.balanced)
        ids = [element.attrs["id"] for element in page.elements if "id" in element.attrs]
        self.assertEqual(len(ids), len(set(ids)))

    @override_settings(WEBSUB_HUBS=["https://hub.example/"])
    def test_feeds_announce_their_hubs_in_header_and_document(self):
        for form in FORMATS:
            for path in (f"/feeds/digests.{form}", f"/tags/반도체/feed.{form}"):
                with self.subTest(path):
                    answer = self.client.get(path)
                    own = re.search(r'<([^>]*)>; rel="self"', answer["Link"])[1]
                    self.assertEqual(unquote(urlsplit(own).path), path)
                    self.assertIn('<https://hub.example/>; rel="hub"', answer["Link"])
                    if form == "json":
                        hub = {"type": "WebSub", "url": "https://hub.example/"}
                        self.assertEqual(answer.json()["hubs"], [hub])
                    else:
                        element = r'<(?:atom:)?link\b[^>]*href="https://hub.example/"[^>]*>'
                        found = re.findall(element, answer.content.decode())
                        self.assertEqual(['rel="hub"' in link for link in found], [True])
