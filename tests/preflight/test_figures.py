"""Figures of an article are found in a text that spells them otherwise."""

from itertools import pairwise

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.preflight.figures import common, spot
from tests.support.costs import assert_cheap


def found(article, excerpt):
    return [figure.text for figure in common(excerpt, spot(article))]


class FigureTests(SimpleTestCase):
    def test_other_spellings_of_a_figure_are_found(self):
        for article, excerpt, text in (
            ("점유율 75.82%", "a share of 75.82 percent last year", "75.82 percent"),
            ("1억 2천만 명이 쓴다", "used by 120 million people", "120 million"),
            ("1억2000만 명", "120,000,000명이 썼다", "120,000,000"),
            ("8억 7,000만 원", "870,000,000원", "870,000,000"),
            ("3조 원을 들인다", "투자액은 3조원이다", "3조"),
            ("12억 달러", "raised $1.2bn in March", "$1.2bn"),
            ("500만 달러", "a $5m round", "$5m"),
            ("3월 5일 공개", "released on March 5, 2026", "March 5"),
            ("3월 5일 공개", "2026-03-05 발표", "2026-03-05"),
            ("5월 12일", "on 12 May", "12 May"),
            ("2026년에 짓는다", "by 2026, the plant", "2026"),
            ("4만 장", "每月4万片", "4万"),
            ("3.50배", "3.5배", "3.5"),
        ):
            with self.subTest(article):
                self.assertEqual(found(article, excerpt), [text])

    def test_other_figures_are_not(self):
        for article, excerpt in (
            ("75.8%", "75.82%"),
            ("75%", "75명"),
            ("12억", "12조"),
            ("3월 5일", "3월 15일"),
            ("여울2", "2배"),
            ("GPT-5.2", "5.2배"),
            ("세 곳", "3곳"),
        ):
            with self.subTest(article):
                self.assertEqual(found(article, excerpt), [])

    def test_places_are_those_of_the_text(self):
        text = "지난해 75.82%에서 3월 5일 1억 2천만 명으로"
        self.assertEqual(
            [text[f.start : f.end] for f in spot(text)], ["75.82%", "3월 5일", "1억 2천만"]
        )

    @given(st.text(alphabet="0123456789,.억만천조% 월일$mbn-/Mayé가", max_size=60))
    def test_any_text_has_figures_that_it_has_itself(self, text):
        figures = spot(text)
        self.assertEqual(common(text, figures), figures)
        for figure in figures:
            self.assertEqual(text[figure.start : figure.end], figure.text)
        for one, next_one in pairwise(figures):
            self.assertLessEqual(one.end, next_one.start)

    def test_long_runs_of_digits_and_blanks_cost_little(self):
        for text in ("1" * 20_000, "1,111" * 4_000, "1억 " * 6_000, " " * 20_000, "1 " * 10_000):
            assert_cheap(self, spot, text, name=text[:4])
