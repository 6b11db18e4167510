"""Every feed is read whole by programs that others wrote, in every format, and asked for again."""

import datetime as dt
from unittest.mock import patch

import pytest
import time_machine
from django.test import TestCase
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase
from reader import make_reader

from articles.digests import publishing
from articles.models import Article, Correction, Digest, Tag
from tests.feeds.readings import SiteAdapter, addresses, make_day, read

NOON = dt.datetime(2026, 1, 6, 3, tzinfo=dt.UTC)


@pytest.mark.one_engine
class ReadersTests(TestCase):
    def setUp(self):
        make_day("2026-01-03", title="R&D <소식> 科技资讯")
        self.digest = make_day("2026-01-04")
        with time_machine.travel(NOON, tick=False):
            publishing.correct(self.digest, "**14%**입니다.", article=self.digest.articles.first())

    def everything(self):
        return {
            (feed, kind): read(self.client.get(path).content, kind)
            for (feed, kind), path in addresses().items()
        }

    def test_formats_say_the_same(self):
        found = self.everything()
        for feed, number in (("digests", 2), ("articles", 5), ("corrections", 1), ("tag", 4)):
            with self.subTest(feed):
                self.assertEqual(len(found[feed, "rss"]), number)
                self.assertEqual(found[feed, "rss"], found[feed, "atom"])
                self.assertEqual(found[feed, "rss"], found[feed, "json"])

    def test_links_of_items_lead_to_their_pages(self):
        for items in self.everything().values():
            for item in items.values():
                self.assertTrue(item["link"].startswith("http://testserver/2026/01/"), item["link"])
                self.assertEqual(self.client.get(item["link"]).status_code, 200, item["link"])

    def test_a_reader_keeps_everything_and_sees_the_correction(self):
        adapter = SiteAdapter(self.client)
        with patch("requests.Session.get_adapter", return_value=adapter):
            reader = make_reader(":memory:")
            self.addCleanup(reader.close)
            urls = [f"http://testserver{path}" for path in addresses().values()]
            for url in urls:
                reader.add_feed(url)
            reader.update_feeds()
            self.assertEqual(adapter.statuses, [200] * len(urls))
            again = [reader.update_feed(url) for url in urls]
            self.assertEqual(adapter.statuses[len(urls) :], [304] * len(urls))
            self.assertEqual(again, [None] * len(urls))
            self.assertEqual(
                [feed.last_exception for feed in reader.get_feeds()], [None] * len(urls)
            )
            self.assertEqual(reader.get_entry_counts().total, 3 * (2 + 5 + 1 + 4))
            self.correct_and_update(reader, urls)

    def correct_and_update(self, reader, urls):
        entry = (urls[0], self.digest.feed_id)
        before = reader.get_entry(entry)
        with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
            publishing.correct(self.digest, "또 바로잡습니다.")
        for url in urls:
            reader.update_feed(url)
        after = reader.get_entry(entry)
        self.assertEqual(after.published, before.published)
        self.assertEqual(after.updated, NOON + dt.timedelta(days=1))
        self.assertIn("또 바로잡습니다.", after.get_content().value)
        self.assertEqual(reader.get_entry_counts().total, 3 * (2 + 6 + 2 + 4))


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=100)


@pytest.mark.one_engine
class OddTextTests(HypothesisTestCase):
    """Texts that reached the database by other ways than the desk."""

    @classmethod
    def setUpTestData(cls):
        digest = make_day("2026-01-03", articles=1)
        publishing.correct(digest, "정정", article=digest.articles.first())

    @settings(max_examples=15)
    @given(TEXT, TEXT)
    @example(
        "\x0b\ufffe ]]> &amp; <b>",
        "\x00\x1b</div>\u2028 https://x.example/?a=1&b".replace("\0", ""),
    )
    def test_any_text_leaves_every_feed_readable_and_the_same(self, line, text):
        Digest.objects.update(title=f"제{line}", introduction=text)
        Article.objects.update(headline=f"목{line}", points=[text, line], outlook=text)
        Correction.objects.update(text=f"정{text}")
        Tag.objects.update(name=f"주{line}"[:50])
        contents = {}
        for (feed, kind), path in addresses().items():
            response = self.client.get(path)
            self.assertEqual(response.status_code, 200, path)
            items = read(response.content, kind)
            content = {name: item["content"] for name, item in items.items()}
            self.assertEqual(contents.setdefault(feed, content), content)
        self.assertEqual({feed: len(items) for feed, items in contents.items()}, ITEMS)


ITEMS = {"digests": 1, "articles": 2, "corrections": 1, "tag": 1}
