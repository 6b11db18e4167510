"""The coverage calendar on the desk's first page."""

import datetime as dt
import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from articles.admin.desk import coverage
from articles.digests import publishing
from articles.models import PlannedGap
from tests.admin.desk.desk_index import AFTER, TODAY, IndexTestCase, make_draft
from tests.support.desk import change_url
from tests.support.factories import make_digest, make_user

FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.one_engine
class CoverageTests(IndexTestCase):
    def draw(self, role="editor"):
        return self.open(role).context["coverage"]

    def cells(self, role="editor"):
        weeks = self.draw(role)["weeks"]
        return {cell.date: cell for week in weeks for cell in week["cells"]}

    def test_the_span_is_whole_weeks_around_today(self):
        first, last = coverage.span(TODAY)
        self.assertEqual((first, last), (dt.date(2025, 12, 8), dt.date(2026, 2, 1)))
        self.assertEqual(list(self.cells()), [first + dt.timedelta(days=n) for n in range(56)])

    def test_every_kind_of_day(self):
        make_digest("2026-01-05")
        make_digest("2026-01-07")
        PlannedGap.objects.create(date="2026-01-08", reason="설날")
        cells = self.cells()
        for day, kind in (
            ("2026-01-04", "not-watched"),
            ("2026-01-05", "issue"),
            ("2026-01-06", "missing"),
            ("2026-01-08", "none-planned"),
            ("2026-01-14", "to-come"),
            ("2026-01-20", "to-come"),
        ):
            with self.subTest(day):
                self.assertEqual(cells[dt.date.fromisoformat(day)].kind, kind)
        self.assertIn("설날", cells[dt.date(2026, 1, 8)].title)
        self.at(AFTER)
        self.assertEqual(self.cells()[TODAY].kind, "missing")
        self.assertTrue(self.cells()[TODAY].is_today)

    def test_what_is_on_the_way_is_shown_named_and_linked(self):
        draft, handed_in, planned, gone = (make_draft(f"2026-01-{day}") for day in range(15, 19))
        publishing.submit(handed_in)
        publishing.publish(planned, at=FUTURE, unchecked=True)
        publishing.withdraw(publishing.publish(gone, unchecked=True))
        cells = self.cells()
        for digest, kind in (
            (draft, "draft"),
            (handed_in, "in_review"),
            (planned, "scheduled"),
            (gone, "to-come"),
        ):
            digest.refresh_from_db()
            cell = cells[digest.date]
            self.assertEqual((cell.kind, cell.url), (kind, change_url(digest)))
            self.assertIn(str(digest.get_status_display()), cell.title)
        kinds = dict(self.draw()["kinds"])
        self.assertEqual(list(kinds)[:3], ["draft", "in_review", "scheduled"])

    def test_a_day_that_misses_its_digest_says_so_even_with_a_draft(self):
        make_digest("2026-01-05")
        draft = make_draft("2026-01-06")
        cell = self.cells()[draft.date]
        self.assertEqual(cell.kind, "missing")
        self.assertIn(str(draft.get_status_display()), cell.title)

    def test_days_lead_where_the_user_may_go(self):
        digest = make_digest("2026-01-05")
        PlannedGap.objects.create(date="2026-01-08")
        cells = self.cells("writer")
        self.assertEqual(cells[digest.date].url, change_url(digest))
        self.assertEqual(
            cells[dt.date(2026, 1, 8)].url, reverse("admin:articles_plannedgap_changelist")
        )
        add = cells[dt.date(2026, 1, 6)].url
        self.assertContains(self.client.get(add), 'value="2026-01-06"')
        self.roles["looker"] = make_user("looker", permissions=["view_digest"])
        self.assertEqual(self.cells("looker")[dt.date(2026, 1, 6)].url, "")
        days = self.cells("writer").values()
        pages = {cell.url.partition("?")[0]: cell.url for cell in days}
        self.assertEqual(len(pages), 3)
        for url in (*pages.values(), next(iter(days)).url):
            with self.subTest(url):
                self.assertEqual(self.client.get(url).status_code, 200)

    def test_the_drawing_says_in_words_what_it_shows(self):
        make_digest("2026-01-05")
        text = self.open().content.decode()
        svg = re.search(r"<svg viewBox.*?</svg>\s*<ul", text, re.DOTALL)[0].removesuffix("<ul")
        drawing = ElementTree.fromstring(
            svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        )
        named = drawing.attrib["aria-labelledby"].split()
        for name in named:
            self.assertEqual(text.count(f'id="{name}"'), 1)
        days = [*drawing.iter(f"{SVG}a"), *drawing.iter(f"{SVG}g")]
        self.assertEqual(len(days), 56)
        for day in days:
            title = day.find(f"{SVG}title").text
            self.assertEqual(day.attrib["aria-label"], title)
            self.assertRegex(title, r"^\d{4}-\d{2}-\d{2} \(.+\): .+")
        [today] = [day for day in days if day.attrib.get("aria-current") == "date"]
        self.assertIn("2026-01-14", today.attrib["aria-label"])

    def test_each_kind_has_a_sign_and_not_only_a_colour(self):
        make_digest("2026-01-05")
        make_digest("2026-01-07")
        PlannedGap.objects.create(date="2026-01-08")
        _draft, handed_in, planned = (make_draft(f"2026-01-{day}") for day in (15, 16, 17))
        publishing.submit(handed_in)
        publishing.publish(planned, at=FUTURE, unchecked=True)
        text = self.open().content.decode()
        signs = {}
        kinds = ("issue", "missing", "none-planned", "to-come", "draft", "in_review", "scheduled")
        for kind in kinds:
            found = re.search(
                rf'sign-{kind}".*?<(path|circle) class="sign"([^>]*)>', text, re.DOTALL
            )
            signs[kind] = found[0].split("/>")[1]
        self.assertEqual(len(set(signs.values())), 7)

    def test_the_table_says_the_same(self):
        make_digest("2026-01-05")
        page = self.open()
        table = re.search(r"<table>.*</table>", page.content.decode(), re.DOTALL)[0]
        rows = re.findall(r'<time datetime="([^"]+)".*?<td>(?:<a [^>]*>)?([^<]+)', table, re.DOTALL)
        cells = [cell for week in page.context["coverage"]["weeks"] for cell in week["cells"]]
        self.assertEqual(rows, [(cell.date.isoformat(), cell.label) for cell in cells])
