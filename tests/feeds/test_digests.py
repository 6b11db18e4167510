import datetime as dt
from urllib.parse import quote
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import TestCase, override_settings
from django.utils.translation import gettext as _

from articles.digests import publishing
from articles.models import Article, Digest
from tests.support.factories import make_article, make_digest

# Pages and feeds are made of plain rows, which `test_items.py` asks both engines for.
pytestmark = pytest.mark.one_engine

URL = "/feeds/digests.rss"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


class DigestFeedTests(TestCase):
    def setUp(self):
        digest = make_digest(articles=0, published=False, title="R&D <소식>")
        make_article(
            digest,
            headline="科技资讯 & <b>",
            points=["**GPU(그래픽)**를 공개", "비용 < 효과"],
            tags=["AI", "R&D"],
        )
        make_article(digest, headline="둘째", points=["셋째 요점"])
        self.digest = publishing.publish(
            digest, at=dt.datetime(2026, 1, 2, 15, 31, 5, tzinfo=dt.UTC), unchecked=True
        )

    def fetch(self, **options):
        response = self.client.get(URL, **options)
        self.assertEqual(response.status_code, 200)
        return response

    def channel(self):
        return ElementTree.fromstring(self.fetch().content).find("channel")

    def item(self):
        return self.channel().find("item")

    def test_media_type_language_and_self_link(self):
        response = self.fetch()
        self.assertEqual(response["Content-Type"], "application/rss+xml; charset=utf-8")
        channel = self.channel()
        self.assertEqual(channel.findtext("language"), "ko")
        link = channel.find(f"{ATOM}link[@rel='self']")
        self.assertEqual(link.get("href"), "http://testserver" + URL)
        self.assertEqual(link.get("type"), "application/rss+xml")

    def test_addresses_come_from_the_site_and_not_from_the_request(self):
        content = self.client.get(URL, headers={"host": "localhost"}).content.decode()
        self.assertNotIn("localhost", content)

    def test_item_is_identified_for_good(self):
        guid = self.item().find("guid")
        self.assertEqual((guid.text, guid.get("isPermaLink")), (self.digest.feed_id, "false"))
        with override_settings(SITE_URL="https://new.example"):
            moved = self.item()
        self.assertEqual(moved.findtext("guid"), guid.text)
        self.assertEqual(moved.findtext("link"), "https://new.example/2026/01/03/")

    def test_dates_are_utc(self):
        self.assertEqual(self.item().findtext("pubDate"), "Fri, 02 Jan 2026 15:31:05 +0000")
        self.assertEqual(self.item().findtext(f"{ATOM}updated"), "2026-01-02T15:31:05+00:00")

    def test_titles_are_plain_text_escaped_once(self):
        self.assertEqual(self.item().findtext("title"), "R&D <소식>")

    def test_full_text_is_in_the_item(self):
        content = self.item().findtext(CONTENT)
        for article in self.digest.articles.all():
            for _label, text in article.implications:
                self.assertIn(text, content)
        self.assertIn("<strong>GPU(그래픽)</strong>를 공개", content)
        self.assertIn("비용 &lt; 효과", content)
        self.assertIn("셋째 요점", content)
        self.assertIn("科技资讯 &amp; &lt;b&gt;", content)
        self.assertIn("https://hanbit.example/2026/01/03/1", content)

    def test_content_has_only_absolute_addresses(self):
        content = self.item().findtext(CONTENT)
        for marker in ('href="/', 'href="#', 'src="'):
            self.assertNotIn(marker, content)
        slug = quote(self.digest.articles.first().slug)
        self.assertIn(f'href="http://testserver/2026/01/03/{slug}/"', content)

    def test_summary_is_plain_text(self):
        self.assertEqual(self.item().findtext("description"), "科技资讯 &amp; &lt;b&gt; · 둘째")

    def test_tags_are_categories(self):
        self.assertEqual([c.text for c in self.item().findall("category")], ["AI", "R&D"])

    def test_correction_moves_updated_and_stands_in_the_text(self):
        publishing.correct(self.digest, "40%가 아니라 **14%**입니다.")
        item = self.item()
        self.assertEqual(item.findtext("pubDate"), "Fri, 02 Jan 2026 15:31:05 +0000")
        self.assertGreater(item.findtext(f"{ATOM}updated"), "2026-01-02T15:31:05")
        self.assertIn("<strong>14%</strong>", item.findtext(CONTENT))

    def test_two_fetches_are_the_same_bytes(self):
        self.assertEqual(self.fetch().content, self.fetch().content)

    def test_build_date_is_the_newest_change(self):
        self.assertEqual(
            self.channel().findtext("lastBuildDate"), "Fri, 02 Jan 2026 15:31:05 +0000"
        )

    def test_withdrawn_digest_leaves_the_feed(self):
        publishing.withdraw(self.digest)
        self.assertIsNone(self.item())

    def test_characters_that_xml_forbids_cannot_break_the_feed(self):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("UPDATE articles_digest SET title = %s", ["제\x0b목\ufffe"])
            cursor.execute(
                "UPDATE articles_article SET outlook = %s, headline = %s", ["\x08", "\x0b"]
            )
        self.assertEqual(self.item().findtext("title"), "제목")

    def test_scripts_forced_into_the_database_stay_harmless(self):
        from django.db import connection

        Article.objects.update(outlook="[x](javascript:alert(1)) <script>alert(1)</script>")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE articles_citation SET url = %s", ['http://a b"onclick=x'])
        content = self.item().findtext(CONTENT)
        for marker in ("javascript:", "<script", "onclick=x"):
            self.assertNotIn(marker, content)

    def test_newest_thirty_are_listed(self):
        for day in range(1, 33):
            make_digest(dt.date(2026, 2, 1) + dt.timedelta(days=day), articles=1)
        items = self.channel().findall("item")
        self.assertEqual(len(items), 30)
        dates = [item.findtext("link") for item in items]
        self.assertEqual(dates, sorted(dates, reverse=True))

    def test_cost_does_not_grow_with_the_number_of_items(self):
        with self.assertNumQueries(13):
            self.fetch()
        make_digest("2026-01-04", articles=5)
        with self.assertNumQueries(13):
            self.fetch()

    def test_empty_feed_is_valid_and_stable(self):
        Digest.objects.all().delete()
        self.assertEqual(
            self.channel().findtext("lastBuildDate"), "Sat, 01 Jan 2000 00:00:00 +0000"
        )

    def test_a_feed_reader_reads_it_whole(self):
        parsed = feedparser.parse(self.fetch().content)
        self.assertFalse(parsed.bozo)
        [entry] = parsed.entries
        self.assertEqual(entry.id, self.digest.feed_id)
        self.assertEqual(entry.title, "R&D <소식>")
        self.assertEqual(entry.published_parsed[:5], (2026, 1, 2, 15, 31))
        self.assertIn("셋째 요점", entry.content[0].value)


class AuthorshipTests(TestCase):
    def content(self, **fields):
        digest = make_digest(articles=0, published=False)
        make_article(digest, **fields)
        publishing.publish(digest, unchecked=True)
        [item] = feedparser.parse(self.client.get(URL).content).entries
        return item.content[0].value

    def test_who_wrote_and_who_read_stands_under_the_article(self):
        content = self.content(drafted_by="ai", read_by="김민지 <기자>")
        self.assertIn(_("Written with AI help"), content)
        self.assertIn(_("checked by %(name)s") % {"name": "김민지 &lt;기자&gt;"}, content)
        self.assertLess(content.index("한빛일보"), content.index(_("Written with AI help")))
        self.assertNotIn("class=", content)

    def test_nothing_stands_there_while_nobody_said_so(self):
        content = self.content()
        for sentence in ("Written with AI help", "Written by a person"):
            self.assertNotIn(_(sentence), content)
        self.assertNotIn("·", content)
