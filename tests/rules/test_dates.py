"""Days in text."""

import datetime as dt

from django.test import SimpleTestCase

from articles.rules.dates import find_day, read_day

THIRD = dt.date(2026, 1, 3)
WRITTEN = [
    *("2026-01-03", "2026-1-3", "2026.01.03", "2026.1.3.", "2026. 1. 3.", "2026/01/03"),
    *("2026년 1월 3일", "2026년1월3일", "2026年1月3日", "20260103", "26.01.03", "'26.1.3"),
    *("Jan 3, 2026", "January 3, 2026", "Jan. 3rd, 2026", "3 January 2026", "3rd of Jan 2026"),
]


class DayTests(SimpleTestCase):
    def test_usual_forms_are_read(self):
        for written in WRITTEN:
            with self.subTest(written):
                self.assertEqual(read_day(written), THIRD)

    def test_a_weekday_beside_it_does_no_harm(self):
        for written in ("2026-01-03 (토)", "Saturday, January 3, 2026", "2026年1月3日（星期六）"):
            with self.subTest(written):
                self.assertEqual(read_day(written), THIRD)

    def test_a_day_without_a_year_is_the_last_one(self):
        for written in ("1월 3일", "1月3日", "Jan 3", "3 Jan"):
            with self.subTest(written):
                self.assertEqual(read_day(written, THIRD), THIRD)
                self.assertEqual(read_day(written, dt.date(2026, 12, 20)), THIRD)
                self.assertIsNone(read_day(written))
        self.assertEqual(read_day("12월 31일", THIRD), dt.date(2025, 12, 31))
        self.assertEqual(read_day("1월 2일", dt.date(2025, 12, 30)), dt.date(2026, 1, 2))

    def test_the_month_must_be_clear(self):
        self.assertEqual(read_day("25/12/2026"), dt.date(2026, 12, 25))
        self.assertEqual(read_day("12/25/2026"), dt.date(2026, 12, 25))
        self.assertIsNone(read_day("03/04/2026"))

    def test_days_that_never_were_are_no_days(self):
        for written in ("2026-02-30", "2026-13-01", "1026-01-01", "20261301", "v26.1.3.4", ""):
            with self.subTest(written):
                self.assertIsNone(read_day(written))

    def test_the_place_of_a_day_in_a_text_is_told(self):
        text = "로이터 | 2026.11.30 | 속보"
        found = find_day(text)
        self.assertEqual(text[found.start : found.end], "2026.11.30")
        self.assertIsNone(read_day(text))
