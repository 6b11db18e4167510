"""Who reads the feeds, on the desk's first page."""

import datetime as dt
import re
from xml.etree import ElementTree

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import TestCase
from django.urls import reverse

from articles.admin.desk import readers
from articles.models import FeedReading
from tests.support.factories import make_user

# Both engines add the counts up in `tests/feeds/readers`.
pytestmark = pytest.mark.one_engine

INDEX = reverse("admin:index")
SVG = "{http://www.w3.org/2000/svg}"
TODAY = dt.date(2026, 1, 30)


def count(reader, day, requests, subscribers=None):
    FeedReading.objects.create(
        day=day,
        feed="/feeds/digests.rss",
        reader=reader,
        requests=requests,
        subscribers=subscribers,
    )


@time_machine.travel(dt.datetime(2026, 1, 30, 3, 0, tzinfo=dt.UTC), tick=False)
class ReadersTests(TestCase):
    def open(self, role="editor"):
        user = make_user(role)
        user.groups.add(Group.objects.get(name=role))
        self.client.force_login(user)
        return self.client.get(INDEX)

    def svg(self, page):
        found = re.search(r'<section class="desk-part readers".*?(<svg.*?</svg>)', page, re.DOTALL)
        return ElementTree.fromstring(
            found[1].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        )

    def test_every_reader_has_its_row_with_a_bar_for_every_day(self):
        count("Feedly", TODAY, 24, 37)
        count("Feedly", "2026-01-01", 12, 35)
        count("<i>Miniflux", "2026-01-29", 1)
        page = self.open().content.decode()
        drawing = self.svg(page)
        names = [e.text for e in drawing.iter(f"{SVG}text") if e.get("class") == "reader-name"]
        self.assertEqual(names, ["Feedly", "<i>Miniflux"])
        bars = list(drawing.iter(f"{SVG}rect"))
        titles = [bar.find(f"{SVG}title").text for bar in bars]
        self.assertEqual(titles, ["2026-01-01: 12", "2026-01-30: 24", "2026-01-29: 1"])
        first, last, small = bars
        self.assertEqual((first.get("x"), last.get("x")), ("0", str(29 * readers.STEP)))
        self.assertEqual(int(last.get("height")), readers.HEIGHT)
        self.assertEqual(int(first.get("height")), readers.HEIGHT // 2)
        self.assertEqual(int(small.get("height")), readers.LEAST)
        for bar in bars:
            self.assertGreaterEqual(int(bar.get("y")), 0)

    def test_the_table_says_the_same_in_numbers(self):
        count("Feedly", TODAY, 24, 37)
        count("Miniflux", "2026-01-29", 5)
        page = self.open().content.decode()
        section = page[page.index('<section class="desk-part readers"') :]
        rows = re.findall(r"<tr.*?</tr>", section[: section.index("</section>")], re.DOTALL)
        cells = [re.findall(r">([^<>]+)</(?:th|td|time)>", row) for row in rows]
        self.assertEqual(len(rows), 3 + 30)
        self.assertEqual(cells[0][1:], ["Feedly", "Miniflux"])
        self.assertEqual(cells[1][1:], ["37", "–"])
        self.assertEqual(cells[2][1:], ["24", "5"])
        self.assertEqual(cells[3], ["2026-01-30", "24", "0"])
        self.assertEqual(cells[4], ["2026-01-29", "0", "5"])

    def test_readers_beyond_eight_are_one(self):
        for number in range(12):
            count(f"Reader {chr(65 + number)}", TODAY, 20 - number)
        drawn = readers.draw()
        self.assertEqual([row.total for row in drawn["rows"]], [20, 19, 18, 17, 16, 15, 14, 55])

    def test_where_nobody_reads_there_is_no_chart(self):
        count("Feedly", "2025-12-31", 24)
        self.assertNotContains(self.open(), 'class="desk-part readers"')

    def test_writers_do_not_see_it(self):
        count("Feedly", TODAY, 24)
        self.assertNotContains(self.open("writer"), 'class="desk-part readers"')
        self.assertContains(self.open("admin"), 'class="desk-part readers"')

    def test_it_is_one_query(self):
        count("Feedly", TODAY, 24)
        with self.assertNumQueries(1):
            readers.draw()
