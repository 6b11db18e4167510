"""A day typed into the search leads to its digest."""

import datetime as dt

import time_machine

from articles import search
from tests.support.factories import make_digest
from tests.views.test_search import SearchCase

LINK = '<a class="meant" href="/2026/01/03/">2026년 1월 3일 토요일 다이제스트</a>'


@time_machine.travel(dt.datetime(2026, 3, 1, 3, 0, tzinfo=dt.UTC), tick=False)
class TypedDayTests(SearchCase):
    def test_the_digest_of_a_typed_day_is_offered(self):
        make_digest("2026-01-03")
        for typed in ("2026-01-03", "2026.1.3.", "2026년 1월 3일 토요일", "20260103", "1월 3일"):
            with self.subTest(typed):
                self.assertInHTML(LINK, self.get(typed))

    def test_the_digests_of_a_typed_month_are_offered(self):
        make_digest("2026-01-03")
        link = '<a class="meant" href="/2026/01/">2026년 1월 다이제스트</a>'
        for typed in ("2026년 1월", " 2026년1월 ", "2026-01", "2026.1.", "2026年1月", "Jan 2026"):
            with self.subTest(typed):
                page = self.get(typed)
                self.assertInHTML(link, page)
                self.assertNotIn("기사가 없습니다", page)
        for typed in ("2026년 2월", "2026년 13월", "1월", "2026년 1월 뉴스"):
            with self.subTest(typed):
                self.assertNotIn('class="meant"', self.get(typed))

    def test_a_typed_month_is_offered_beside_hits(self):
        digest = make_digest("2026-01-03")
        digest.articles.update(headline="2026년 1월 출시")
        search.index(digest)
        page = self.get("2026년 1월")
        self.assertIn('<article class="hit">', page)
        self.assertIn('class="meant" href="/2026/01/"', page)

    def test_it_is_offered_beside_hits(self):
        digest = make_digest("2026-01-03")
        digest.articles.update(headline="1월 3일 발사")
        page = self.get("2026-01-03", **{"from": "2026-01-01"})
        self.assertInHTML(LINK, page)

    def test_a_day_without_a_public_digest_offers_nothing(self):
        make_digest("2026-01-03", published=False)
        self.assertNotIn("다이제스트</a>", self.get("2026-01-03"))

    def test_a_digest_that_is_found_is_an_answer_without_articles(self):
        make_digest("2026-01-03")
        page = self.get("2026-01-03")
        self.assertInHTML(LINK, page)
        for not_found in ("기사가 없습니다", "이렇게 찾을 수 있습니다", "혹시"):
            self.assertNotIn(not_found, page)

    def test_a_day_without_a_public_digest_is_said_to_have_none(self):
        make_digest("2026-01-03", published=False)
        for typed in ("2026-01-03", "1월 3일"):
            page = self.get(typed)
            self.assertIn("2026년 1월 3일 토요일에 나온 다이제스트가 없습니다.", page)
            self.assertNotIn("낱말을 줄이거나", page)

    def test_words_beside_a_day_are_words(self):
        digest = make_digest("2026-01-03")
        digest.articles.update(headline="2026-01-03 반도체")
        search.index(digest)
        page = self.get("2026-01-03 반도체")
        self.assertIn('<article class="hit">', page)
        self.assertNotIn("다이제스트</a>", page)

    def test_where_they_find_nothing_its_digest_is_offered_too(self):
        make_digest("2026-01-03")
        for typed in ("1월 3일 뉴스", "1월 3일자", "2026-01-03 반도체"):
            page = self.get(typed)
            self.assertInHTML(LINK, page)
            self.assertIn("낱말을 줄이거나", page)
        self.assertNotIn("다이제스트가 없습니다", self.get("1월 4일 뉴스"))

    def test_a_day_without_a_year_is_the_last_one(self):
        make_digest("2025-12-24")
        self.assertIn('href="/2025/12/24/"', self.get("12월 24일"))

    def test_the_next_hits_come_without_it(self):
        make_digest("2026-01-03")
        self.assertIn("2026년 1월 3일", self.get("1월 3일"))
        self.assertNotIn("2026년 1월 3일 토요일 다이제스트", self.get("1월 3일", before="0"))
