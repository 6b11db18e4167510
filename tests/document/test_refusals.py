"""Documents that are refused, and the lines that the refusals name."""

import datetime as dt

from django.test import SimpleTestCase
from django.utils import translation

from articles import document
from articles.document import DocumentError, parse
from articles.rules.lengths import LONGEST_LINE, LONGEST_TEXT
from tests.document.test_reading import SEOUL
from tests.support.posts import ARTICLE, HEAD, POST

CORRECTION = "- 2026-01-03T09:00:00+09:00 비율을 바로잡습니다.\n"

LONG_LINE = f"  {'가' * 999}\n"

COMMENT_IN_CORRECTION = f"{CORRECTION[:-1]}<!--\n{LONG_LINE * 4}"


class RefusalTests(SimpleTestCase):
    """Each entry: what is wrong, the text, and the lines that must be named."""

    CASES = [
        ("no front matter", ARTICLE, [1]),
        ("empty file", "", [1]),
        ("front matter not closed", "---\ntitle: x\n", [1]),
        ("front matter not YAML", HEAD.replace("layout: post", 'layout: "post'), [3]),
        ("tab in YAML", HEAD.replace("layout: post", "a:\n\t- b"), [3]),
        ("front matter a list", "---\n- a\n---\n", [2]),
        ("front matter empty", "---\n---\n", [2]),
        ("key twice", HEAD.replace("layout: post", "title: x"), [3]),
        ("lists in lists", HEAD.replace("layout: post", "a: " + "[" * 49_000), [2]),
        ("mappings in mappings", HEAD.replace("layout: post", "a: " + "{" * 49_000), [2]),
        ("lists in lists by lines", HEAD.replace("layout: post", "a:\n- " + "- " * 20_000), [3]),
        ("a long tag", HEAD + "\n## 글\n\n주제: " + "주" * 101, [8]),
        ("a tag that becomes long", HEAD + "\n## 글\n\n주제: " + "ﷺ" * 6, [8]),
        ("too many points", HEAD + "\n## 글\n### 요약\n" + "- 글\n" * 201, [8]),
        ("too many corrections", HEAD + "\n## 글\n### 정정\n" + CORRECTION * 210, [210]),
        ("too many of the digest", HEAD + "\n### 정정\n" + CORRECTION * 210 + ARTICLE, [209]),
        ("a long correction", HEAD + f"\n## 글\n### 정정\n{CORRECTION[:-1]}{'가' * 2_000}\n", [10]),
        ("one of long lines", HEAD + f"\n### 정정\n{CORRECTION}{LONG_LINE * 6}{ARTICLE}", [11]),
        ("a comment in one", HEAD + f"\n## 글\n### 정정\n{COMMENT_IN_CORRECTION}-->\n", [12]),
        ("aliases", HEAD.replace("layout: post", "a: &x 1\nb: *x"), [1]),
        ("no date", HEAD.replace("date: ", "day: ") + ARTICLE, [1]),
        ("date that does not exist", HEAD.replace("01-03 00", "02-30 00") + ARTICLE, [4]),
        ("date in words", HEAD.replace("2026-01-03 00:31:05 +0900", "어제") + ARTICLE, [4]),
        ("blank title", HEAD.replace('"2026-01-03 AI 뉴스"', '" "') + ARTICLE, [3]),
        ("no article", HEAD + "\n글만 있음\n", [9]),
        ("control character", POST.replace("40%", "4\x080%"), [15]),
        ("section twice", POST.replace("### 주요 내용 및 시사점", "### 요약"), [17]),
        ("citation without publisher", POST.replace("[한빛일보]", "[]"), [10]),
    ]

    def test_what_cannot_be_used_is_refused_with_its_line(self):
        for name, text, lines in self.CASES:
            with self.subTest(name):
                with self.assertRaises(DocumentError) as caught:
                    parse(text, SEOUL)
                self.assertEqual([line for line, _ in caught.exception.errors], lines)

    def test_front_matter_that_is_not_understood_says_what_to_do(self):
        """In the words of the site, not in those of a parser."""
        for text, named in (
            (HEAD.replace("layout: post", 'layout: "post'), 3),
            (HEAD.replace("layout: post", "a:\n\t- b"), 3),
            ('+++\ndate = 2026-01-03\ntitle = "이름\n+++\n', 3),
            ("+++\ntitle = [\n+++\n", 2),
        ):
            with self.subTest(text), self.assertRaises(DocumentError) as caught:
                parse(text, SEOUL)
            [(line, sentence)] = caught.exception.errors
            self.assertEqual(line, named)
            self.assertRegex(sentence, r"[YT].ML로 읽을 수 없습니다\. [^a-z]+ 주세요\.$")

    def test_sentences_are_in_the_language_of_the_site(self):
        with translation.override("en"), self.assertRaises(DocumentError) as caught:
            parse(HEAD.replace("date: ", "day: "), SEOUL)
        self.assertEqual(
            caught.exception.errors[0][1], "The front matter has no date. Add “date: 2026-01-03”."
        )

    def test_limits_are_named(self):
        for text in (
            POST.replace("- 응답", "- " + "가" * LONGEST_TEXT),
            POST.replace("온디바이스 모델", "가" * LONGEST_LINE),
            POST.replace("의료기기", "가" * LONGEST_TEXT),
            HEAD + "가" * (LONGEST_TEXT + 1) + ARTICLE,
            POST.replace("layout: post", "layout: " + "a" * 50_001),
            POST.replace("AI 뉴스", "가" * LONGEST_LINE),
        ):
            with self.subTest(len(text)), self.assertRaises(DocumentError):
                parse(text, SEOUL)

    def test_what_is_too_long_for_readers_is_read(self):
        for text in (
            POST.replace("- 응답", "- " + "가" * 1001),
            POST.replace("온디바이스 모델", "가" * 400),
            POST.replace("의료기기", "가" * 5_001),
            HEAD + "가" * 10_001 + ARTICLE,
            POST + "가" * 20_001 + "\n",
            POST.replace("AI 뉴스", "가" * 300),
        ):
            with self.subTest(len(text)):
                self.assertEqual(document.write(parse(text, SEOUL)), text)


class LinesOfRefusalsTests(SimpleTestCase):
    """The line that is named is the line of the file, whatever ends its lines."""

    def lines(self, text, **options):
        with self.assertRaises(DocumentError) as caught:
            parse(text, SEOUL, **options)
        return [line for line, _sentence in caught.exception.errors]

    def test_line_ends_do_not_move_it(self):
        text = POST.replace("40%", "4\x080%")
        twice = POST.replace("\n## ", "\n## 제목\n### 요약\n- 점\n### 요약\n## ", 1)
        for change in (str, lambda t: t.replace("\n", "\r\n"), lambda t: t.replace("\n", "\r")):
            for mark in ("", "\ufeff"):
                self.assertEqual(self.lines(mark + change(text)), [15])
                self.assertEqual(self.lines(mark + change(twice)), [11])

    def test_a_line_end_of_the_first_computers_among_others_is_named(self):
        self.assertEqual(self.lines(POST.replace("- 응답", "\r- 응답")), [15])
        self.assertEqual(self.lines("\r".join(POST.split("\n", 3))), [1])
        self.assertEqual(self.lines(POST.replace("\n", "\r").replace("약\r", "약\n")), [13])

    def test_without_front_matter_the_first_line_is_the_first(self):
        self.assertEqual(self.lines("# 이름\n\n## 가 <!--\n", day=dt.date(2026, 1, 3)), [3])

    def test_separators_that_end_no_line_do_not_move_it(self):
        text = HEAD.replace("AI", "A\u2028I").replace("layout: post", "layout: post\nlayout: x")
        self.assertEqual(self.lines(text + ARTICLE), [3])
        moved = HEAD.replace("AI", "A\u2028I").replace("date: 2026-01-03", "date: 2026-02-30")
        self.assertEqual(self.lines(moved + ARTICLE), [4])

    def test_a_wide_blank_after_a_key_does_not_move_it(self):
        text = HEAD.replace("title: ", "title:\u3000").replace("01-03 00", "02-30 00")
        self.assertEqual(self.lines(text + ARTICLE), [4])

    def test_toml_names_its_line(self):
        self.assertEqual(self.lines('+++\ntitle = "글"\ndate = 어제\n+++\n## 제목\n'), [3])
        self.assertEqual(self.lines('+++\ntitle = "글"\n## 제목\n'), [1])
        deep = f"+++\ntitle = '글'\ndate = 2026-01-03\na = {'[' * 9_000}\n+++\n## 제목\n"
        self.assertEqual(len(self.lines(deep)), 1)
        self.assertEqual(self.lines(deep.replace("[" * 9_000, "[" * 30 + "]" * 30)), [1])

    def test_a_correction_without_a_text_before_the_articles_is_refused_in_a_comment_too(self):
        self.assertEqual(self.lines(HEAD + "\n### 정정\n<!-- 가\n나 -->\n" + ARTICLE), [9])
        self.assertEqual(self.lines(HEAD + "\n### 정정\n```\n나\n```\n" + ARTICLE), [9])
