"""What all findings have in common: identity, order, severity, cost."""

import dataclasses
import datetime as dt
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import SimpleTestCase, TestCase
from django.utils import translation

from articles.digests.publishing import check_digest
from articles.preflight import CODES, Severity, check
from articles.preflight.archive import Archive
from articles.preflight.findings import RULES
from tests.preflight import (
    test_citations,
    test_dates,
    test_headlines,
    test_languages,
    test_leftovers,
    test_lengths,
    test_markup,
    test_numbers,
    test_own_links,
    test_parts,
    test_portals,
    test_signatures,
    test_style,
)
from tests.preflight.snapshots import (
    RuleTests,
    article,
    citation,
    codes,
    digest,
    headline,
    outlook,
    point,
)
from tests.support.costs import assert_cheap
from tests.support.factories import make_article, make_digest

MODULES = [
    *(test_dates, test_headlines, test_languages, test_leftovers, test_markup),
    *(test_lengths, test_numbers, test_own_links, test_parts, test_portals, test_citations),
    *(test_signatures, test_style),
]
CERTAIN = {
    *("articles-missing", "title-missing", "headline-missing", "citations-missing"),
    *("points-missing", "source-repeated-in-article", "address-invalid"),
    *("template-residue", "control-character", "citation-not-understood"),
    *("title-too-long", "headline-too-long", "tag-too-long", "unsigned"),
}


class RegisterTests(SimpleTestCase):
    def test_every_rule_has_a_table_of_true_and_false_cases(self):
        tables = {}
        for module in MODULES:
            for case in vars(module).values():
                if isinstance(case, type) and issubclass(case, RuleTests):
                    tables |= case.CASES
        # That of the imprint depends on the site alone: tests/views/test_about.py.
        self.assertEqual(set(tables), set(CODES) - {"imprint-missing"})
        for code, (wrong, right) in tables.items():
            with self.subTest(code):
                self.assertGreaterEqual(min(len(wrong), len(right)), 3)

    def test_only_what_is_certainly_wrong_is_an_error(self):
        errors = {code for code, rule in RULES.items() if rule.severity == Severity.ERROR}
        self.assertEqual(errors, CERTAIN)

    def test_every_module_of_rules_is_imported(self):
        folder = Path(check.__code__.co_filename).parent
        with_rules = {path.stem for path in folder.glob("*.py") if "\n@rule(" in path.read_text()}
        modules = {rule.look.__module__.rpartition(".")[2] for rule in RULES.values()}
        self.assertEqual(with_rules, modules)


class FindingTests(TestCase):
    def only(self, data):
        [finding] = check(data)
        return finding

    def test_a_good_digest_has_no_finding(self):
        self.assertEqual(check(digest()), [])

    def test_as_dict_is_plain(self):
        finding = self.only(outlook("더 커질 전망 (사진 포함)"))
        data = finding.as_dict()
        self.assertIs(type(data["severity"]), str)
        whole = dataclasses.asdict(finding) | {"severity": "warning"}
        self.assertEqual(data | {"earlier": None}, whole)
        self.assertNotIn("earlier", data)
        self.assertRegex(data["key"], "^[0-9a-f]{64}$")

    def test_errors_come_first_and_each_kind_in_document_order(self):
        data = digest(
            article(1, tags=[], outlook="더 커질 전망 (사진 포함)"),
            article(2, headline="科技资讯", points=["짧음", "TODO"], citations=[]),
            article(3, headline="다른 소식", citations=[], outlook=""),
            title="",
        )
        found = [(f.severity.value, f.article, f.field) for f in check(data)]
        self.assertEqual(
            found,
            [
                ("error", None, "title"),
                ("error", "uid-2", "citations"),
                ("error", "uid-2", "points"),
                ("error", "uid-3", "citations"),
                ("warning", "uid-1", "outlook"),
                ("warning", "uid-2", "headline"),
                ("warning", "uid-3", "outlook"),
                ("hint", "uid-1", "tags"),
                ("hint", "uid-2", "points"),
                ("hint", "uid-2", "points"),
            ],
        )

    def test_sentences_are_whole_sentences(self):
        for module in MODULES:
            for case in vars(module).values():
                if isinstance(case, type) and issubclass(case, RuleTests):
                    for wrong, _right in case.CASES.values():
                        for finding in [f for data in wrong for f in check(data)]:
                            self.assertRegex(finding.sentence, r"[.?]$|다\.$|까\?$")
                            self.assertRegex(finding.advice, r"\.$")
                            self.assertNotIn("%(", finding.sentence)


class KeyTests(TestCase):
    def key(self, data, code="half-translated"):
        [key] = [finding.key for finding in check(data) if finding.code == code]
        return key

    def test_key_is_the_same_in_every_language_and_place(self):
        lone = headline("벽람科技 상장")
        with translation.override("en"):
            in_english = self.key(lone)
        with translation.override("ko"):
            self.assertEqual(self.key(lone), in_english)
        moved = article(1, headline="벽람科技 상장")
        self.assertEqual(self.key(digest(article(2), moved)), in_english)
        self.assertEqual(self.key(lone | {"date": "2026-01-02", "title": "다른 제목"}), in_english)

    def test_key_stays_while_the_text_concerned_does(self):
        before = self.key(headline("벽람科技 상장"))
        self.assertEqual(self.key(headline("벽람科技 상장 첫날")), before)
        self.assertNotEqual(self.key(headline("벽람科学 상장")), before)

    def test_key_differs_by_code_field_and_article(self):
        keys = {
            self.key(headline("벽람科技 상장")),
            self.key(outlook("벽람科技 상장")),
            self.key(digest(article(2, headline="벽람科技 상장"))),
            self.key(headline("벽람科技 상장 (사진)"), "photo-credit"),
        }
        self.assertEqual(len(keys), 4)

    def test_lines_that_move_keep_their_keys(self):
        points = ["벽람科技의 주가가 올랐음", "응답 시간을 절반으로 단축"]
        keys = [self.key(digest(article(points=p))) for p in (points, points[::-1])]
        self.assertEqual(keys[0], keys[1])

    def test_the_same_text_twice_has_two_keys(self):
        points = ["벽람科技의 주가가 올랐음"] * 2
        found = [f for f in check(digest(article(points=points))) if f.code == "half-translated"]
        self.assertEqual(len({finding.key for finding in found}), 2)

    def test_key_of_a_repeated_source_depends_on_both_places(self):
        def repeated(url, uid=1):
            cited = [citation(url)]
            return digest(
                article(uid, citations=cited), article(9, headline="다른", citations=cited)
            )

        url, code = "https://a.example/1", "source-repeated-in-issue"
        before = self.key(repeated(url), code)
        self.assertEqual(self.key(repeated(url + "?utm_source=x"), code), before)
        self.assertNotEqual(self.key(repeated("https://a.example/2"), code), before)
        self.assertNotEqual(self.key(repeated(url, uid=2), code), before)


class CostTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_digest(articles=0, published=False)
        for day in range(1, 28):
            earlier = make_digest(dt.date(2025, 12, day + 1), articles=0, published=False)
            cls.fill(earlier, 2)

    @staticmethod
    def fill(digest, number):
        for count in range(number):
            url = f"https://hanbit.example/{digest.date}/{count}"
            make_article(
                digest, headline=f"{digest.date} {count} 소식", citations=[("가", url, None)]
            )

    def test_three_queries_however_long_the_digest(self):
        self.fill(self.digest, 1)
        with self.assertNumQueries(3):
            check(digest(article(1)))
        with self.assertNumQueries(3):
            check(digest(*(article(number) for number in range(30))))

    def test_stored_digest_costs_the_same_with_more_articles(self):
        self.fill(self.digest, 2)
        with self.assertNumQueries(8) as before:
            check_digest(self.digest)
        self.fill(self.digest, 10)
        with self.assertNumQueries(len(before)):
            check_digest(self.digest)

    def test_nothing_is_written(self):
        for query in self.queries(digest()):
            self.assertTrue(query.startswith("SELECT"), query)

    def queries(self, data):
        with self.assertNumQueries(3) as context:
            check(data)
        return [query["sql"] for query in context.captured_queries]

    def test_a_long_digest_is_quick(self):
        """Without the database."""
        data = digest(*(article(n, points=["긴 요점입니다 12% "] * 8) for n in range(15)))
        self.assert_cheap(data)

    @pytest.mark.one_engine
    def test_long_fields_do_not_blow_up(self):
        for piece in (
            *(
                "(",
                "[",
                "`",
                "**",
                "a",
                "가",
                "科",
                "1",
                "1,",
                "a@",
                "사진",
                "기자 ",
                "{",
                "{{",
                "<",
            ),
            *("](", " ", "“", "‘", "'", "=", "1억 ", "-", "20260103", "a.", "<a ", "&#1", "가科"),
            *("1%", "주가 1% ", "TODO", "\ufffd", "[a=", "(사진", "1천만", "김기자", "x@y."),
        ):
            text = (piece * 8000)[:8000]
            with self.subTest(piece):
                data = digest(
                    article(headline=text, points=[text], outlook=text, slug=text, tags=[text]),
                    title=text,
                    introduction=text,
                )
                self.assert_cheap(data)

    @pytest.mark.one_engine
    def test_long_addresses_do_not_blow_up(self):
        for piece in ("/", "%2F", "a=1&", "amp/", "2026/01/03/", "1", "m.", "&", "=", "%", "가"):
            url = ("https://a.example/?" + piece * 2000)[:2000]
            data = digest(article(citations=[citation(url), citation(url.replace("?", ""))]))
            with self.subTest(piece):
                self.assert_cheap(data)

    def assert_cheap(self, data):
        with patch("articles.preflight.look_up", return_value=Archive()):
            assert_cheap(self, check, data)


class SettingTests(TestCase):
    def test_a_rule_that_is_off_says_nothing(self):
        data = digest(article(tags=[], outlook="더 커질 전망 (사진 포함)"))
        self.assertEqual(codes(data), ["photo-credit", "tags-missing"])
        with self.settings(PREFLIGHT_OFF=["tags-missing"]):
            self.assertEqual(codes(data), ["photo-credit"])
        with self.settings(PREFLIGHT_OFF=list(CODES)):
            self.assertEqual(codes({}), ["title-missing"])  # the rule of a fault

    def test_limits_are_tuned(self):
        aged = digest(article(citations=[citation(published_on="2025-12-31")]))
        for limits, data, code in (
            ({"source_age_days": 1}, aged, "source-old"),
            ({"sources_min": 3}, digest(), "single-source"),
            ({"points_min": 3}, digest(), "points-number"),
            ({"points_max": 1, "points_min": 1}, digest(), "points-number"),
            ({"point_length_min": 30}, digest(), "point-length"),
            ({"point_length_max": 20}, point("가" * 21), "point-length"),
        ):
            with self.subTest(limits):
                self.assertNotIn(code, codes(data))
                with self.settings(PREFLIGHT_LIMITS=limits):
                    self.assertIn(code, codes(data))
