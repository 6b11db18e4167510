"""What feeds write in their own way: days, languages, letters, names."""

import time_machine
from django.test import SimpleTestCase

from articles.inbox import feed_reading, safe_xml
from tests.support.strange_server import rss

NOW = "2026-01-03T06:00:00+09:00"
ADDRESS = "https://feed.example/rss"
PAGE = "https://hanbit.example/1"


def item(more):
    return f"<item><link>{PAGE}</link>{more}</item>"


class ReadingTestCase(SimpleTestCase):
    def setUp(self):
        self.enterContext(time_machine.travel(NOW, tick=False))

    def page(self, content):
        (page,) = feed_reading.read(content, ADDRESS)
        return page


class TextTests(ReadingTestCase):
    def test_numbers_of_characters_that_xml_has_not_are_left_out(self):
        page = self.page(
            rss(item("<title>새&#11; 라인&#x1f;&#0; 가동 &#9; &#xFFFFFFFF;끝</title>"))
        )
        self.assertEqual(page.title, "새 라인 가동 끝")


class HostileTests(ReadingTestCase):
    def test_a_crowd_of_namespaces_is_refused(self):
        names = "".join(f'<a xmlns:n{n}="urn:{n}"/>' for n in range(safe_xml.MAX_NAMESPACES + 1))
        with self.assertRaises(safe_xml.Unsafe):
            feed_reading.read(rss(item(names)), ADDRESS)

    def test_the_same_namespaces_may_be_declared_again_and_again(self):
        again = item('<media:x xmlns:media="http://search.yahoo.com/mrss/"/>') * 200
        self.assertEqual(len(feed_reading.read(rss(again), ADDRESS)), 200)
