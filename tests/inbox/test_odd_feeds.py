"""What feeds write in their own way: days, languages, letters, names."""

import datetime as dt
import json

import time_machine
from django.test import SimpleTestCase

from articles.inbox import feed_reading, safe_xml
from tests.support.strange_server import rss

NOW = "2026-01-03T06:00:00+09:00"
ADDRESS = "https://feed.example/rss"
PAGE = "https://hanbit.example/1"
DAY = dt.date(2026, 1, 1)


def item(more):
    return f"<item><link>{PAGE}</link>{more}</item>"


def json_feed(**values):
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"url": PAGE} | values]}
    return json.dumps(feed).encode()


class ReadingTestCase(SimpleTestCase):
    def setUp(self):
        self.enterContext(time_machine.travel(NOW, tick=False))

    def page(self, content):
        (page,) = feed_reading.read(content, ADDRESS)
        return page


class DayTests(ReadingTestCase):
    def day(self, text):
        """The day of an entry with that date."""
        return self.page(rss(item(f"<pubDate>{text}</pubDate>"))).published_on

    def test_the_day_is_the_one_that_is_written(self):
        for text in (
            "2026.01.01 08:00",
            "2026. 1. 1. 오후 11:30",
            "2026년 1월 1일",
            "2026/01/01 23:30",
            "2026-01-01 (목) 08:00",
            "2026-01-01T23:59:60Z",
            "20260101",
            "Thu, 01 Jan 2026",
            "January 1, 2026",
        ):
            with self.subTest(text):
                self.assertEqual(self.day(text), DAY)

    def test_a_moment_without_a_zone_is_on_the_clocks_of_the_site(self):
        for text in (
            "2026-01-01 23:30:00",
            "2026-01-01T23:30:00",
            "Thu, 01 Jan 2026 23:30:00",
            "Thu, 01 Jan 2026 23:30:00 KST",
            "Thu Jan  1 23:30:00 2026",
        ):
            with self.subTest(text):
                self.assertEqual(self.day(text), DAY)

    def test_a_moment_with_a_zone_is_on_the_day_that_the_site_had(self):
        for text in (
            "2026-01-01T20:30:00Z",
            "2026-01-01T15:30:00-0500",
            "Thu, 01 Jan 2026 20:30:00 GMT",
            "Thu,01 Jan 2026 15:30:00 EST",
        ):
            with self.subTest(text):
                self.assertEqual(self.day(text), DAY + dt.timedelta(days=1))

    def test_half_a_day_and_what_is_no_day_is_none(self):
        for text in ("2026", "2026-01", "01.01", "1767225600", "2026-W01", "2026-13-01", "어제"):
            with self.subTest(text):
                self.assertIsNone(self.day(text))

    def test_json_feeds_write_days_in_their_own_way_too(self):
        for text in ("2026-01-01T23:30:00", "2026-01-01", "2026.01.01 08:00"):
            with self.subTest(text):
                self.assertEqual(self.page(json_feed(date_published=text)).published_on, DAY)

    def test_what_is_too_old_is_left_however_its_day_is_written(self):
        for text in ("2025.12.01 08:00", "2025-12-01 08:00:00", "Mon, 01 Dec 2025 08:00:00"):
            with self.subTest(text):
                old = rss(item(f"<pubDate>{text}</pubDate>"))
                self.assertEqual(feed_reading.read(old, ADDRESS), [])


class TextTests(ReadingTestCase):
    def test_half_a_letter_in_a_json_feed_is_left_out(self):
        feed = json_feed(
            title="새\ud800 <b>라인</b>", content_html="<p>4만\udc00 장", url=f"{PAGE}\ud800"
        )
        page = self.page(feed)
        self.assertEqual((page.url, page.title, page.excerpt), (PAGE, "새 라인", "4만 장"))

    def test_numbers_of_characters_that_xml_has_not_are_left_out(self):
        page = self.page(
            rss(item("<title>새&#11; 라인&#x1f;&#0; 가동 &#9; &#xFFFFFFFF;끝</title>"))
        )
        self.assertEqual(page.title, "새 라인 가동 끝")

    def test_the_language_is_known_in_either_spelling(self):
        for told, language in (("ko_KR", "ko"), ("EN-us", "en"), ("ko", "ko"), ("english", "")):
            with self.subTest(told):
                self.assertEqual(self.page(json_feed(language=told)).language, language)


class HostileTests(ReadingTestCase):
    def test_a_part_that_the_library_fails_at_is_told(self):
        chapters = '<p:chapters xmlns:p="http://podlove.org/simple-chapters"><p:chapter title="x"/>'
        with self.assertRaisesMessage(safe_xml.Unsafe, "피드 형식"):
            feed_reading.read(rss(item(f"{chapters}</p:chapters>")), ADDRESS)

    def test_a_crowd_of_namespaces_is_refused(self):
        names = "".join(f'<a xmlns:n{n}="urn:{n}"/>' for n in range(safe_xml.MAX_NAMESPACES + 1))
        with self.assertRaises(safe_xml.Unsafe):
            feed_reading.read(rss(item(names)), ADDRESS)

    def test_the_same_namespaces_may_be_declared_again_and_again(self):
        again = item('<media:x xmlns:media="http://search.yahoo.com/mrss/"/>') * 200
        self.assertEqual(len(feed_reading.read(rss(again), ADDRESS)), 200)
