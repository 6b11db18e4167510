"""Which articles are shown as related to one."""

import datetime as dt

import pytest
from django.test import TestCase

from articles.models import Digest
from articles.pages import parts, related
from tests.support.factories import make_article, make_digest, publish

DAY = dt.date(2026, 6, 1)
OTHER = [("다른신문", "https://other.example/1", None)]


def digest_of(days, *articles):
    """A published digest so many days from DAY, of (headline, tags, citations)."""
    digest = make_digest(DAY + dt.timedelta(days=days), articles=0, published=False)
    for headline, tags, citations in articles:
        make_article(digest, headline=headline, tags=tags, citations=citations)
    return publish(digest)


def own(headline):
    return [(f"{headline} 신문", f"https://{abs(hash(headline))}.example/", None)]


def loaded(digest):
    digest = Digest.objects.get(pk=digest.pk)
    parts.load([digest])
    return digest


def related_headlines(digest, **options):
    article = loaded(digest).articles.all()[0]
    return [other.headline for other in related.related_to(article, **options)]


class RelatedTests(TestCase):
    def test_shared_tags_count_for_more_than_a_shared_publisher_and_rare_ones_for_most(self):
        today = digest_of(0, ("오늘", ["AI", "광통신"], OTHER), ("같은 날", ["광통신"], OTHER))
        digest_of(-1, ("같은 매체", [], OTHER))
        digest_of(-2, ("흔한 주제 하나", ["AI"], own("가")), ("흔한 주제 둘", ["AI"], own("나")))
        digest_of(-3, ("드문 주제", ["광통신"], own("다")), ("남남", ["요리"], own("라")))
        self.assertEqual(
            related_headlines(today), ["드문 주제", "흔한 주제 하나", "흔한 주제 둘", "같은 매체"]
        )

    def test_what_came_later_is_shown_and_what_is_far_away_is_not(self):
        today = digest_of(0, ("오늘", ["AI"], own("가")))
        near = related.DAYS_AROUND
        for days in (-near - 1, -near, near, near + 1):
            digest_of(days, (f"{days}일", ["AI"], own(str(days))))
        self.assertEqual(related_headlines(today), [f"{-near}일", f"{near}일"])

    def test_the_nearest_day_decides_between_equals_and_few_are_shown(self):
        today = digest_of(0, ("오늘", ["AI"], own("가")))
        for days in range(1, 9):
            digest_of(days, (f"{days}일 뒤", ["AI"], own(str(days))))
        self.assertEqual(related_headlines(today), [f"{days}일 뒤" for days in range(1, 6)])
        self.assertEqual(related_headlines(today, limit=1), ["1일 뒤"])

    def test_hidden_articles_are_not_related(self):
        today = digest_of(0, ("오늘", ["AI"], own("가")))
        draft = make_digest(DAY - dt.timedelta(days=1), articles=0, published=False)
        make_article(draft, headline="초안", tags=["AI"])
        self.assertEqual(related_headlines(today), [])

    # The number of queries is the same whichever engine answers them.
    @pytest.mark.one_engine
    def test_it_costs_the_same_however_many_there_are(self):
        today = digest_of(0, ("오늘", ["AI"], own("가")))
        digest_of(1, ("하나", ["AI"], own("나")))
        article = loaded(today).articles.all()[0]
        with self.assertNumQueries(3):
            related.related_to(article)
        for days in range(2, 30):
            digest_of(days, (f"{days}일 뒤", ["AI"], own(str(days))))
        with self.assertNumQueries(3):
            related.related_to(article)
