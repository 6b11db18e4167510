"""One walk through the newest rows finds what a look for each rank finds."""

from unittest import mock

from django.db import connection
from django.test import TestCase

from articles import search
from articles.search import finding, ranks, tables, walking
from articles.search.ranks import Rank
from articles.search.spellings import Spellings
from articles.search.stretches import BRIEF
from tests.search.questions import QUESTIONS, make_articles
from tests.search.test_ranking import make_days
from tests.support.factories import make_article, make_digest, publish
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
            walked = tables.walk(query, *KEYS, 99)
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
                    with mock.patch.multiple(walking, MOST=most, MOST_OF_ONE_WORD=most):
                        found = self.looks(query, limit)
                    with self.subTest(query, limit=limit, most=most):
                        self.assertEqual(found, expected)

    def test_all_ranks_are_walked_for_once_where_the_database_walks(self):
        for text in ("반도체 규제", "반도체"):
            with mock.patch.object(tables, "walk", wraps=tables.walk) as walk:
                self.looks(search.parse(text), 21)
            self.assertEqual(walk.call_count, connection.vendor == "postgresql", text)

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

    def test_what_the_newest_rows_have_is_looked_for_where_it_should_be(self):
        years = [2026, 2026, 2010, 2010, 1999, 1999, 1980, 1980]
        for text in ("번째", "번째 기사", "번째 기사 -갈매기"):
            with self.subTest(text):
                found, each = self.steps(text)
                self.assertEqual(found, years)
                self.assertEqual(each[Rank.HEADLINE], 2)
        self.assertEqual(self.steps("번째 기사", newest=True), (years, {Rank.ANY: 2}))

    def test_what_they_do_not_have_takes_one_look_where_it_is_rare_and_else_two(self):
        """Several words are rare; of one word a walk tells, but not if others are excluded."""
        one_word = 1 if connection.vendor == "postgresql" else 2
        for text, looks in (("갈매기", one_word), ("번째 갈매기", 1), ("갈매기 -기사", 2)):
            with self.subTest(text):
                found, each = self.steps(text)
                self.assertEqual(found, [])
                self.assertEqual(set(each.values()), {looks})

    def test_whether_there_is_a_hit_takes_a_look_at_the_newest_days_and_one_at_the_rest(self):
        make_article(make_digest("2025-10-01"), headline="갈매기가 돌아왔다")
        search.rebuild()
        for text, is_hit in (("번째", True), ("갈매기", True), ("비둘기", False)):
            with mock.patch.object(tables, "look", wraps=tables.look) as look:
                self.assertIs(finding.has_hits(search.parse(text)), is_hit, text)
            spans = [each.args[1:3] for each in look.call_args_list]
            days = [high // tables.PLACES - low // tables.PLACES + 1 for low, high in spans]
            self.assertEqual(days[0], BRIEF)
            self.assertEqual(len(days), 1 if text == "번째" else 2)
