import itertools
import random

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.digests.diffing import ADDED, CHANGED, REMOVED, SAME, Segment, compare, compare_words
from tests.support.costs import assert_cheap


def article(uid, headline="제목", **fields):
    empty = {"points": [], "citations": [], "tags": [], "other": []}
    names = ("technical_significance", "industry_impact", "outlook", "drafted_by", "read_by")
    names += ("storyline",)
    picture = ("picture", "picture_alt", "picture_caption", "picture_credit")
    texts = dict.fromkeys([*names, *picture], "")
    return {"uid": uid, "headline": headline, **empty, **texts, **fields}


def digest(*articles, **fields):
    return {
        **{"date": "2026-01-03", "title": "제목", "introduction": "", "language": "ko"},
        **fields,
        "articles": list(articles),
    }


class WordTests(SimpleTestCase):
    def test_korean_is_compared_by_word(self):
        self.assertEqual(
            compare_words("병원 세 곳이 시험", "병원 네 곳이 시험"),
            [
                Segment(SAME, "병원 "),
                Segment(REMOVED, "세"),
                Segment(ADDED, "네"),
                Segment(SAME, " 곳이 시험"),
            ],
        )

    def test_a_number_stays_whole_with_its_unit(self):
        for before, after in (
            ("3,400건의", "3,490건의"),
            ("75.82%", "75.28%"),
            ("1,000", "2,000"),
            ("91.5", "91.6"),
        ):
            with self.subTest(before):
                [removed, added] = compare_words(before.rstrip("%"), after.rstrip("%"))
                self.assertEqual(removed.text + added.text, f"{before}{after}".replace("%", ""))

    def test_chinese_is_compared_by_sign(self):
        self.assertEqual(
            compare_words("科技资讯", "科学资讯"),
            [
                Segment(SAME, "科"),
                Segment(REMOVED, "技"),
                Segment(ADDED, "学"),
                Segment(SAME, "资讯"),
            ],
        )

    def test_blanks_alone_are_no_resemblance(self):
        self.assertEqual(
            compare_words("모두 새로 쓴", "다른 글 하나"),
            [Segment(REMOVED, "모두 새로 쓴"), Segment(ADDED, "다른 글 하나")],
        )

    def test_one_word_more_is_found_in_the_longest_text_of_the_same_sign(self):
        text = "(" * 20_000
        self.assertEqual(
            compare_words(text, f"{text[:-1]}가("),
            [Segment(SAME, text[:-1]), Segment(ADDED, "가"), Segment(SAME, "(")],
        )

    def test_comparing_costs_little_whatever_is_compared(self):
        """Signs that stand everywhere, and signs of which each next one is the same again."""
        han = [chr(0x4E00 + number) for number in range(10_000)]
        for before, after in (
            ("(" * 20_000, "()" * 10_000),
            ("a " * 10_000, "b a " * 5_000),
            ("".join(f"{sign}1" for sign in han), "".join(f"{sign}." for sign in han)),
        ):
            with self.subTest(before[:4]):
                segments = assert_cheap(self, compare_words, before, after)
                self.assertEqual("".join(s.text for s in segments if s.kind != ADDED), before)
                self.assertEqual("".join(s.text for s in segments if s.kind != REMOVED), after)

    def test_what_is_compared_together_shares_the_effort(self):
        texts = {"points": ["(" * 1000] * 20, "outlook": "[" * 5_000}
        others = {"points": ["()" * 500] * 20, "outlook": "[]" * 2_500}
        articles = [article(str(number), **texts) for number in range(20)]
        rewritten = [article(str(number), **others) for number in range(20)]
        change = assert_cheap(self, compare, digest(*articles), digest(*rewritten))
        self.assertEqual(len(change.changed_articles), 20)

    @given(st.text("가나 ab.\n科", max_size=40), st.text("가나 ab.\n科", max_size=40))
    def test_both_texts_can_be_read_from_the_segments(self, before, after):
        segments = compare_words(before, after)
        self.assertEqual("".join(s.text for s in segments if s.kind != ADDED), before)
        self.assertEqual("".join(s.text for s in segments if s.kind != REMOVED), after)
        kinds = [segment.kind for segment in segments]
        self.assertTrue(all(one != two for one, two in itertools.pairwise(kinds)))


class DigestTests(SimpleTestCase):
    def kinds(self, change):
        return [(a.uid, a.kind, a.before, a.after, a.moved) for a in change.articles]

    def test_equal_snapshots_show_nothing(self):
        data = digest(article("a"), article("b"))
        self.assertFalse(compare(data, data))
        self.assertEqual(compare(data, data).size, (0, 0))

    def test_added_removed_changed_and_moved_articles_are_told_apart(self):
        before = digest(article("a"), article("b"), article("c"), article("d"))
        after = digest(article("d"), article("a"), article("c", "새 제목"), article("e"))
        self.assertEqual(
            self.kinds(compare(before, after)),
            [
                ("d", SAME, 4, 1, True),
                ("a", SAME, 1, 2, False),
                ("b", REMOVED, 2, None, False),
                ("c", CHANGED, 3, 3, False),
                ("e", ADDED, None, 4, False),
            ],
        )

    def test_lists_are_shown_as_editors_type_them(self):
        citation = {
            "publisher": "한빛일보",
            "url": "https://a.example/1",
            "published_on": "2026-01-03",
        }
        before = digest(article("a", points=["하나"], tags=["AI"]))
        after = digest(article("a", points=["하나", "둘"], tags=["AI"], citations=[citation]))
        [change] = compare(before, after).changed_articles
        self.assertEqual([field.name for field in change.fields], ["points", "citations"])
        self.assertEqual(
            change.fields[1].segments,
            [Segment(ADDED, "한빛일보 | https://a.example/1 | 2026-01-03")],
        )

    def test_size_counts_characters(self):
        before, after = digest(title="가나"), digest(article("a", "다라"), title="가마")
        self.assertEqual(compare(before, after).size, (4, 2))

    def test_nothing_before_is_all_added(self):
        change = compare(None, digest(article("a")))
        self.assertEqual(self.kinds(change), [("a", ADDED, None, 1, False)])

    @given(st.integers(0, 10_000), st.integers(0, 8))
    def test_moved_articles_are_enough_to_explain_the_order(self, seed, size):
        shuffle = random.Random(seed)  # noqa: S311 - reproducible, not secret
        old = [str(number) for number in range(size)]
        new = shuffle.sample(old, size)
        change = compare(digest(*map(article, old)), digest(*map(article, new)))
        moved = {a.uid for a in change.articles if a.moved}
        rest = [uid for uid in new if uid not in moved]
        self.assertEqual(rest, [uid for uid in old if uid not in moved])
