"""Which tags occur in a text."""

import unicodedata
from itertools import pairwise

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.recognising.tag_words import (
    MOST_COUNTED,
    Named,
    Part,
    Vocabulary,
    key_of,
    normal,
)
from tests.support import costs

WORDS = Vocabulary(
    [
        Named("인공지능", ("AI", "artificial intelligence")),
        Named("생성형 AI"),
        Named("반도체"),
        Named("보안"),
        Named("애플", ("Apple",)),
        Named("언어 모델"),
        Named("전기차"),
        Named("OpenAI"),
        Named("정보기술", ("IT",)),
        Named("C++"),
        Named("칩"),
    ]
)
# The tag and how it is written in each text, in order.
CASES = {
    "AI가 온다": [("인공지능", "AI")],
    "AI칩": [("인공지능", "AI")],
    "AI-powered": [("인공지능", "AI")],
    "ＡＩ": [("인공지능", "AI")],
    "AIDS": [],
    "HAI": [],
    "AI4": [],
    "Artificial  Intelligence": [("인공지능", "Artificial  Intelligence")],
    "생성형AI와 AI": [("생성형 AI", "생성형AI"), ("인공지능", "AI")],
    "생성형 AI": [("생성형 AI", "생성형 AI")],
    "반도체를": [("반도체", "반도체")],
    "시스템반도체업계": [("반도체", "반도체")],
    "보안을": [("보안", "보안")],
    "보안에서는": [("보안", "보안")],
    "보안관": [],
    "정보안내": [],
    "애플사의 apple": [("애플", "애플"), ("애플", "apple")],
    "애플리케이션": [],
    "언어모델이": [("언어 모델", "언어모델")],
    "언어\n모델": [],
    "전기 차를": [("전기차", "전기 차")],
    "전기 차단기": [],
    "서로 전기차": [("전기차", "전기차")],
    "open AI": [("인공지능", "AI")],
    "OPENAI의": [("OpenAI", "OPENAI")],
    "it is": [],
    "IT 업계": [("정보기술", "IT")],
    "C++로, C+": [("C++", "C++")],
    "칩": [],
    "": [],
}


def written(vocabulary, text):
    whole = normal(text)
    return [(hit.tag, whole[hit.start : hit.end]) for hit in vocabulary.hits(text)]


class HitTests(SimpleTestCase):
    def test_what_counts_as_a_word(self):
        for text, hits in CASES.items():
            with self.subTest(text):
                self.assertEqual(written(WORDS, text), hits)

    def test_decomposed_hangul_is_the_same_word(self):
        text = unicodedata.normalize("NFD", "반도체를")
        self.assertEqual(written(WORDS, text), [("반도체", "반도체")])

    def test_the_own_name_of_a_tag_comes_before_an_alias(self):
        tags = [Named("인공지능", ("AI",)), Named("AI")]
        for order in (tags, tags[::-1]):
            self.assertEqual(written(Vocabulary(order), "AI"), [("AI", "AI")])


class ArticleTests(SimpleTestCase):
    def test_the_headline_counts_more_than_points_and_these_more_than_the_rest(self):
        found = WORDS.in_article(
            [
                (Part.HEADLINE, "반도체"),
                (Part.POINT, "애플의 보안"),
                (Part.POINT, "보안"),
                (Part.TEXT, "애플 AI AI AI"),
            ]
        )
        self.assertEqual(
            [(each.tag, each.weight, each.count) for each in found],
            [("반도체", 10, 1), ("보안", 6, 2), ("애플", 4, 2), ("인공지능", 3, 3)],
        )

    def test_repeating_a_word_soon_weighs_nothing(self):
        [found] = WORDS.in_article([(Part.TEXT, "AI " * 50)])
        self.assertEqual((found.weight, found.count), (MOST_COUNTED, 50))


NAMES = st.text("가나다AI칩b1 +é", min_size=1, max_size=8).filter(
    lambda name: len(key_of(name)) > 1
)
TEXTS = st.text("가나다AI칩b1 +é은를\nİßｶﾞ", max_size=60)


class LawTests(SimpleTestCase):
    @given(st.lists(NAMES, min_size=1, max_size=6), st.data())
    def test_every_name_is_found_where_it_stands_alone(self, names, data):
        vocabulary = Vocabulary([Named(name) for name in names])
        name = data.draw(st.sampled_from(names))
        [(tag, text)] = written(vocabulary, f"\n{name}\n")
        self.assertEqual(key_of(tag), key_of(name))
        self.assertEqual(key_of(text), key_of(name))

    @given(st.lists(NAMES, max_size=6), TEXTS)
    def test_hits_are_what_is_written_there_in_order_and_none_inside_another(self, names, text):
        hits = Vocabulary([Named(name) for name in names]).hits(text)
        for hit in hits:
            self.assertEqual(key_of(normal(text)[hit.start : hit.end]), key_of(hit.tag))
        for one, other in pairwise(hits):
            self.assertLess(one.start, other.start)
            self.assertLess(one.end, other.end)


class CostTests(SimpleTestCase):
    def test_two_thousand_names_cost_little_more_than_twenty(self):
        syllables = "가나다라마바사아자차카타파하"
        names = [f"{a}{b}{c}" for a in syllables for b in syllables for c in syllables][:2_000]
        text = "가나 하카타의 자차카를 AI와 파하하 " * 200
        few, many = (Vocabulary(map(Named, some)) for some in (names[:20], names))
        self.assertLess(costs.calls(many.hits, text), 4 * costs.calls(few.hits, text))

    def test_names_that_begin_alike_cost_no_more_for_a_text_of_the_same_letters(self):
        names = [Named("가" * length) for length in range(2, 41)]
        vocabulary = Vocabulary(names)
        short, long = (costs.calls(vocabulary.hits, "가" * length) for length in (200, 400))
        self.assertLess(long, 2.5 * short)

    def test_a_long_text_is_cheap(self):
        costs.assert_cheap(self, WORDS.hits, "시스템반도체와 생성형AI, 보안관 open AI " * 2_000)
