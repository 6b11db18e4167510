"""What is read costs no more than twice as much when it is twice as long: counted, not timed."""

from contextlib import suppress
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles import document
from articles.document import DocumentError, layout
from articles.document.body import Body
from articles.document.draft import Growing
from articles.document.model import MAX_ARTICLES, any_picture
from articles.rules.lengths import LONGEST_TEXT
from articles.rules.lines import MAX_LINES
from articles.rules.text import Slugs, unique_slug
from tests.support.costs import calls

HEAD = "---\ntitle: t\ndate: 2026-03-02 07:00:00 +0900\n---\n\n"
# Each of some bytes, as often as asked for; what is too much for one article is refused, which may
# cost no more.
KINDS = {
    "articles": "## h\n",
    "points": ("## h\n\n### 요약\n\n", "- a\n"),
    "nested points": ("## h\n\n### 요약\n\n", "- a\n  - b\n"),
    "sources": ("## h\n\n", "**출처:** [a](https://a.example/) - 발행일: 2026-01-03\n"),
    "headings": ("## h\n\n", "### x\n"),
    "rules": ("## h\n\n", "---\n"),
    "fences": ("## h\n\n", "```\na\n"),
    "comments": ("## h\n\n", "<!-- a -->\n"),
    "open comments": ("## h\n\n", "<!-- a\n"),
    "Liquid comments": ("## h\n\n", "{% comment %}a{% endcomment %}\n"),
    "implication": ("## h\n\n### 시사점\n\n- **기술적 의미**: a\n", "  a\n"),
    "correction": ("## h\n\n### 정정\n\n- 2026-01-03T09:00:00+09:00 a\n", "  a\n"),
    "introduction": ("", "a\n"),
    "blank lines": ("## h\n", "\n"),
    "tags": ("## h\n\n주제: a", ", a"),
}
FEW, MOST = 500, 2.5
SEOUL = ZoneInfo("Asia/Seoul")


class GrowthTests(SimpleTestCase):
    def assert_linear(self, name, work, few, twice):
        costs = calls(work, few), calls(work, twice)
        self.assertLessEqual(costs[1], MOST * costs[0], name)

    def test_reading_costs_as_much_as_there_is(self):
        for name, kind in KINDS.items():
            start, more = kind if isinstance(kind, tuple) else ("", kind)
            texts = [HEAD + start + more * count + "\n" for count in (FEW, 2 * FEW)]
            with self.subTest(name):
                self.assert_linear(name, read, *texts)

    def test_articles_beyond_what_the_form_holds_are_refused_and_not_read(self):
        few, many = (HEAD + "## h\n" * count for count in (MAX_ARTICLES + 1, 10 * MAX_ARTICLES))
        for text in (few, many):
            with self.assertRaises(DocumentError) as raised:
                document.parse(text, SEOUL)
            [(line, sentence)] = raised.exception.errors
            self.assertEqual(line, HEAD.count("\n") + MAX_ARTICLES + 1)
            self.assertIn("500", sentence)
        self.assertLess(calls(read, many), 1.5 * calls(read, few))
        self.assertEqual(len(document.parse(many[: few.rindex("##")], SEOUL).articles), 500)

    def test_of_points_that_are_refused_few_are_kept(self):
        """Thousands of them cost the garbage collector as much as reading."""
        body = Body(1, has_picture=any_picture)
        body.read(["## h", "### 요약", *["- a"] * 1_000])
        self.assertLessEqual(len(body.articles[0].units), MAX_LINES + 3)
        with self.assertRaisesRegex(DocumentError, str(MAX_LINES)):
            body.finish()

    def test_of_corrections_that_are_refused_few_are_kept(self):
        body = Body(1, has_picture=any_picture)
        body.read(["## h", "### 정정", *["- 2026-01-03T09:00:00+09:00 a"] * 1_000])
        self.assertLessEqual(len(body.articles[0].units), MAX_LINES + 3)
        self.assertEqual(len(body.errors), 1)

    def test_a_text_that_is_too_long_is_refused_once(self):
        """Not again for every line that follows."""
        start, more = KINDS["implication"]
        with self.assertRaises(DocumentError) as raised:
            document.parse(HEAD + start + more * LONGEST_TEXT, SEOUL)
        self.assertEqual(len(raised.exception.errors), 1)

    def test_a_line_of_text_is_no_source_without_a_refusal_in_words(self):
        """Nearly every line is asked, and making the sentence took most of the time."""
        self.assertLessEqual(calls(layout.citation_in, "가나다라 | 마바사"), 2)
        for line in ("[a](https://a.example/)", "a | http://a.example/", "https://a.example/"):
            self.assertTrue(layout.citation_in(line), line)

    def test_slugs_of_equal_headlines_cost_as_much_as_there_are(self):
        self.assert_linear("slugs", number, FEW, 2 * FEW)

    def test_slugs_are_those_that_each_would_get_alone(self):
        slugs, taken = Slugs(["h", "h-3"]), ["h", "h-3"]
        for text in ("h", "h", "H!", "h 3", "칩", "칩", "h"):
            taken.append(unique_slug(text, taken))
            self.assertEqual(slugs.unique(text), taken[-1])

    def test_a_growing_text_is_put_together_once(self):
        text = Growing("a")
        for _line in range(3):
            text.add("\nb")
        self.assertEqual((str(text), text.length), ("a\nb\nb\nb", 7))
        self.assert_linear("growing", grow, FEW, 2 * FEW)


def read(text):
    with suppress(DocumentError):
        document.parse(text, SEOUL)


def number(count):
    slugs = Slugs()
    for _article in range(count):
        slugs.unique("h")


def grow(count):
    text = Growing("")
    for _line in range(count):
        text.add("a")
