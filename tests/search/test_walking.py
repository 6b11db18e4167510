"""One walk through the newest rows finds what a look for each rank finds."""

from unittest import mock

from django.db import connection
from django.test import TestCase

from articles import search
from articles.search import ranks, tables, walking
from articles.search.ranks import Rank
from articles.search.spellings import Spellings
from tests.search.questions import QUESTIONS, make_articles
from tests.search.test_ranking import make_days
from tests.support.factories import make_digest, publish
from tests.support.waiting import PATIENCE

WIDER = Spellings({"칩": ("반도체",)}, {"통신": ("5G",), "gpu": ("AI",), "규제": ("수출", "기사")})
ASKED = ("반도체 규제", "반도체 OR 통신 규제", "규제 -수출", "통신 시장", "칩 규제", "gpu 칩")
KEYS = tables.span(None, None)


class WalkTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_days()
        publish(make_articles("2026-01-06")[0])

    def queries(self):
        asked = {*ASKED, *(text for text, _expected in QUESTIONS)}
        return [search.parse(text, spellings=WIDER) for text in sorted(asked)]

    def looks(self, query, limit):
        """What is found of each rank, with what `Looks` knows of a walk."""
        each = ranks.of(query, newest=False)
        looks = walking.Looks(query, [(rank, *KEYS) for rank in each])
        return {rank: looks.newest(rank, *KEYS, limit, PATIENCE) for rank in each}

    def test_a_walk_gives_each_hit_the_rank_that_its_condition_has(self):
        seen = set()
        for query in self.queries():
            walked = tables.walk(query, *KEYS)
            for rank in ranks.of(query, newest=False):
                rows = tables.look(query, *KEYS, 99, rank=rank, walk=True, seconds=PATIENCE)
                with self.subTest(query, rank=rank):
                    self.assertEqual(walked.found.get(rank, []), rows)
                seen.update([rank] if rows else [])
            self.assertLessEqual(walked.found.keys(), set(ranks.of(query, newest=False)))
        self.assertEqual(seen, {Rank.HEADLINE, Rank.PARTLY, Rank.TEXT, Rank.WIDER})

    def test_where_a_walk_ends_early_the_looks_go_on(self):
        for query in self.queries():
            for limit in (1, 3, 21):
                expected = self.looks(query, limit)
                for most in (1, 2, 5):
                    with mock.patch.object(tables, "MOST_WALKED", most):
                        found = self.looks(query, limit)
                    with self.subTest(query, limit=limit, most=most):
                        self.assertEqual(found, expected)

    def test_several_words_are_walked_for_once_where_the_database_walks(self):
        for text, times in (("반도체 규제", 1), ("반도체", 0)):
            with mock.patch.object(tables, "walk", wraps=tables.walk) as walk:
                self.looks(search.parse(text), 21)
            self.assertEqual(walk.call_count, times * (connection.vendor == "postgresql"), text)

    def test_a_rank_with_a_place_of_its_own_is_looked_for_alone(self):
        query = search.parse("반도체 규제")
        low, high = KEYS
        newest = tables.look(query, low, high, 1, rank=Rank.TEXT, walk=True, seconds=PATIENCE)
        places = [(Rank.HEADLINE, low, high), (Rank.TEXT, low, newest[0][0] - 1)]
        looks = walking.Looks(query, places)
        rest = looks.newest(Rank.TEXT, low, newest[0][0] - 1, 21, PATIENCE)
        every = tables.look(query, low, high, 21, rank=Rank.TEXT, walk=True, seconds=PATIENCE)
        self.assertEqual(rest, every[1:])
        self.assertTrue(rest)


class StretchTests(TestCase):
    """How often the rows behind the newest stretch are looked at, in an archive of decades."""

    @classmethod
    def setUpTestData(cls):
        for date in ("1980-01-01", "1999-01-01", "2010-01-01", "2026-01-03"):
            make_digest(date, articles=2)

    def steps(self, text, **options):
        """The hits of the first page, and how many looks each rank took behind the newest rows."""
        with mock.patch.object(tables, "look", wraps=tables.look) as look:
            page = search.find(search.parse(text), **options)
        behind = [each.kwargs["rank"] for each in look.call_args_list if not each.kwargs["walk"]]
        return [hit.day.year for hit in page.hits], {rank: behind.count(rank) for rank in behind}

    def test_several_words_take_one_and_others_two(self):
        years = [2026, 2026, 2010, 2010, 1999, 1999, 1980, 1980]
        one, two = "번째", "번째 기사"
        for text, looks in ((one, 2), (two, 1), (f"{two} -갈매기", 2)):
            with self.subTest(text):
                found, each = self.steps(text)
                self.assertEqual(found, years)
                self.assertEqual(set(each.values()), {looks})
        self.assertEqual(self.steps(two, newest=True), (years, {Rank.ANY: 1}))
