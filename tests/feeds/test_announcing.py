"""How people and programs find the feeds: from every page, and from addresses they had before."""

import re

import pytest
from django.test import TestCase, override_settings

from articles.models import Tag
from tests.feeds.readings import KINDS, MEDIA_TYPES, addresses, make_day

# Pages and feeds are made of plain rows, which `test_items.py` asks both engines for.
pytestmark = pytest.mark.one_engine

LINK = re.compile(r'<link rel="alternate" type="([^"]+)" title="([^"]+)" href="([^"]+)">')


class AnnouncingTests(TestCase):
    def setUp(self):
        make_day("2026-01-03")

    def announced(self, path):
        page = self.client.get(path).content.decode()
        return [(kind, address) for kind, _title, address in LINK.findall(page)]

    def test_every_page_announces_the_feeds_with_their_types_and_rss_first(self):
        expected = {
            (MEDIA_TYPES[kind].partition(";")[0], f"http://testserver{path}")
            for (feed, kind), path in addresses().items()
            if feed != "tag"
        }
        for path in ("/", "/2026/01/03/", "/archive/", "/tags/", "/corrections/", "/nothing/"):
            with self.subTest(path):
                found = self.announced(path)
                self.assertEqual(set(found), expected)
                self.assertEqual(found[0][1], "http://testserver/feeds/digests.rss")
                kinds = [kind for kind, _address in found]
                self.assertEqual(kinds[:3], ["application/rss+xml"] * 3)

    def test_a_topics_page_announces_its_feeds_too(self):
        found = self.announced(Tag.objects.get().get_absolute_url())
        base = "http://testserver/tags/%EB%B0%98%EB%8F%84%EC%B2%B4/feed"
        self.assertEqual(found[0][1], "http://testserver/feeds/digests.rss")
        self.assertEqual([address for _kind, address in found[-3:]], [f"{base}.{k}" for k in KINDS])

    def test_announced_addresses_do_not_redirect_and_are_the_feeds_own(self):
        with override_settings(SITE_URL="https://news.example"):
            for _kind, address in self.announced("/"):
                self.assertTrue(address.startswith("https://news.example/feeds/"))
                self.assertEqual(self.client.get(address[20:]).status_code, 200)

    def test_addresses_of_other_software_lead_to_the_feed_for_good(self):
        for old, kind in (
            *(("/feed.xml", "rss"), ("/rss.xml", "rss"), ("/index.xml", "rss"), ("/feed/", "rss")),
            *(("/feed", "rss"), ("/rss", "rss"), ("/rss/", "rss"), ("/atom.xml", "atom")),
            *(("/feed.json", "json"), ("/feed/atom/", "atom")),
        ):
            response = self.client.get(old)
            self.assertRedirects(response, f"/feeds/digests.{kind}", status_code=301)
            self.assertEqual(self.client.post(old).status_code, 405)
