"""What is found, the same on both databases."""

import datetime as dt
import uuid

from django.test import SimpleTestCase, TestCase
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import SimpleTestCase as SimpleLawCase
from hypothesis.extra.django import TestCase as LawCase

from articles import search
from articles.search import tables, terms
from tests.search.questions import (
    ALL,
    ARTICLES,
    QUESTIONS,
    answers,
    has,
    make_articles,
    passages_of,
    quoted,
)
from tests.support.factories import make_article, make_digest, publish
from tests.support.waiting import PATIENCE


def found(text, before=None, **options):
    """Permanent ids of the hits on one page, in their order."""
    page = search.find(search.parse(text, **options), before)
    return [hit.uid for hit in page.hits]


class TableTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        digest, cls.ids = make_articles()
        publish(digest)

    def names(self, text, **options):
        names = {uid: name for name, uid in self.ids.items()}
        return {names[uid] for uid in found(text, **options)}

    def test_every_question_has_exactly_its_hits(self):
        self.assertGreater(len(QUESTIONS), 60)
        for text, expected in QUESTIONS:
            with self.subTest(text):
                self.assertEqual(self.names(quoted(text)), expected)

    def test_words_without_quotation_marks_find_as_much_and_more(self):
        for text, expected in QUESTIONS:
            with self.subTest(text):
                self.assertLessEqual(expected, self.names(text))

    def test_the_index_is_right_where_every_row_is_not_looked_at(self):
        """The newest rows are walked through; older ones are found by their terms."""
        low, high = tables.span(None, None)
        names = {uid: name for name, uid in self.ids.items()}
        for text, expected in QUESTIONS:
            query = search.parse(quoted(text))
            rows = tables.look(query, low, high, 20, walk=False, seconds=PATIENCE)
            with self.subTest(text):
                self.assertEqual({names[uid] for _key, uid in rows}, expected)

    def test_topics_publishers_and_days_narrow(self):
        for text, options, expected in (
            ("반도체", {"tags": ("규제",)}, {"china", "korea"}),
            ("", {"tags": ("규제", "반도체")}, {"korea"}),
            ("", {"tags": ("ＲＯＢＯＴＳ",)}, {"cafe"}),
            ("", {"tags": ("Robot",)}, set()),
            ("", {"tags": ("반도",)}, set()),
            ("", {"publishers": ("The Verge",)}, {"gpt", "cafe"}),
            ("", {"publishers": ("Verge",)}, set()),
            ("gpus", {"publishers": ("The Verge",), "tags": ("Robots",)}, {"cafe"}),
            ("-gpus", {"publishers": ("The Verge",)}, {"gpt"}),
            ("", {"start": dt.date(2026, 1, 3), "end": dt.date(2026, 1, 3)}, ALL),
            ("칩", {"start": dt.date(2026, 1, 4)}, set()),
            ("칩", {"end": dt.date(2026, 1, 2)}, set()),
            ("칩", {"end": dt.date(2026, 1, 3)}, {"gpu", "korea"}),
        ):
            with self.subTest(text, **options):
                self.assertEqual(self.names(text, **options), expected)

    def test_markdown_is_searched_as_it_is_read(self):
        digest = make_digest("2026-01-04", articles=0, published=False)
        make_article(
            digest,
            headline="표시 `그대로`",
            points=["**갈매기**가 [날아](https://fly.example/secretpath) 올랐다", "1. 첫째"],
            outlook="- 목록\n- 부호\n\n| 가열 | 나열 |\n|---|---|\n| 하나 | 둘셋 |",
            other=[{"after": "points", "text": "> 따온 *말*이다"}],
        )
        publish(digest)
        for text in ("갈매기가", '"갈매기가 날아"', "부호", "둘셋", '"따온 말이다"', '"1 첫째"'):
            with self.subTest(text):
                self.assertEqual(len(found(text)), 1)
        for text in ("secretpath", "https", '"부호 하나 하나"'):
            with self.subTest(text):
                self.assertEqual(found(text), [])


class OracleTests(SimpleTestCase):
    """The table is not only what the code does: plain regular expressions agree."""

    def test_the_oracle_confirms_the_table(self):
        for text, expected in QUESTIONS:
            with self.subTest(text):
                self.assertEqual({n for n in ARTICLES if answers(text, passages_of(n))}, expected)


SYLLABLES = st.sampled_from("가나다칩각")
MIXED = st.lists(
    st.one_of(
        st.text(SYLLABLES, min_size=1, max_size=4),
        st.sampled_from(["gpu", "AI", "Ai", "5", "4.5", "1,000", "é", "の", "中"]),
        st.sampled_from([" ", " ", ", ", "-", "·", "(", "… ", "%", "\u200b"]),
    ),
    max_size=12,
).map("".join)
WORDS = MIXED.filter(lambda text: bool(terms.canonical(text)))


class TermLawTests(SimpleLawCase):
    @given(MIXED, WORDS)
    @settings(max_examples=300)
    def test_a_piece_is_in_a_text_if_the_oracle_finds_it(self, text, words):
        self.assertEqual(terms.piece(words) in terms.canonical(text), has([text], words))

    @given(MIXED, WORDS)
    @settings(max_examples=300)
    def test_a_text_with_a_piece_has_its_terms(self, text, words):
        for whole in (terms.canonical(text + words), terms.canonical(words + " " + text)):
            if (piece := terms.piece(words)) in whole:
                self.assertLessEqual(terms.terms(piece), terms.terms(whole))


class FindingLawTests(LawCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_digest(articles=1)

    @given(
        st.lists(WORDS, min_size=1, max_size=8),
        st.lists(st.tuples(st.sampled_from(["", "", "-"]), WORDS), max_size=4),
    )
    @settings(max_examples=40)
    def test_search_finds_what_the_oracle_finds(self, texts, parts):
        question = " ".join(f'{minus}"{words}"' for minus, words in parts)
        low, high = tables.span(None, None)
        self.fill(texts)
        try:
            query = search.parse(question)
        except search.Unusable:
            return
        expected = {n for n, text in enumerate(texts) if answers(question, [text])}
        for walk in (True, False):
            rows = tables.look(query, low, high, 20, walk=walk, seconds=PATIENCE)
            self.assertEqual({uid.int for _key, uid in rows}, expected, question)

    def fill(self, texts):
        digest = self.digest
        rows = []
        for place, text in enumerate(texts):
            key = tables.key_of(digest.date, place + 1)
            found = tables.Text(terms.canonical(text))
            row = tables.Row(key, digest.pk, uuid.UUID(int=place), found)
            rows.append(row)
        tables.replace(digest.pk, digest.date, rows)
