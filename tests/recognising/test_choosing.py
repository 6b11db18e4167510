"""Which of the two readers reads a text."""

from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles.recognising import Fate, read_articles

SEOUL = ZoneInfo("Asia/Seoul")
EXACT = """## 새 칩 공개

[한빛일보](https://hanbit.example/1) - 발행일: 2026-01-03

### 요약
- 값이 반이다.

### 배경

작년에 예고했다.
"""
ANSWER = """안녕하세요! 요청하신 뉴스를 정리해 드립니다.

### 1. 🚀 새 칩 공개
**요약**
✅ 값이 반이다.
✅ 속도는 같다.
**향후 전망:** 값 싸움이 난다.
출처: 한빛일보 (https://hanbit.example/1, 1월 3일)

궁금한 점이 있으면 말씀해 주세요!
"""


class ChoosingTests(SimpleTestCase):
    def test_a_text_in_the_exact_form_is_read_exactly(self):
        found = read_articles(EXACT, SEOUL)
        self.assertTrue(found.exact)
        self.assertEqual(found.articles[0].other[0].text, "### 배경\n\n작년에 예고했다.")
        self.assertEqual(found.account.words[Fate.OTHER], 3)

    def test_links_in_the_points_of_the_exact_form_stay(self):
        point = "값이 반이다. ([나래](https://narae.example/2))"
        found = read_articles(EXACT.replace("값이 반이다.", point), SEOUL)
        self.assertTrue(found.exact)
        self.assertEqual(found.articles[0].points, [point])

    def test_a_picture_counts(self):
        address = "https://news.example/pictures/2f0c1c3e-7a0e-4b6b-8f43-0d6a5c1b9e77/1200.webp"
        text = f"## 새 칩 공개\n\n![칩]({address})\n사진 제공: 한빛\n"
        found = read_articles(text, SEOUL)
        self.assertTrue(found.exact)
        self.assertEqual(found.articles[0].picture.credit, "한빛")

    def test_a_picture_that_the_site_lacks_is_no_point(self):
        text = (
            "### 1. 새 칩 공개\n\n![칩](https://hanbit.example/1.png)\n\n**요약**\n- 값이 반이다.\n"
        )
        for whole in (text, text.replace("**요약**\n- 값이 반이다.\n", "")):
            with self.subTest(whole):
                [article] = read_articles(whole, SEOUL, lambda _uid: False).articles
                self.assertNotIn("![", "".join(article.points))
                self.assertIn("![칩]", article.other[0].text)

    def test_an_answer_of_a_language_model_is_recognised(self):
        found = read_articles(ANSWER, SEOUL)
        self.assertFalse(found.exact)
        [article] = found.articles
        self.assertEqual(article.headline, "새 칩 공개")
        self.assertEqual(article.points, ["값이 반이다.", "속도는 같다."])
        self.assertEqual(article.outlook, "값 싸움이 난다.")
        self.assertEqual(article.citations[0].publisher, "한빛일보")
        left_out = [e.first for e in found.account.entries if e.fate is Fate.LEFT_OUT]
        self.assertEqual(left_out, [1, 10])

    def test_nothing_is_refused(self):
        for text in ("", "\n", "글", "---", "# ", "```", "---\ntitle: a\n---"):
            with self.subTest(text):
                self.assertEqual(
                    len(read_articles(text, SEOUL).articles), int(text in ("글", "```"))
                )
