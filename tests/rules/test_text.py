import unicodedata

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.rules import text


class CleanTests(SimpleTestCase):
    def test_control_characters_are_removed(self):
        self.assertEqual(text.clean("가\x00나\x0b다\x08\x7f\x85라"), "가나다라")

    def test_lone_surrogates_and_noncharacters_are_removed(self):
        self.assertEqual(text.clean("a\ud800b\ufffec\uffffd\U0001ffff"), "abcd")

    def test_line_ends_become_line_feeds(self):
        self.assertEqual(text.clean("a\r\nb\rc\nd\te"), "a\nb\nc\nd\te")

    def test_emoji_and_joined_hangul_stay(self):
        for value in ("👩‍🚀 발사", unicodedata.normalize("NFD", "한글"), "𠮷野家"):
            self.assertEqual(text.clean(value), value)

    @given(st.text(alphabet=st.characters(exclude_categories=())))
    def test_cleaned_text_is_clean_and_encodable(self, value):
        cleaned = text.clean(value)
        self.assertIsNone(text.find_forbidden(cleaned))
        self.assertEqual(text.clean(cleaned), cleaned)
        cleaned.encode()


class CollapseTests(SimpleTestCase):
    def test_each_run_of_white_space_is_one_blank_and_none_is_at_the_ends(self):
        for typed, collapsed in (
            (" 가  나 ", "가 나"),
            ("가 나", "가 나"),
            ("가\n나\t다\u3000라\xa0마", "가 나 다 라 마"),
            (" \n ", ""),
            ("", ""),
        ):
            with self.subTest(typed):
                self.assertEqual(text.collapse(typed), collapsed)

    def test_whatever_splits_a_text_is_collapsed(self):
        for character in filter(str.isspace, map(chr, range(0x110000))):
            self.assertEqual(text.collapse(f"가{character}나"), "가 나", ascii(character))


class WholeNumberTests(SimpleTestCase):
    def test_numbers_of_clients(self):
        for sent, number in (
            *(("0", 0), ("007", 7), ("999999999", 999_999_999)),
            *((sent, None) for sent in ("", None, "9" * 10, "9" * 5000, "-1", " 1", "1\n", "1.0")),
            *((sent, None) for sent in ("²", "٣", "１", "1_000", "0x1", "None")),
        ):
            with self.subTest(str(sent)[:12]):
                self.assertEqual(text.whole_number(sent), number)


class SlugTests(SimpleTestCase):
    def test_slugs_of_names(self):
        cases = {
            "AI 반도체": "ai-반도체",
            "C++": "c-plus-plus",
            "C#": "c-sharp",
            "R&D 투자": "r-and-d-투자",
            "🚀": "rocket",
            "科技资讯AI速递：昨夜今晨": "科技资讯ai速递-昨夜今晨",
            "ＧＰＵ칩": "gpu칩",
            "2026": "n-2026",
            "a & b": "a-b",
            "  ": "untitled",
        }
        for name, slug in cases.items():
            with self.subTest(name):
                self.assertEqual(text.slugify(name), slug)

    def test_decomposed_hangul_has_the_same_slug(self):
        decomposed = unicodedata.normalize("NFD", "반도체")
        self.assertEqual(text.slugify(decomposed), "반도체")

    def test_long_slug_is_cut_at_a_hyphen(self):
        slug = text.slugify("하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 열", max_length=19)
        self.assertEqual(slug, "하나-둘-셋-넷-다섯-여섯-일곱")

    def test_long_number_stays_within_the_length(self):
        self.assertEqual(text.slugify("9" * 300), "n-" + "9" * 78)

    def test_taken_slug_is_numbered_within_the_length(self):
        self.assertEqual(text.unique_slug("AI", {"ai", "ai-2"}), "ai-3")
        self.assertEqual(text.unique_slug("가" * 10, {"가" * 10}, max_length=10), "가" * 8 + "-2")

    @given(st.text(), st.sets(st.text(max_size=3)))
    def test_every_text_has_a_usable_slug(self, value, taken):
        slug = text.unique_slug(value, taken)
        self.assertRegex(slug, r"\A[-\w]{1,80}\Z")
        self.assertNotIn(slug, taken)


class LanguageTests(SimpleTestCase):
    def test_language_follows_the_script(self):
        cases = {
            "科技资讯AI速递": "zh",
            "벽람科技 상장": "ko",
            "介護ロボットの夜間": "ja",
            "Grok AI admits lapses": "en",
            "2026 — 75%": "und",
        }
        for value, language in cases.items():
            with self.subTest(value):
                self.assertEqual(text.language_of(value, default="und"), language)
