"""What stands beside an article of a day: its storyline, and related articles of earlier days."""

import datetime as dt

import pytest
from django.db import connection
from django.test import TestCase, TransactionTestCase

from articles.digests import editing, publishing
from articles.models import Digest
from articles.pages import digest_cache, parts, ties
from tests.storylines.site import NAME, entry, make_story
from tests.support.factories import make_article, make_digest, publish

DAY = dt.date(2026, 3, 1)
# The digests of the page, its parts (articles, citations, tags, signatures, corrections), the
# neighbours in one query, and what is beside its articles in one.
QUERIES = 8


def of(digest):
    digest = Digest.objects.get(pk=digest.pk)
    parts.load([digest])
    found = ties.of_digest(digest)
    return [found.get(article.pk) for article in digest.articles.all()]


def headlines(linked):
    return [other.headline for other in linked]


def day(days, *articles):
    """A published digest so many days after DAY, of (headline, tags, publisher)."""
    digest = make_digest(DAY + dt.timedelta(days=days), articles=0, published=False)
    for headline, tags, paper in articles:
        cited = [(paper, f"https://paper.example/{days}/{headline}", None)]
        make_article(digest, headline=headline, tags=tags, citations=cited)
    return publish(digest)


class StorylineTies(TestCase):
    def setUp(self):
        days = [DAY + dt.timedelta(days=number) for number in range(4)]
        self.digests = make_story(days=days)

    def test_up_to_two_earlier_entries_and_the_next_one(self):
        found = [of(digest)[0] for digest in self.digests]
        self.assertEqual({one.name for one in found}, {NAME})
        self.assertEqual({one.address for one in found}, {"/storylines/가속기-경쟁/"})
        self.assertEqual(
            [headlines(one.earlier) for one in found],
            [[], ["소식 1"], ["소식 2", "소식 1"], ["소식 3", "소식 2"]],
        )
        self.assertEqual(
            [one.later and one.later.headline for one in found],
            ["소식 2", "소식 3", "소식 4", None],
        )

    def test_an_article_without_a_storyline_has_nothing_to_do_with_it(self):
        self.assertEqual([of(digest)[1] for digest in self.digests], [None] * 4)

    def test_what_readers_have_not_is_not_linked(self):
        publishing.withdraw(self.digests[1])
        third = of(self.digests[2])[0]
        self.assertEqual(headlines(third.earlier), ["소식 1"])
        for digest in (self.digests[0], self.digests[3]):
            publishing.withdraw(digest)
        self.assertEqual(of(self.digests[2])[0], None)  # the last that is left

    def test_the_page_of_an_article_has_them_too(self):
        article = entry(self.digests[1])
        self.assertEqual(ties.of_article(article), of(self.digests[1])[0])
        with self.assertNumQueries(1):
            ties.of_article(article)

    def test_related_articles_of_an_article_are_others_than_these(self):
        for digest in self.digests:
            editing.set_tags(entry(digest), ["반도체"])
        day(5, ("다른 소식", ["반도체"], "가"))
        page = self.client.get(entry(self.digests[1]).get_absolute_url())
        self.assertEqual(headlines(page.context["related"]), ["소식 4", "다른 소식"])


class RelatedTies(TestCase):
    def test_what_few_share_counts_and_the_latest_comes_first(self):
        day(-3, ("오래된 로봇", ["로봇"], "가"), ("칩", ["칩"], "나"))
        day(-2, ("로봇", ["로봇"], "다"), ("로봇과 칩", ["로봇", "칩"], "라"))
        own = day(0, ("새 로봇과 칩", ["로봇", "칩"], "마"), ("다른 것", ["달"], "바"))
        first, second = of(own)
        self.assertEqual(headlines(first.earlier), ["로봇과 칩", "칩"])
        self.assertEqual((first.address, first.later, second), ("", None, None))

    def test_entries_of_the_storyline_come_before_other_articles(self):
        day(-1, ("로봇", ["로봇"], "가"))
        old, new = make_story(days=[DAY - dt.timedelta(days=9), DAY])
        article = entry(new)
        article.tags.add("로봇")
        self.assertEqual(headlines(of(new)[0].earlier), ["소식 1", "로봇"])
        self.assertEqual(of(old)[0].later.headline, "소식 2")

    def test_a_frequent_tag_relates_nothing(self):
        day(-1, *((f"소식 {number}", ["AI"], f"신문 {number}") for number in range(21)))
        self.assertEqual(of(day(0, ("새 소식", ["AI"], "가")))[0], None)

    def test_neither_later_nor_old_articles_are_related(self):
        day(1, ("다음 로봇", ["로봇"], "가"))
        day(-31, ("옛 로봇", ["로봇"], "나"))
        self.assertEqual(of(day(0, ("로봇", ["로봇"], "다")))[0], None)


class CostTests(TestCase):
    def test_a_day_costs_no_query_more_than_without_them(self):
        digests = make_story()
        for path in ("/", digests[1].get_absolute_url()):
            with self.subTest(path), self.assertNumQueries(QUERIES):
                self.client.get(path)

    @pytest.mark.one_engine
    def test_a_long_archive_of_the_same_publisher_and_tag_costs_nothing(self):
        for days in range(-5, 0):
            day(days, ("로봇", ["로봇"], "가"))
        digest = day(0, ("새 로봇", ["로봇"], "가"))
        before = steps_of(digest)
        for days in range(-100, -50):
            day(days, *((f"옛 로봇 {number}", ["로봇"], "가") for number in range(3)))
        self.assertLess(steps_of(digest), 1.2 * before)

    @pytest.mark.one_engine
    def test_twenty_tags_more_cost_little(self):
        for days in range(-20, 0):
            day(days, *((f"옛 로봇 {number}", ["로봇"], "가") for number in range(3)))
        few = day(0, ("새 로봇", ["로봇"], "나"))
        many = day(1, ("다른 로봇", ["로봇", *map("다른 태그 {}".format, range(20))], "나"))
        self.assertLess(steps_of(many), 1.3 * steps_of(few))


def steps_of(digest):
    """How many tens of instructions SQLite needs for what is beside the articles of a digest."""
    digest = Digest.objects.get(pk=digest.pk)
    parts.load([digest])
    steps = []
    connection.connection.set_progress_handler(lambda: steps.append(1), 10)
    try:
        ties.of_digest(digest)
    finally:
        connection.connection.set_progress_handler(None, 0)
    return len(steps)


@pytest.mark.one_engine
class KeptPageTests(TransactionTestCase):
    """The parts of a digest that are kept hold nothing of other digests."""

    serialized_rollback = True

    def test_a_hidden_headline_never_stays_shown(self):
        digests = make_story()
        shown = digests[2].get_absolute_url()
        for _again in range(2):
            self.assertContains(self.client.get(shown), "소식 2")
        [kept] = digest_cache.with_parts([Digest.objects.get(pk=digests[2].pk)])
        self.assertTrue(digest_cache.is_kept(kept))
        publishing.withdraw(digests[1])
        self.assertNotContains(self.client.get(shown), "소식 2")
        self.assertContains(self.client.get(shown), "소식 1")
        [same] = digest_cache.with_parts([Digest.objects.get(pk=digests[2].pk)])
        self.assertIs(same, kept)
