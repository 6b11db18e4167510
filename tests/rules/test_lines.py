import datetime as dt

from django.test import SimpleTestCase
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from articles.rules.lines import (
    MAX_LINES,
    CitationLine,
    LineErrors,
    citation_data,
    format_citations,
    format_points,
    is_too_long_for_tag,
    parse_citation,
    parse_date,
    parse_points,
    parse_tags,
    read_citation,
    read_citations,
    unread_lines,
    with_unread,
    without_unread,
)

DAY = dt.date(2026, 1, 3)
URL = "https://hanbit.example/1"


class PointTests(SimpleTestCase):
    def test_pasted_bullets_are_dropped(self):
        self.assertEqual(
            parse_points("- 하나\n\n* 둘\r\n• 셋\n  -  넷 "), ["하나", "둘", "셋", "넷"]
        )

    def test_a_sign_that_is_no_bullet_stays(self):
        self.assertEqual(parse_points("-5% 하락\n*강조* 뒤"), ["-5% 하락", "*강조* 뒤"])

    def test_long_point_is_named_by_its_line(self):
        with self.assertRaises(LineErrors) as caught:
            parse_points("하나\n\n" + "가" * 200_001)
        self.assertEqual([line for line, _ in caught.exception.errors], [3])

    @given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), max_size=8))
    def test_points_survive_a_round_trip(self, points):
        self.assertEqual(parse_points(format_points(points)), points)


class CitationTests(SimpleTestCase):
    def test_forms_that_are_understood(self):
        full = CitationLine("한빛일보", URL, DAY)
        cases = {
            f"한빛일보 | {URL} | 2026-01-03": full,
            f"한빛일보|{URL}|2026.1.3.": full,
            f"한빛일보 ｜ {URL} ｜ 2026년 1월 3일": full,
            f"[한빛일보]({URL}) - 발행일: 2026-01-03": full,
            f"- [한빛일보]({URL}) – 발행일：2026/01/03": full,
            f"[한빛일보]({URL}) - Published: 2026-01-03": full,
            f"[한빛일보]({URL})": CitationLine("한빛일보", URL, None),
            f"한빛일보 | {URL}": CitationLine("한빛일보", URL, None),
            f"{URL} | 2026-01-03": CitationLine("", URL, DAY),
            URL: CitationLine("", URL, None),
            "[가](https://a.example/b_(c)) - 발행일: 2026-01-03": CitationLine(
                "가", "https://a.example/b_(c)", DAY
            ),
        }
        for line, citation in cases.items():
            with self.subTest(line):
                self.assertEqual(read_citations(line), [citation])

    def test_forms_that_people_write(self):
        full, undated = CitationLine("한빛일보", URL, DAY), CitationLine("한빛일보", URL, None)
        www = CitationLine("한빛일보", "https://www.hanbit.example/1", DAY)
        cases = {
            f"한빛일보 | {URL} | 1월 3일": full,
            f"한빛일보 | {URL} | 20260103": full,
            f"한빛일보 | {URL} | Jan 3, 2026": full,
            f"한빛일보 | {URL} | 2026-01-03 (토) 09:30": full,
            f"한빛일보 | 2026-01-03 | {URL}": full,
            f"{URL} | 한빛일보 | 2026-01-03": full,
            f"{URL} | 한빛일보": undated,
            f"한빛일보 {URL} 2026-01-03": full,
            f"한빛일보, {URL}, Jan 3, 2026": full,
            f"한빛일보: {URL}": undated,
            f"한빛일보({URL}), 2026.1.3.": full,
            f"{URL} (한빛일보, 2026-01-03)": full,
            f"{URL} (한빛일보)": undated,
            f"출처: {URL}": CitationLine("", URL, None),
            f"Source: 한빛일보 | {URL}": undated,
            f"- 출처： [한빛일보]({URL}), 2026-01-03T09:30:00+09:00": full,
            f"[한빛일보]({URL}) (1월 3일)": full,
            f"2026-01-03 [한빛일보]({URL})": full,
            f"**한빛일보** <{URL}>": undated,
            "한빛일보 | www.hanbit.example/1 | 2026-01-03": www,
            "한빛일보 | HTTPS://www.hanbit.example/1 | 2026-01-03": www,
            f"[{URL}]({URL})": CitationLine("", URL, None),
            f"연합뉴스(영문) {URL}.": CitationLine("연합뉴스(영문)", URL, None),
        }
        for line, citation in cases.items():
            with self.subTest(line):
                self.assertEqual(read_citation(line, DAY), citation)

    def test_the_fault_of_a_line_is_told(self):
        date, much = "is not understood", "is too much"
        address, more = "There is no address in this line", "more than one address"
        cases = {
            f"가 | {URL} | 2026-13-40": date,
            f"가 | {URL} | 어제": date,
            f"[가]({URL}) - 발행일: 2026년 13월": date,
            f"{URL} 2026-02-30": date,
            "한빛일보": address,
            "가 | javascript:alert(1) | 2026-01-03": address,
            "가 | https:// | 2026-01-03": "is not a web address",
            f"가 | {URL} | 2026-01-03 | 더": much,
            f"가 {URL} {URL}2": more,
            "가" * 3_001: "has 3001 characters",
            f"<!-- 나 --> 가 | {URL}": "no room for a comment",
            "가" * 121 + f" {URL}": "too long",
        }
        for line, words in cases.items():
            with self.subTest(line), translation.override("en"):
                with self.assertRaises(ValueError) as caught:
                    read_citation(line, DAY)
                self.assertIn(words, str(caught.exception))

    def test_the_exact_forms_stay_exact(self):
        for line in (f"한빛일보 {URL}", f"출처: {URL}", f"가 | {URL} | 1월 3일", "www.a.example"):
            with self.subTest(line), self.assertRaises(ValueError):
                parse_citation(line)

    @given(
        st.text("가a1 .,|()[]:/-월일<>*\\www", max_size=30), st.text("가1 .,|()-월일", max_size=9)
    )
    def test_any_line_is_read_or_refused_with_a_sentence(self, start, end):
        try:
            read = read_citation(f"{start}{URL}{end}", DAY)
        except ValueError as error:
            self.assertTrue(str(error))
        else:
            self.assertEqual(read_citation(format_citations([read]), DAY), read)

    def test_invisible_signs_beside_words_are_no_part_of_a_citation(self):
        expected = CitationLine("한빛 일보", "https://a.example/x", dt.date(2026, 1, 2))
        for sign in "\u200b\u2060\ufeff\u00ad\u00a0":
            for line in (
                "{0}한빛{0} 일보{0} | {0}https://a.example/x{0} | 2026-01-02{0}",
                "{0}[{0}한빛 {0}일보{0}](https://a.example/x) - 발행일: 2026-01-02{0}",
                "{0}한빛 {0}일보{0} https://a.example/x{0} 2026년 1월 2일{0}",
            ):
                with self.subTest(line, sign=ascii(sign)):
                    self.assertEqual(read_citation(line.format(sign)), expected)

    def test_a_dash_is_no_publisher(self):
        for line in (f"-|{URL}", f"- | {URL}", f"*|{URL}"):
            self.assertEqual(read_citation(line, DAY), CitationLine("", URL, None))

    def test_a_line_that_is_not_understood_is_kept_as_typed(self):
        text = f"한빛일보 | {URL}\n 한빛일보 \n\n가 | {URL} | 어제"
        known, *lines = read_citations(text)
        self.assertEqual(known, CitationLine("한빛일보", URL, None))
        kept = ["한빛일보", f"가 | {URL} | 어제"]
        self.assertEqual(lines, [CitationLine(line, "", None) for line in kept])
        self.assertEqual(format_citations(lines), "\n".join(kept))
        self.assertFalse(any(line.is_understood for line in lines))

    def test_lines_that_are_not_understood_keep_their_places(self):
        cited = list(
            map(citation_data, read_citations(f"하나\n가 | {URL}\n둘\n셋\n나 | {URL}2\n넷"))
        )
        unread, read = unread_lines(cited), without_unread(cited)
        self.assertEqual(unread, [[0, "하나"], [2, "둘"], [3, "셋"], [5, "넷"]])
        self.assertEqual([each["publisher"] for each in read], ["가", "나"])
        self.assertEqual(with_unread(read, unread), cited)

    def test_a_line_longer_than_can_be_stored_is_refused(self):
        with self.assertRaises(LineErrors) as caught, translation.override("en"):
            read_citations("가\n" + "나" * 3_001)
        self.assertEqual(caught.exception.errors[0][0], 2)

    def test_too_many_lines_are_refused_at_the_first_one_too_many(self):
        for parse, line in ((parse_points, "가"), (read_citations, f"가 | {URL}")):
            text = "\n" + f"{line}\n\n" * MAX_LINES
            self.assertEqual(len(parse(text)), MAX_LINES)
            with self.assertRaises(LineErrors) as caught:
                parse(text + line)
            self.assertEqual([number for number, _ in caught.exception.errors], [402])

    @given(
        st.lists(
            st.builds(
                CitationLine,
                st.text(st.characters(categories=["L"]), min_size=1, max_size=20),
                st.just(URL),
                st.none() | st.dates(),
            ),
            max_size=5,
        )
    )
    def test_citations_survive_a_round_trip(self, citations):
        self.assertEqual(read_citations(format_citations(citations)), citations)


class DateTests(SimpleTestCase):
    def test_day_that_does_not_exist_is_refused(self):
        for text in ("2026-02-30", "어제", "2026-1", "0000-01-01"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_date(text)


class TagTests(SimpleTestCase):
    def test_length_of_a_name_is_that_with_which_it_is_kept(self):
        for name in ("주" * 101, "\ufdfa" * 6, "\u00df" * 51):
            self.assertTrue(is_too_long_for_tag(name))
        for name in ("주" * 100, "\ufdfa" * 5):
            self.assertFalse(is_too_long_for_tag(name))

    def test_commas_of_any_script_split_and_blanks_do_not(self):
        self.assertEqual(
            parse_tags("AI 반도체, #로봇，GPU、HBM,, AI  반도체"),
            ["AI 반도체", "로봇", "GPU", "HBM"],
        )
