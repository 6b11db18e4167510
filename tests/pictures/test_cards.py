"""Social cards: what is on them, where they are, and how they fit."""

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path
from unittest import skipUnless
from unittest.mock import patch
from urllib.parse import quote

import pytest
from django.core.cache import caches
from django.test import SimpleTestCase, TestCase, override_settings
from PIL import Image

from articles.digests import publishing
from articles.models import Article, Digest
from articles.pages import parts
from articles.pictures import card_text, cards
from tests.support.factories import make_article, make_digest, publish

# A card is a file; what it is drawn from is a plain row.
pytestmark = pytest.mark.one_engine

HAS_FONT = cards._find(None) is not None
LONG = "유럽연합이 범용 인공지능 모델의 투명성 지침을 공개하고 의견을 다시 수렴하기로 했다 " * 5
CARD = cards.Card(dt.date(2026, 1, 3), "가속기", "새 가속기 공개", "ko", "1월 3일 소식", ())


def width(text):
    """Of a font whose letters are 10 pixels wide, and half as wide if they are Latin."""
    return sum(5 if char.isascii() else 10 for char in text)


class TextTests(SimpleTestCase):
    def test_korean_breaks_between_words_only(self):
        text = "벽람科技, 상하이 증시 상장 첫날 75.82% 급등"
        for room in range(60, 400, 10):
            lines = card_text.wrapped(text, room, width)
            self.assertEqual(" ".join(lines), text)
            self.assertLessEqual(max(map(width, lines)), room)

    def test_chinese_breaks_between_letters_but_not_before_a_comma(self):
        text = "阿里巴巴发布新一代大模型，支持超长（百万）上下文。"
        for room in range(40, 260, 10):
            lines = card_text.wrapped(text, room, width)
            self.assertEqual("".join(lines), text)
            self.assertLessEqual(max(map(width, lines)), room)
            self.assertFalse({line[0] for line in lines} & set("，。）"), lines)
            self.assertFalse({line[-1] for line in lines} & set("（"), lines)

    def test_a_word_that_is_too_wide_is_broken(self):
        lines = card_text.wrapped("가나다라마바사 아자", 30, width)
        self.assertEqual(lines, ["가나다", "라마바", "사", "아자"])

    def test_balanced_lines_are_as_many_and_of_like_width(self):
        text = "가나 다라 마바 사아 자차 카타 파하 거너 더러 머버 서어"
        wrapped, balanced = (f(text, 260, width) for f in (card_text.wrapped, card_text.balanced))
        self.assertEqual(len(wrapped), len(balanced))
        self.assertLess(max(map(width, balanced)), max(map(width, wrapped)))
        self.assertEqual(" ".join(balanced), text)

    def test_what_does_not_fit_ends_in_an_ellipsis(self):
        self.assertEqual(card_text.shortened("가나다라마", 40, width), "가나다…")
        self.assertEqual(card_text.shortened("가나다라", 40, width), "가나다라")
        lines = card_text.cut(["가나다", "라마바", "사"], 2, 30, width)
        self.assertEqual(lines, ["가나다", "라마…"])

    def test_emoji_and_invisible_signs_are_left_out(self):
        self.assertEqual(card_text.drawable("새해 🎉 소식\u200d\ufe0f"), "새해 소식")
        self.assertEqual(card_text.drawable("한\u200b글\u1112\u1161\u11ab"), "한글한")
        self.assertEqual(card_text.drawable("A→B 50% ★"), "A→B 50%")

    def test_texts_of_nothing_have_no_lines(self):
        self.assertEqual(card_text.wrapped("🎉", 100, width), [])


class MarkTests(SimpleTestCase):
    def test_everything_that_is_seen_changes_the_mark(self):
        marks = {CARD.mark, replace(CARD).mark}
        self.assertEqual(len(marks), 1)
        for name, value in (
            *(("date", dt.date(2026, 1, 4)), ("heading", "다른 제목"), ("language", "zh")),
            *(("label", "다른 소식"), ("lines", (("한 줄", "ko"),))),
        ):
            marks.add(replace(CARD, **{name: value}).mark)
        for name in ("SITE_NAME", "LANGUAGE_CODE"):
            with override_settings(**{name: "en"}):
                marks.add(CARD.mark)
        with patch("articles.pictures.cards.DESIGN", 0):
            marks.add(CARD.mark)
        self.assertEqual(len(marks), 9)

    def test_description_says_what_is_on_it(self):
        self.assertEqual(CARD.description, "Newsroom, 2026년 1월 3일 토요일: 새 가속기 공개")


@skipUnless(HAS_FONT, "no font with Hangul is installed")
class PictureTests(SimpleTestCase):
    def picture(self, card):
        caches["cards"].clear()
        data = cards.picture(card)
        self.assertLessEqual(len(data), 100_000)
        image = Image.open(io.BytesIO(data))
        self.assertEqual((image.format, image.size), ("PNG", (1200, 630)))
        return image.convert("L")

    def dark_box(self, image, box):
        """Where ink is within a box."""
        part = image.crop(box).point(lambda value: 255 if value < 128 else 0)
        return part.getbbox()

    def test_headlines_of_all_lengths_stay_between_the_rules_and_margins(self):
        for heading in ("새", "새 가속기 공개", LONG, "가" * 300, "型" * 300, "Wide " * 60):
            with self.subTest(heading[:10]):
                image = self.picture(replace(CARD, heading=heading))
                self.assertIsNotNone(self.dark_box(image, (72, 150, 1128, 540)))
                self.assertIsNone(self.dark_box(image, (0, 0, 70, 630)))
                self.assertIsNone(self.dark_box(image, (1132, 0, 1200, 630)))
                self.assertIsNone(self.dark_box(image, (0, 146, 1200, 160)))
                self.assertIsNone(self.dark_box(image, (0, 532, 1200, 543)))

    def test_card_of_a_day_has_its_first_headlines(self):
        lines = tuple((f"{n}번째 {LONG}", "ko") for n in range(1, 5))
        whole = self.picture(replace(CARD, slug="", lines=lines, heading=LONG))
        for number in range(4):
            top = 322 + 52 * number
            self.assertIsNotNone(self.dark_box(whole, (120, top + 4, 1128, top + 50)))
        self.assertIsNone(self.dark_box(whole, (1132, 0, 1200, 630)))
        short = self.picture(replace(CARD, slug="", lines=lines[:1]))
        self.assertIsNone(self.dark_box(short, (72, 380, 1128, 540)))

    def test_long_names_of_sites_leave_room_for_the_date(self):
        with override_settings(SITE_NAME="아주 긴 이름을 가진 신문사의 " * 5, SITE_HOST="x" * 60):
            image = self.picture(replace(CARD, label=LONG))
        self.assertIsNone(self.dark_box(image, (1132, 0, 1200, 630)))

    def test_every_language_gets_its_own_glyphs(self):
        shapes = {
            self.picture(replace(CARD, heading="骨直", language=x)).tobytes() for x in ("ko", "zh")
        }
        path = cards._fonts()[0]
        has_both = cards._face(path, "ko") != cards._face(path, "zh")
        self.assertEqual(len(shapes), 2 if has_both else 1)

    def test_a_card_is_drawn_once(self):
        caches["cards"].clear()
        with patch("articles.pictures.cards._draw", wraps=cards._draw) as draw:
            self.assertEqual(cards.picture(CARD), cards.picture(CARD))
        self.assertEqual(draw.call_count, 1)

    def test_a_card_that_cannot_be_kept_is_shown(self):
        caches["cards"].clear()
        with (
            patch.object(caches["cards"], "set", side_effect=OSError("disk full")),
            self.assertLogs("articles.pictures.cards", "WARNING"),
        ):
            self.assertTrue(cards.picture(CARD).startswith(b"\x89PNG"))

    def test_a_named_font_is_used(self):
        path = cards._find(None)[1]
        with override_settings(CARD_FONT=Path(path)):
            self.assertEqual(cards._fonts(), (path, path))
            self.picture(CARD)


@skipUnless(HAS_FONT, "no font with Hangul is installed")
class AddressTests(TestCase):
    def setUp(self):
        digest = make_digest("2026-01-03", articles=0, published=False)
        make_article(digest, headline="새 가속기 공개")
        self.digest = publish(digest)
        self.article = Article.objects.get()

    @property
    def addresses(self):
        return cards.of_digest(self.digest).address, cards.of_article(self.article).address

    def test_cards_are_pictures_that_may_be_kept_for_ever(self):
        day, article = self.addresses
        self.assertRegex(day, r"^/cards/2026/01/03\.[0-9a-f]{16}\.png$")
        self.assertTrue(article.startswith(f"/cards/2026/01/03/{quote('새-가속기-공개')}."))
        for address in self.addresses:
            response = self.client.get(address)
            self.assertEqual(response["Content-Type"], "image/png")
            self.assertIn("immutable", response["Cache-Control"])
            self.assertIn("max-age=31536000", response["Cache-Control"])
            self.assertEqual(Image.open(io.BytesIO(response.content)).size, (1200, 630))
            self.assertFalse(response.cookies)
            self.assertEqual(self.client.head(address).status_code, 200)
            self.assertEqual(self.client.post(address).status_code, 405)

    def test_a_card_that_is_known_is_neither_drawn_nor_sent_again(self):
        etag = self.client.get(self.addresses[0])["ETag"]
        with patch("articles.pictures.cards.picture") as picture:
            again = self.client.get(self.addresses[0], headers={"if-none-match": etag})
        self.assertEqual((again.status_code, again.content), (304, b""))
        self.assertIn("immutable", again["Cache-Control"])
        picture.assert_not_called()

    def test_another_mark_leads_to_the_present_card(self):
        for address in self.addresses:
            old = f"{address[:-20]}{'0' * 16}.png"
            response = self.client.get(old)
            self.assertRedirects(response, address)
            self.assertNotIn("immutable", response["Cache-Control"])

    def test_a_new_title_is_a_new_card(self):
        before = self.addresses
        Digest.objects.update(title="다른 제목")
        self.digest.refresh_from_db()
        self.article = Article.objects.get()
        self.assertEqual(len({*before, *self.addresses}), 4)

    def test_hidden_things_have_no_card(self):
        addresses = self.addresses
        publishing.withdraw(self.digest)
        never = f"/cards/2026/01/04.{'0' * 16}.png"
        expected = self.client.get(never)
        for address in (*addresses, never.replace("/04.", f"/03/{quote('없는-기사')}.")):
            response = self.client.get(address)
            self.assertEqual(response.status_code, 404)
            self.assertEqual(response.content, expected.content)

    def test_costs_are_constant(self):
        day, article = self.addresses
        for number in range(10):
            make_article(self.digest, headline=f"{number}번째")
        with self.assertNumQueries(2):
            self.client.get(day)
        with self.assertNumQueries(1):
            self.client.get(article)

    def test_what_a_page_has_loaded_is_enough(self):
        digest = Digest.objects.published().get()
        parts.load([digest])
        with self.assertNumQueries(0):
            self.assertTrue(cards.of_digest(digest).address)
            self.assertTrue(cards.of_article(digest.articles.all()[0]).address)

    def test_without_a_font_the_sites_own_picture_serves(self):
        addresses = self.addresses
        with patch("articles.pictures.cards._find", return_value=None):
            self.assertIsNone(cards.of_digest(self.digest))
            self.assertIsNone(cards.of_article(self.article))
            page = self.client.get("/2026/01/03/").content.decode()
            for address in addresses:
                self.assertRedirects(
                    self.client.get(address), "/static/img/card.png", fetch_redirect_response=False
                )
        self.assertIn('property="og:image" content="http://testserver/static/img/card.png"', page)
        self.assertNotIn("/cards/", page)
