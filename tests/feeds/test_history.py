"""Archives: from the newest items back to the first, without a gap and without an item twice."""

import json
from unittest.mock import patch
from xml.etree import ElementTree

import feedparser
import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from articles.digests import publishing
from tests.feeds.readings import KINDS, addresses, make_day, read

DAYS = ("2025-10-31", "2025-12-01", "2025-12-30", "2026-01-01", "2026-01-02", "2026-01-03")
HISTORY = "{http://purl.org/syndication/history/1.0}archive"
COUNTS = {"digests": 6, "articles": 13, "corrections": 1, "tag": 12}


class HistoryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for day in DAYS:
            digest = make_day(day)
        publishing.correct(digest, "바로잡습니다.")

    def setUp(self):
        self.enterContext(patch("articles.feeds.documents.ITEMS", 3))

    def get(self, address):
        response = self.client.get(address)
        self.assertEqual(response.status_code, 200, address)
        return response.content

    def links(self, content, kind):
        if kind == "json":
            older = json.loads(content).get("next_url")
            return {"prev-archive": older} if older else {}
        return {link.rel: link.href for link in feedparser.parse(content).feed.links}

    def chain(self, feed, kind):
        """Ids of every document, from the newest back."""
        address, found = "http://testserver" + addresses()[feed, kind], {}
        while address:
            self.assertNotIn(address, found)
            content = self.get(address)
            found[address] = list(read(content, kind))
            address = self.links(content, kind).get("prev-archive")
        return found

    def test_every_item_is_in_the_chain_once(self):
        for feed, count in COUNTS.items():
            for kind in KINDS:
                with self.subTest(feed, kind=kind):
                    documents = self.chain(feed, kind)
                    ids = [item for document in documents.values() for item in document]
                    self.assertEqual((len(ids), len(set(ids))), (count, count))
                    self.assertTrue(all(documents.values()))

    def test_archives_are_months_of_the_sites_time_zone(self):
        # 07:00 on the first of January in Seoul is the last of December in UTC.
        found = list(self.chain("digests", "atom"))
        self.assertEqual(
            [address.removeprefix("http://testserver/feeds/") for address in found],
            ["digests.atom", "digests/2025-12.atom", "digests/2025-10.atom"],
        )
        self.assertEqual(len(read(self.get("/feeds/digests/2026-01.rss"), "rss")), 3)

    def test_archives_say_so_and_name_their_neighbours(self):
        for kind in ("rss", "atom"):
            content = self.get(f"/feeds/digests/2025-12.{kind}")
            root = ElementTree.fromstring(content)
            self.assertEqual(len(list(root.iter(HISTORY))), 1)
            links = self.links(content, kind)
            base = "http://testserver/feeds/digests"
            self.assertEqual(links["self"], f"{base}/2025-12.{kind}")
            self.assertEqual(links["current"], f"{base}.{kind}")
            self.assertEqual(links["prev-archive"], f"{base}/2025-10.{kind}")
            self.assertEqual(links["next-archive"], f"{base}/2026-01.{kind}")
            newest = ElementTree.fromstring(self.get(f"/feeds/digests.{kind}"))
            self.assertEqual(list(newest.iter(HISTORY)), [])

    def test_a_month_that_is_over_stays_the_same(self):
        before = {kind: self.get(f"/feeds/articles/2025-12.{kind}") for kind in KINDS}
        make_day("2026-01-04")
        make_day("2026-02-01")
        self.assertEqual(
            {kind: self.get(f"/feeds/articles/2025-12.{kind}") for kind in KINDS}, before
        )

    def test_months_without_anything_and_addresses_that_are_none_answer_404(self):
        for address in (
            *("digests/2025-11.rss", "digests/2026-13.rss", "digests/2026-1.rss", "all.rss"),
            *("digests/2026-02.json", "corrections/2025-10.atom", "digests/0001-01.rss"),
            *(
                "digests/before/20250101T000000.000000Z.rss",
                "digests/before/20251301T000000.000000Z.rss",
            ),
        ):
            for headers in ({}, {"if-none-match": "*"}):
                response = self.client.get(f"/feeds/{address}", headers=headers)
                self.assertEqual(response.status_code, 404, address)

    def test_who_has_an_archive_gets_304(self):
        paths = ("/feeds/digests/2025-12.rss", "/tags/반도체/feed/2025-12.json")
        for path, queries in zip(paths, (1, 2), strict=True):
            etag = self.client.get(path)["ETag"]
            with self.assertNumQueries(queries):
                response = self.client.get(path, headers={"if-none-match": etag})
            self.assertEqual(response.status_code, 304)
            self.assertEqual(self.client.get(path, headers={"if-none-match": "*"}).status_code, 304)


class SizeTests(TestCase):
    def test_a_feed_that_grows_too_large_has_fewer_items_and_whole_ones(self):
        for day in range(1, 17):
            make_day(f"2026-01-{day:02}", introduction="가나다 <다라> & 마바. " * 100)
        with patch("articles.feeds.documents.MAX_BYTES", 100_000):
            for kind in KINDS:
                content = self.client.get(f"/feeds/digests.{kind}").content
                self.assertLess(len(content), 100_000)
                items = list(read(content, kind).values())
                self.assertIn(len(items), range(10, 16))
                self.assertEqual(items[0]["link"], "http://testserver/2026/01/16/")
                self.assertEqual(items[-1]["content"].count("마바."), 100)

    def test_ten_items_are_there_whole_however_large_they_are(self):
        for day in range(1, 13):
            make_day(f"2026-01-{day:02}", introduction="가나다 라마바. " * 100)
        with patch("articles.feeds.documents.MAX_BYTES", 10_000):
            items = list(read(self.client.get("/feeds/digests.rss").content, "rss").values())
        self.assertEqual(len(items), 10)
        self.assertEqual({item["content"].count("라마바.") for item in items}, {100})

    # The number of queries is the same whichever engine answers them.
    @pytest.mark.one_engine
    def test_the_number_of_queries_does_not_grow_with_the_items(self):
        for day in range(1, 6):
            digest = make_day(f"2026-01-{day:02}", articles=4)
            publishing.correct(digest, "바로잡습니다.", article=digest.articles.first())
        for (feed, kind), path in addresses().items():
            found = []
            for limit in LIMITS[feed]:
                with (
                    patch("articles.feeds.documents.ITEMS", limit),
                    CaptureQueriesContext(connection) as captured,
                ):
                    items = read(self.client.get(path).content, kind)
                found.append((len(items), len(captured)))
            (few, queries), (many, more_queries) = found
            with self.subTest(path):
                self.assertGreater(many, few)
                self.assertEqual(queries, more_queries)
                self.assertLessEqual(queries, 20)


# All of them fewer than there are.
LIMITS = {"digests": (2, 4), "articles": (10, 16), "corrections": (2, 4), "tag": (4, 16)}
