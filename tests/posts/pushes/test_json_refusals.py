"""What of a push in JSON is refused, and where the answer says it is wrong."""

import datetime as dt
import json

from django.test import SimpleTestCase
from django.utils.translation import override

from articles.document import MAX_ARTICLES
from articles.posts.pushes import json_reading
from articles.posts.pushes.problems import MALFORMED, UNUSABLE, Refused
from tests.support.costs import assert_cheap

DAY = dt.date(2026, 1, 3)


def read(document):
    """The digest in a document, given as bytes or as values."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return json_reading.as_written(content, DAY)


class RefusalTests(SimpleTestCase):
    def problems(self, document, status=UNUSABLE):
        with self.assertRaises(Refused) as refused:
            read(document)
        self.assertEqual(refused.exception.status, status)
        return refused.exception.problems

    def pointers(self, document):
        problems = self.problems(document)
        self.assertTrue(all(problem.detail.endswith(".") for problem in problems), problems)
        return [problem.pointer for problem in problems]

    def test_each_wrong_place_has_a_pointer(self):
        for document, pointers in (
            ([], [""]),
            ("글", [""]),
            ({"articles": {}}, ["/articles"]),
            ({"articles": [3, None]}, ["/articles/0", "/articles/1"]),
            ({"articles": [], "title": 3}, ["/title"]),
            ({"articles": [], "format": "rss", "version": 2}, ["/format", "/version"]),
            ({"articles": [], "version": True}, ["/version"]),
            ({"articles": [], "language": "fr"}, ["/language"]),
            ({"articles": [], "date": "2026-01-04"}, ["/date"]),
            ({"articles": [], "date": "2026-1-3"}, ["/date"]),
            ({"articles": [], "date": "2026-02-30"}, ["/date"]),
            ({"articles": [{"headline": ["x"]}]}, ["/articles/0/headline"]),
            ({"articles": [{"points": [["x"]]}]}, ["/articles/0/points/0"]),
            ({"articles": [{"citations": [7]}]}, ["/articles/0/citations/0"]),
            (
                {"articles": [{"headline": "x"}, {"citations": ["a.example", {"url": 7}]}]},
                ["/articles/1/citations/1/url"],
            ),
            ({"articles": [{"tags": "AI"}]}, ["/articles/0/tags"]),
            ({"articles": [{"other": [{"text": "x"}]}]}, ["/articles/0/other/0/after"]),
            ({"articles": [{"key": 7}]}, ["/articles/0/key"]),
            (
                {"articles": [{"unread_citations": [{"place": -1, "line": "x"}]}]},
                ["/articles/0/unread_citations/0/place"],
            ),
            ({"articles": [{"key": "a"}, {"key": "a"}]}, ["/articles/1/key"]),
        ):
            with self.subTest(document):
                self.assertEqual(self.pointers(document), pointers)

    def test_a_problem_says_what_to_do(self):
        for document, words in (
            ({}, "넣어 주세요."),
            ({"articles": [], "date": "2026-01-04"}, "고치세요."),
            ({"articles": [{"key": "a"}, {"key": "a"}]}, "붙이세요."),
            (b'{"articles": [], "articles": []}', "한 번만 적으세요."),
            (b'{"articles": [{"headline": NaN}]}', "글로 적으세요."),
        ):
            with self.subTest(document), override("ko"):
                self.assertTrue(self.problems(document)[0].detail.endswith(words))
        with override("ko"):
            deep = self.problems(b"[" * 30, MALFORMED)
        self.assertEqual([problem.detail[-11:] for problem in deep], ["20겹까지만 쓰세요."])

    def test_what_is_too_long_is_refused_at_its_place(self):
        line, text = "x" * 1_001, "x" * 200_001
        for document, pointer in (
            ({"articles": [], "title": line}, "/title"),
            ({"articles": [], "introduction": text}, "/introduction"),
            ({"articles": [{"headline": line}]}, "/articles/0/headline"),
            ({"articles": [{"key": "x" * 201}]}, "/articles/0/key"),
            ({"articles": [{"outlook": text}]}, "/articles/0/outlook"),
            ({"articles": [{"points": [text]}]}, "/articles/0/points/0"),
            ({"articles": [{"points": "x\n" * 201}]}, "/articles/0/points"),
            ({"articles": [{"points": ["x"] * 201}]}, "/articles/0/points"),
            ({"articles": [{"tags": ["x" * 101]}]}, "/articles/0/tags/0"),
            ({"articles": [{"tags": ["<!-- x -->"]}]}, "/articles/0/tags/0"),
            ({"articles": [{"citations": ["x" * 3_001]}]}, "/articles/0/citations/0"),
            ({"articles": [{"citations": "y\n" + "x" * 3_001}]}, "/articles/0/citations"),
            ({"articles": [{"citations": ["x"] * 201}]}, "/articles/0/citations"),
            ({"articles": [{"citations": [{"url": "x" * 2_001}]}]}, "/articles/0/citations/0/url"),
            (
                {"articles": [{"other": [{"after": "rule", "text": text}]}]},
                "/articles/0/other/0/text",
            ),
            ({"articles": [{"headline": "x"}] * (MAX_ARTICLES + 1)}, "/articles"),
        ):
            with self.subTest(pointer):
                self.assertEqual(self.pointers(document), [pointer])

    def test_unread_lines_do_not_make_more_citations_than_fit(self):
        article = {
            "citations": ["https://a.example"] * 200,
            "unread_citations": [{"place": 0, "line": "x"}],
        }
        self.assertEqual(self.pointers({"articles": [article]}), ["/articles/0/unread_citations"])

    def test_an_article_of_unknown_keys_alone_is_a_mistake_of_the_program(self):
        problems = self.problems({"articles": [{"title": "제목", "summary": "글"}]})
        self.assertEqual([problem.pointer for problem in problems], ["/articles/0"])
        self.assertIn("title, summary", problems[0].detail)

    def test_all_faults_are_told_at_once_up_to_a_limit(self):
        self.assertEqual(len(self.pointers({"articles": [{"headline": 3}] * 30})), 30)
        self.assertEqual(len(self.pointers({"articles": [{"headline": 3}] * 300})), 50)

    def test_what_is_no_json_is_refused_with_its_line(self):
        for content, line in (
            (b"", 1),
            (b"{", 1),
            (b'{"articles": [\n  {"headline": "x",}\n]}', 2),
            (b'{"articles":\n[]} x', 2),
            (b'{"articles": [],\n "title": "a\nb"}', 2),
            (b'{"articles": [], "title":\n"\xff"}', 2),
            ('{"articles": []}'.encode("utf-16"), 1),
            (b'{"articles":\n' + b"[" * 30 + b"]" * 30 + b"}", 2),
        ):
            with self.subTest(content):
                problems = self.problems(content, MALFORMED)
                self.assertEqual([problem.line for problem in problems], [line])

    def test_a_byte_order_mark_is_no_fault(self):
        self.assertEqual(read(b'\xef\xbb\xbf{"articles": []}').articles, [])

    def test_repeated_keys_and_odd_numbers_are_faults_also_where_nobody_reads(self):
        digits = b"1" * 100_000
        for content, pointer in (
            (b'{"articles": [], "articles": []}', ""),
            (b'{"articles": [{"x": {"a/b": {"~": 1, "~": 2}}}]}', "/articles/0/x/a~1b"),
            (b'{"articles": [], "x": [1, NaN]}', "/x/1"),
            (b'{"articles": [], "x": -Infinity}', "/x"),
            (b'{"articles": [], "x": %s}' % digits, "/x"),
            (b'{"articles": [], "x": 0.%s}' % digits, "/x"),
        ):
            with self.subTest(content[:60]):
                self.assertIn(pointer, self.pointers(content))

    def test_keys_have_a_limit_so_that_pointers_have_one(self):
        content = json.dumps({"articles": [], "x": {"y" * 90_000: {"z": 1}}}).encode()
        (problem,) = self.problems(content)
        self.assertEqual(problem.pointer, "/x")
        self.assertLess(len(problem.detail), 200)

    def test_no_megabyte_takes_long(self):
        for content in (
            b"[" * 1_000_000,
            b'{"a":' * 200_000,
            b'["' + b'\\"' * 500_000,
            b'["' * 333_333,
            b'{"articles": [' + b"[]," * 330_000 + b"[]]}",
            b'{"articles": [], "x": ' + b"9" * 999_900 + b"}",
            b'{"articles": [],' + b'"a":1,' * 160_000 + b'"a":1}',
            b'{"articles": [],' + b",".join(b'"%d":1' % n for n in range(80_000)) + b"}",
            b'{"articles": [], "x": [' + b"NaN," * 240_000 + b"NaN]}",
            json.dumps({"articles": [{"citations": ["가 " * 1_400] * 200}] * 2}).encode(),
            json.dumps({"articles": [{"points": "- \n" * 60_000}] * 5}).encode(),
            json.dumps({"articles": [{"tags": [", ".join("abc") * 90] * 200}] * 5}).encode(),
        ):
            with self.subTest(content[:30]):
                assert_cheap(self, self.outcome, content, name=repr(content[:30]))

    def outcome(self, content):
        try:
            return read(content)
        except Refused as refused:
            return refused
