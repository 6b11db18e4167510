"""Code in `<pre>` and in Liquid's `{% highlight %}`, in which lines look like structure."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles import document
from articles.document import DocumentError
from articles.document.code_elements import lines_of_code
from articles.posts.post_files import PostFile
from articles.posts.reading import read

SEOUL = ZoneInfo("Asia/Seoul")
DAY = dt.date(2026, 1, 3)
CODE = "## 설치\n---\n### 요약\n- 셋\n"
PRE, LIQUID = f"<pre>\n{CODE}</pre>", f"{{% highlight sh %}}\n{CODE}{{% endhighlight %}}"


def post(code):
    return f"---\ntitle: x\n---\n## 새 칩\n\n### 요약\n- 반\n\n{code}\n\n## 섬\n\n### 요약\n- 배\n"


class CodeElementTests(SimpleTestCase):
    def read(self, text):
        return read(PostFile("2026-01-03-x.md", lambda limit: b""), text, SEOUL)

    def test_code_begins_no_article_and_is_kept(self):
        for code in (PRE, LIQUID):
            with self.subTest(code):
                found = self.read(post(code)).document
                self.assertEqual([a.headline for a in found.articles], ["새 칩", "섬"])
                self.assertEqual(found.articles[0].points, ["반"])
                [other] = found.articles[0].other
                self.assertEqual(other.text, code)
                written = document.write(found)
                again = self.read(written)
                self.assertTrue(again.exact)
                self.assertEqual(document.write(again.document), written)

    def test_the_exact_reader_names_the_line(self):
        with self.assertRaises(DocumentError) as caught:
            document.parse(post(PRE), SEOUL, day=DAY)
        self.assertEqual(caught.exception.errors[0][0], 10)

    def test_code_without_headlines_stays_byte_for_byte(self):
        text = post("<pre>\n# 설치\n</pre>")
        self.assertEqual(document.write(document.parse(text, SEOUL, day=DAY)), text)

    def test_headings_in_code_that_is_set_in_are_none(self):
        text = post("글.\n\n    ## 설치\n    ---\n    끝")
        self.assertEqual(len(self.read(text).document.articles), 2)

    def test_what_is_not_closed_or_holds_articles_is_no_code(self):
        for text in ("<pre>\n## a", "<pre>\n---\n\n## a\n</pre>", "```\n<pre>\n```\n## a\n</pre>"):
            with self.subTest(text):
                self.assertEqual(lines_of_code(text.split("\n")), set())

    def test_many_that_nothing_closes_are_looked_at_once(self):
        for end in ([], ["---", "", "## a", "</pre>"]):
            lines = Counted(["<pre>"] * 1000 + end)
            self.assertEqual(lines_of_code(lines), set())
            self.assertLess(lines.reads, 10_000)

    def test_code_below_an_element_that_nothing_closes_is_code(self):
        text = "<pre>\na\n\n---\n\n## b\n\n<pre>\n## c\n</pre>"
        self.assertEqual(lines_of_code(text.split("\n")), {7, 8, 9})


class Counted(list):
    reads = 0

    def __getitem__(self, place):
        self.reads += 1
        return super().__getitem__(place)
