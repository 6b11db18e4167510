"""Pushes in Markdown: their day, and what is left out of them."""

import datetime as dt

from django.test import SimpleTestCase, override_settings

from articles.posts.post_files import MAX_POST_BYTES
from articles.posts.pushes import markdown_reading
from articles.posts.pushes.problems import Refused
from articles.posts.reading import MAX_POST_LINES
from tests.support.costs import calls

DAY = dt.date(2026, 1, 4)
POST = """---
title: 오늘의 소식
{date}
---

## 한빛, 메모리 둘째 라인 가동

[한빛일보](https://hanbit.example/line) - 발행일: 2026-01-02

### 요약
- 한 달에 웨이퍼 4만 장을 만든다.
- 여름까지 두 배로 늘린다.
"""


@override_settings(LANGUAGE_CODE="en")
class DayTests(SimpleTestCase):
    def test_the_day_of_the_address_is_not_taken_for_that_of_a_file(self):
        for date, notice in (
            (
                "date: 2026-01-03 07:00:00 +0900",
                "The digest is that of 2026-01-04, but the front matter says "
                "2026-01-03 07:00:00 +0900.",
            ),
            ("layout: post", "The front matter has no date. The digest is that of 2026-01-04."),
        ):
            with self.subTest(date):
                found = markdown_reading.read(POST.format(date=date).encode(), DAY)
                self.assertIn(notice, found.notices)


@override_settings(LANGUAGE_CODE="en")
class LeftOutTests(SimpleTestCase):
    def test_control_characters_that_are_left_out_are_told(self):
        found = markdown_reading.read("## 새\x1b 소식\n\n- 요\0점\n".encode(), DAY)
        self.assertEqual(found.articles[0].text.headline, "새 소식")
        self.assertIn("Control characters in the texts are left out.", found.notices)
        found = markdown_reading.read("## 새 소식\r\n\r\n- 요점\r\n".encode(), DAY)
        self.assertNotIn("Control characters in the texts are left out.", found.notices)


@override_settings(LANGUAGE_CODE="en")
class LengthTests(SimpleTestCase):
    def test_a_megabyte_of_lines_costs_less_than_a_usual_push(self):
        usual = POST.format(date="date: 2026-01-04").encode()
        for line in (b"\n", b"a\n", b"- a\n"):
            with self.subTest(line):
                many = usual + line * ((MAX_POST_BYTES - len(usual)) // len(line))
                self.assertLess(calls(refused, many), calls(markdown_reading.read, usual, DAY))

    def test_a_push_of_too_many_lines_is_told_how_many_there_may_be(self):
        [problem] = refused(b"# 2026-01-04\n## a\n- b\n" + b"\n" * MAX_POST_LINES)
        self.assertEqual(problem.line, MAX_POST_LINES + 1)
        self.assertIn("more than 50000 lines", problem.detail)


def refused(content):
    """What is wrong with a push."""
    try:
        markdown_reading.read(content, DAY)
    except Refused as refusal:
        return refusal.problems
    raise AssertionError("It is read.")
