"""The order of hits: headlines first, the newest of each rank first, page after page."""

import datetime as dt
import uuid
from unittest import mock

from django.test import TestCase
from django.utils.html import strip_tags

from articles import search
from articles.models import Article
from articles.search import finding, tables
from articles.search.spellings import NONE, Spellings
from tests.support.factories import make_article, make_digest, publish

# Headline, point and tag of the articles of each day.
DAYS = {
    "2024-01-01": [("반도체 규제 완화", "오래된 기사", "")],
    "2026-01-01": [("반도체 수출", "규제는 없다", ""), ("날씨", "반도체와 규제", "")],
    "2026-01-02": [("규제 혁신", "차세대반도체", ""), ("경제", "5G 시장", "통신")],
    "2026-01-03": [("증시", "반도체 규제", ""), ("통신 요금", "값이 내렸다", "")],
    "2026-01-04": [("새 반도체 규제", "끝", ""), ("소식", "아무것도 없다", "")],
}


def make_days():
    for date, articles in DAYS.items():
        digest = make_digest(date, articles=0, published=False)
        for headline, point, tag in articles:
            make_article(
                digest,
                headline=headline,
                points=[point],
                tags=[tag] if tag else [],
                technical_significance="",
                industry_impact="",
                outlook="",
            )
        publish(digest)


class RankTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_days()

    def headlines(self, text, spellings=NONE, **options):
        """All headlines in their order, two hits a page."""
        query = search.parse(text, spellings=spellings)
        found, after = [], None
        with mock.patch.object(finding, "HITS_A_PAGE", 2):
            while True:
                page = search.find(query, after, **options)
                found += [strip_tags(hit.headline) for hit in page.hits]
                if not page.more:
                    return found
                after = search.cursor(str(page.more))

    def test_hits_in_headlines_come_first_however_old_they_are(self):
        self.assertEqual(
            self.headlines("반도체"),
            ["새 반도체 규제", "반도체 수출", "반도체 규제 완화", "증시", "규제 혁신", "날씨"],
        )

    def test_of_several_words_all_in_the_headline_is_best_and_some_is_better_than_none(self):
        self.assertEqual(
            self.headlines("반도체 규제"),
            ["새 반도체 규제", "반도체 규제 완화", "규제 혁신", "반도체 수출", "증시", "날씨"],
        )

    def test_newest_is_by_day_alone_and_has_the_same_hits(self):
        newest = self.headlines("반도체 규제", newest=True)
        self.assertEqual(
            newest,
            ["새 반도체 규제", "증시", "규제 혁신", "반도체 수출", "날씨", "반도체 규제 완화"],
        )
        self.assertEqual(sorted(newest), sorted(self.headlines("반도체 규제")))

    def test_what_only_a_wider_name_finds_comes_last(self):
        spellings = Spellings({}, {"통신": ("5G",), "5g": ("통신",)})
        self.assertEqual(self.headlines("통신", spellings), ["통신 요금", "경제"])
        self.assertEqual(self.headlines("5G", spellings), ["경제", "통신 요금"])
        self.assertEqual(self.headlines("5G", spellings, newest=True), ["통신 요금", "경제"])

    def test_filters_alone_are_answered_by_day(self):
        page = search.find(search.parse("", tags=("통신",)))
        self.assertEqual([strip_tags(hit.headline) for hit in page.hits], ["경제"])

    def test_rows_of_an_older_form_are_found_and_take_their_place_when_they_are_renewed(self):
        article = Article.objects.get(headline="반도체 규제 완화")
        key = tables.key_of(article.digest.date, 1)
        text = tables.Text(" 반도체 규제 완화 \n 오래된 기사 ")
        row = tables.Row(key, article.digest.pk, article.uid, text)
        tables.replace(article.digest.pk, article.digest.date, [row])
        best = ["새 반도체 규제", "반도체 수출", "반도체 규제 완화", "증시", "규제 혁신", "날씨"]
        self.assertEqual(self.headlines("반도체"), [*best[:2], *best[3:], best[2]])
        self.assertEqual(search.renew(), 1)
        self.assertEqual(self.headlines("반도체"), best)
        self.assertEqual(search.renew(), 0)

    def test_rows_of_an_older_form_are_removed_if_their_digest_is_gone(self):
        day = dt.date(2020, 1, 1)
        row = tables.Row(tables.key_of(day, 1), 999, uuid.uuid4(), tables.Text(" 가 "))
        tables.replace(999, day, [row])
        self.assertEqual(search.renew(), 1)
        self.assertEqual(tables.digests_of_older_form(), [])
