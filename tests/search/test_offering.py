"""What is offered where nothing is found: another keyboard, a word almost the same."""

import datetime as dt

from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from articles import search
from articles.digests import publishing
from articles.search import keyboards
from articles.search.offering import Words
from articles.search.spellings import NONE
from tests.support.costs import assert_cheap
from tests.support.factories import make_article, make_digest, publish

SYLLABLES = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)


class KeyboardTests(SimpleTestCase):
    def test_keys_of_one_keyboard_are_read_on_the_other(self):
        for typed, meant in (
            *(("qksehcp", "반도체"), ("dpsqleldk", "엔비디아"), ("rkqt", "값"), ("dkswdk", "앉아")),
            *(("ghlwk", "회자"), ("dhkdwjs", "왕전"), ("Tkfrk", "쌀가")),
        ):
            with self.subTest(typed):
                self.assertEqual(keyboards.in_hangul(typed), meant)
        for typed, meant in (("ㅎㅔㅕ", "gpu"), ("ㅜ퍙ㅑㅁ", "nvidia"), ("ㅐㅔ두ㅁㅑ", "openai")):
            with self.subTest(typed):
                self.assertEqual(keyboards.in_latin(typed), meant)

    def test_what_types_no_syllables_is_nothing(self):
        for typed in ("GPU", "gpt5", "반도체", "", "rrr"):
            with self.subTest(typed):
                self.assertIsNone(keyboards.in_hangul(typed))
        self.assertIsNone(keyboards.in_latin("AI반도체"))

    @given(
        st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=8)
    )
    def test_every_word_of_syllables_is_read_back_from_its_keys(self, word):
        keys = "".join(keyboards._KEY_OF[letter] for letter in keyboards.apart(word))
        self.assertEqual(keyboards.in_hangul(keys), word)


class NearTests(SimpleTestCase):
    def test_the_nearest_and_most_frequent_word_is_first(self):
        words = Words([" 반도체를 ", " 반도체 웹툰 ", " 웹툰 ", " 반도국 웨툰 ", " nvidia "])
        self.assertEqual(words.near("반두체"), ["반도체"])
        self.assertEqual(words.near("웸툰")[0], "웹툰")
        self.assertEqual(words.near("nvidea"), ["nvidia"])
        for word in ("갈매기", "가", "", "a" * 200):
            self.assertEqual(words.near(word), [])

    def test_looking_costs_little_whatever_is_typed(self):
        words = Words([f" 반도체{chr(0xAC00 + n)} " for n in range(3_000)])
        for typed in ("반도체" * 60, "반두체", "a" * 200, "반도체각" * 3):
            assert_cheap(self, words.near, typed, name=typed[:4])


@override_settings(LANGUAGE_CODE="en")
class OfferTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        digest = make_digest(articles=0, published=False)
        for headline in ("반도체 수출", "웹툰 작가", "Nvidia 실적"):
            make_article(digest, headline=headline)
        publish(digest)

    def offered(self, text):
        return [offer.text for offer in search.offers(text, NONE)]

    def test_another_keyboard_and_a_near_miss_are_offered(self):
        for typed, offered in (
            *(("qksehcp", ["반도체"]), ("반두체", ["반도체"]), ("nvidea", ["nvidia"])),
            *(("반두체를 수출", ["반도체 수출"]), ("웸툰 OR 갈매기", ["웹툰 OR 갈매기"])),
            *(("ㅜ퍙ㅑㅁ", ["nvidia"]), ("웹툰 or 갈매기", ["웹툰 OR 갈매기"])),
        ):
            with self.subTest(typed):
                self.assertEqual(self.offered(typed), offered)

    def test_nothing_is_offered_that_finds_nothing_or_was_quoted(self):
        for typed in ("갈매기", '"반두체"', "반도체 -반두체", '"갈매기" 반두체', "!"):
            with self.subTest(typed):
                self.assertEqual(self.offered(typed), [])

    def test_numbers_are_not_run_together(self):
        digest = make_digest("2026-01-05", articles=0, published=False)
        make_article(digest, headline="점유율 35 돌파")
        publish(digest)
        for typed in ("3/5", "3-5 갈매기"):
            with self.subTest(typed):
                self.assertEqual(self.offered(typed), [])

    def test_the_page_links_to_what_is_offered_without_a_script(self):
        page = self.client.get("/search/", {"q": "반두체"}).content.decode()
        self.assertIn("Did you mean:", page)
        self.assertIn('href="/search/?q=%EB%B0%98%EB%8F%84%EC%B2%B4">반도체</a>', page)
        page = self.client.get("/search/", {"q": "반도체"}).content.decode()
        self.assertNotIn("Did you mean:", page)

    def test_words_that_readers_do_not_have_are_never_offered(self):
        before = self.client.get("/search/", {"q": "갈메기"}).content
        self.hide("2026-01-06")
        soon = timezone.now() + dt.timedelta(hours=1)
        publishing.publish(self.hide("2026-01-07"), at=soon, unchecked=True)
        publishing.withdraw(publish(self.hide("2026-01-08")))
        self.assertEqual(self.client.get("/search/", {"q": "갈메기"}).content, before)
        self.assertEqual(self.offered("rkfaorl"), [])
        publish(self.hide("2026-01-09"))
        self.assertEqual(self.offered("갈메기"), ["갈매기"])

    def hide(self, date):
        digest = make_digest(date, articles=0, published=False)
        make_article(digest, headline="갈매기 소식")
        return digest
