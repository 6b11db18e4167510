"""Days beside sources, in the forms in which people and language models write them."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles.recognising import recognise
from articles.rules.dates import find_day, find_day_cited

SEOUL = ZoneInfo("Asia/Seoul")
DAY = dt.date(2026, 1, 3)
URL = "https://hanbit.example/1"


def days_of(text):
    return [
        (cited.publisher, cited.published_on and (DAY - cited.published_on).days)
        for article in recognise(text, SEOUL, day=DAY).articles
        for cited in article.citations
    ]


class RelativeDayTests(SimpleTestCase):
    def test_words_for_a_day_count_from_the_digest(self):
        for written, past in {
            **{"오늘": 0, "어제": 1, "그저께": 2, "이틀 전": 2, "3일 전": 3, "10일전": 10},
            **{"Yesterday": 1, "2 days ago": 2, "a week ago": 7, "昨日": 1, "3天前": 3},
            **{"1/2": 1, "１/２": 1, "1.2(금)": 1, "2-Jan-2026": 1},
        }.items():
            with self.subTest(written):
                expected = [("한빛", past)]
                self.assertEqual(days_of(f"## 새 칩\n출처: [한빛]({URL}), {written}\n"), expected)
                self.assertEqual(
                    days_of(f"## 새 칩\n- 반\n\n[한빛]({URL}) ({written})\n"), expected
                )
                self.assertEqual(
                    days_of(f"## 새 칩\n- 반이다. ([한빛]({URL}), {written})\n"), expected
                )
                self.assertEqual(days_of(f"## 새 칩\n한빛 · {written}\n{URL}\n- 반\n"), expected)

    def test_a_headline_may_have_such_a_day_behind_its_publisher(self):
        self.assertEqual(
            days_of(f"**새 칩 값이 반** (한빛, 어제)\n- 반\n- 링크: {URL}\n"), [("한빛", 1)]
        )
        [article] = recognise("## 배 대회 개막 – 섬에서 오늘\n- 배\n", SEOUL, day=DAY).articles
        self.assertEqual(article.headline, "배 대회 개막 – 섬에서 오늘")

    def test_such_words_are_no_day_in_other_text(self):
        points = ["어제보다 값이 반", "오늘의배 3/4", "무료 | 3일 전송"]
        [article] = recognise(
            "## 새 칩\n" + "".join(f"- {point}\n" for point in points), SEOUL, day=DAY
        ).articles
        self.assertEqual((article.points, article.citations), (points, []))

    def test_without_the_day_of_the_digest_they_tell_nothing(self):
        self.assertIsNone(find_day_cited("어제"))
        self.assertIsNone(find_day("어제", DAY))
