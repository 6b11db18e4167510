"""How digests with certain articles are found, and that databases need not read all of them."""

import datetime as dt
from unittest.mock import patch

from django.db import connection
from django.db.models import QuerySet
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from articles.models import Digest, Publisher, Tag
from tests.support.factories import make_article, make_digest, publish


class NewestLinkedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for day, tags in (("2024-01-01", ["칩"]), ("2024-02-01", []), ("2025-01-10", ["칩"])):
            for month in ("-", "+"):
                date = day if month == "-" else f"{day[:8]}20"
                digest = make_digest(date, articles=0, published=False)
                make_article(digest, headline="다른", tags=["로봇"])
                make_article(digest, headline="찾는", tags=tags)
                publish(digest)
        make_article(make_digest("2025-01-30", articles=0, published=False), tags=["칩"])
        cls.links = Tag.objects.get(name="칩").tagged_articles.all()

    def found(self, links, article="content_object", limit=10):
        found = Digest.objects.published().newest_linked(links, article, limit)
        return [(f"{d.date}", [a.headline for a in d.listed_articles]) for d in found]

    def days(self, limit):
        return [day for day, _articles in self.found(self.links, limit=limit)]

    def test_newest_first_with_their_articles_whatever_is_looked_at_first(self):
        expected = ["2025-01-20", "2025-01-10", "2024-01-20", "2024-01-01"]
        for days in (0, 5, 10, 400, 10**6):
            with self.subTest(days), patch("articles.querysets.LAST_DAYS", dt.timedelta(days)):
                self.assertEqual(self.found(self.links), [(day, ["찾는"]) for day in expected])
                for limit in (1, 2, 3):
                    self.assertEqual(self.days(limit), expected[:limit])

    def test_citations_lead_to_articles_as_well(self):
        citations = Publisher.objects.get().citations.all()
        self.assertEqual(self.found(citations, "article", 1), [("2025-01-20", ["다른", "찾는"])])

    def test_nothing_is_found_where_nothing_is(self):
        self.assertEqual(self.found(self.links.none()), [])
        Digest.objects.all().delete()
        self.assertEqual(self.found(self.links), [])


class DatesTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for day in ("2024-12-31", "2025-01-01", "2025-01-31", "2025-02-28", "2027-06-15"):
            make_digest(day, articles=1)

    def test_years_months_and_days_are_those_that_django_finds(self):
        for rows in (Digest.objects.all(), Digest.objects.filter(articles__headline__contains="1")):
            for kind in ("year", "month", "week", "day"):
                for order in ("ASC", "DESC"):
                    with self.subTest(kind, order=order):
                        found = rows.dates("date", kind, order)
                        self.assertEqual([*found], [*QuerySet.dates(rows, "date", kind, order)])

    def test_no_row_calls_python(self):
        query = str(Digest.objects.dates("date", "year").query)
        self.assertNotIn("django_date_trunc", query)


class PlanTests(TestCase):
    def test_the_newest_digest_is_found_by_its_day(self):
        if connection.vendor != "sqlite":
            self.skipTest("PostgreSQL plans by what is in the tables.")
        with CaptureQueriesContext(connection) as queries:
            Digest.objects.published().previous_to(dt.date(2026, 1, 1))
        [query] = queries
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = [row[3] for row in cursor.fetchall()]
        self.assertEqual(len(plan), 1)
        self.assertIn("(date<?)", plan[0])
