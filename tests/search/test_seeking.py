"""Pieces are found in a folded text exactly where its tokens have them."""

from django.test import SimpleTestCase
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import SimpleTestCase as LawCase

from articles.search import marking, terms
from articles.search.seeking import sought

SIGNS = [" ", " ", ", ", "-", "·", "_", "… ", "+", "++", "#", ".", ",", "\u200b", "\u30fb"]
TEXTS = st.lists(
    st.one_of(
        st.text(st.sampled_from("가나다칩"), min_size=1, max_size=3),
        st.sampled_from(["gpu", "AI", "c", "C", "5", "4.5", "1,000", "é", "の", "中", "ﬁ", "々"]),
        st.sampled_from(SIGNS),
    ),
    max_size=14,
).map("".join)


def found(text, words):
    folded = terms.folded(text)
    return [folded[start:end] for start, end in sought(terms.piece(words)).spans(folded)]


class SeekingTests(SimpleTestCase):
    def test_a_piece_is_found_where_it_begins_and_ends_as_it_was_asked_for(self):
        for text, words, expected in (
            ("새 반도체칩", "반도체", ["반도체"]),
            ("반도체칩 칩, 새칩", "칩", ["칩"]),
            ("AI와 said, 5ai", "ai", ["ai", "ai"]),
            ("인공·지능, 인공지능", "인공 지능", ["인공·지능"]),
            ("gpu칩 gpu-칩 gpus칩", "gpu 칩", ["gpu칩", "gpu-칩"]),
            ("c++ 언어, c + 언어", "c 언어", ["c + 언어"]),
            ("가가가", "가가", ["가가", "가가"]),
            ("시장", "규모", []),
        ):
            with self.subTest(text):
                self.assertEqual(found(text, words), expected)

    def test_only_numbers_signs_and_long_pieces_need_the_tokens(self):
        for words in ("반도체", "칩", "ai", "인공 지능", "gpu 칩", "ai の 中"):
            self.assertTrue(sought(terms.piece(words)).is_direct, words)
        for words in ("gpt 5", "4.5", "c++", "1,000 달러", "가 나 다 라 마"):
            self.assertFalse(sought(terms.piece(words)).is_direct, words)


class SeekingLawTests(LawCase):
    @given(TEXTS, TEXTS)
    @example("c++ 가", "c 가")
    @example("c# 가", "c 가")
    @example("gpu_칩", "gpu 칩")
    @settings(max_examples=400)
    def test_it_finds_what_the_tokens_say(self, text, words):
        piece = terms.piece(words)
        each = sought(piece)
        if not each.is_direct:
            return
        folded = terms.folded(text)
        origins = terms.origins(text) or [(n, n + 1) for n in range(len(folded))]
        direct = [(origins[a][0], origins[b - 1][1]) for a, b in each.spans(folded)]
        self.assertEqual(direct, [*marking._occurrences(*terms.located(text), piece)])

    @given(TEXTS, st.integers(0, 20), st.integers(1, 8))
    @settings(max_examples=400)
    def test_it_finds_every_part_of_a_text(self, text, start, length):
        words = text[start : start + length]
        if (piece := terms.piece(words)) and sought(piece).is_direct:
            is_there = piece in terms.canonical(text)
            self.assertEqual(bool(found(text, words)), is_there)
