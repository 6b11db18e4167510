"""No text that may be saved blows up, wherever it is dealt with.

A limit for safety and no measure of speed: what is measured here takes milliseconds as a rule.
"""

from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.test import SimpleTestCase

from articles import document, preflight
from articles.digests.diffing import compare_words
from articles.document.model import MAX_FRONT_MATTER_LENGTH
from articles.posts.importing import media_of
from articles.preflight.archive import Archive, Earlier
from articles.rules import lines, rendering
from articles.rules.addresses import normalise
from articles.rules.lengths import IMPLICATION, LONGEST_TEXT, OTHER
from articles.rules.text import fold, slugify
from articles.rules.validators import MAX_URL_LENGTH, is_web_address
from articles.search import indexed_text, marking, queries, terms
from tests.attacks.costly import COSTLY
from tests.attacks.test_inert import postable
from tests.preflight.snapshots import article, citation, digest
from tests.support.costs import assert_cheap, calls
from tests.support.desk import DeskTestCase, change_url, filled
from tests.support.factories import DAY, make_article, make_digest, publish
from tests.support.posts import HEAD

TITLE, HEADLINE, INTRODUCTION, POINT = 200, 300, 10_000, 1_000
WHOLE = 100_000  # of a long post
SEOUL = ZoneInfo("Asia/Seoul")
# For whole requests, of which each takes longer: those that cost most, of every kind.
WORST = [
    *("repeated '> '", "repeated '- a\\n  '", "repeated '&lt;'", "repeated '(사진'"),
    *("repeated '\\n'", "repeated '|a|\\n'", "lists in lists", "all different", "references"),
]


class CostTestCase(SimpleTestCase):
    def assert_cheap(self, name, work, *arguments):
        return assert_cheap(self, work, *arguments, name=name)


class FunctionTests(CostTestCase):
    """Each text as long as readers get along with."""

    def test_rendering(self):
        for name, make in COSTLY.items():
            self.assert_cheap(name, rendering.render, make(OTHER))
            self.assert_cheap(name, rendering.render_inline, make(POINT))
            self.assert_cheap(name, rendering.plain, make(INTRODUCTION))

    def test_the_longest_texts_that_are_stored_cost_in_proportion(self):
        for name in WORST:
            make = COSTLY[name]
            with self.subTest(name):
                few = calls(rendering.render, make(LONGEST_TEXT // 10))
                self.assertLess(calls(rendering.render, make(LONGEST_TEXT)), 12 * few)

    def test_names_and_lines(self):
        for name, make in COSTLY.items():
            self.assert_cheap(name, slugify, make(HEADLINE))
            self.assert_cheap(name, fold, make(HEADLINE))
            for parse in (lines.parse_points, lines.read_citations, lines.parse_tags):
                self.assert_cheap(name, refused(parse, lines.LineErrors), make(20 * POINT))
            read = refused(lines.read_citation, ValueError)
            for start in ("", "https://a.example/", "[가](https://a.example/"):
                self.assert_cheap(name, read, start + make(lines.MAX_CITATION_LENGTH - len(start)))

    def test_addresses(self):
        for name, make in COSTLY.items():
            for start in ("https://a.example/", "https://", "https://a.example/?", ""):
                address = start + make(MAX_URL_LENGTH - len(start))
                self.assert_cheap(name, is_web_address, address)
                self.assert_cheap(name, normalise, address)

    def test_checks_before_press(self):
        recent = [Earlier(DAY, COSTLY[name](HEADLINE)) for name in list(COSTLY)[::9]]
        with patch("articles.preflight.look_up", return_value=Archive(headlines=recent)):
            for name, make in COSTLY.items():
                self.assert_cheap(name, preflight.check, whole(make))

    def test_searching(self):
        for number, (name, make) in enumerate(COSTLY.items()):
            long = make(OTHER)
            texts = dict.fromkeys(indexed_text.FIELDS, "") | {"points": [make(POINT)]}
            texts["other"] = [{"text": long, "after": "rule"}]
            passages = self.assert_cheap(name, indexed_text.body, texts)
            self.assert_cheap(name, terms.terms, self.assert_cheap(name, terms.canonical, long))
            asked = make(queries.MAX_LENGTH)
            query = self.assert_cheap(name, refused(queries.parse, queries.Unusable), asked)
            if query and number % 4 == 0:
                passage = self.assert_cheap(name, marking.best, passages, query.pieces)
                self.assert_cheap(name, marking.snippet, passage, query.pieces)

    def test_comparing(self):
        """Every fourth, since many of them cost what comparing may cost at most."""
        for name in list(COSTLY)[::4]:
            text = COSTLY[name](INTRODUCTION)
            self.assert_cheap(name, compare_words, text, text[::-1] + "가")

    def test_documents(self):
        read = refused(document.parse, document.DocumentError)
        head = HEAD + "\n## 제목\n\n### 요약\n\n- 글\n\n"
        for name, make in COSTLY.items():
            found = self.assert_cheap(name, read, head + make(OTHER), SEOUL)
            if found:
                self.assert_cheap(name, document.write, found)

    def test_media_of_posts(self):
        """They are looked for in all of a post; no field is as long."""
        for name, make in COSTLY.items():
            self.assert_cheap(name, media_of, make(WHOLE))

    def test_front_matter(self):
        """Of every fifth, and of what YAML has signs for."""
        read = refused(document.parse, document.DocumentError)
        signs = [f"repeated {sign!r}" for sign in ("[", "{", "- ", "'", '"', "&", "*", "|", "> ")]
        for name in {*list(COSTLY)[::5], *signs}:
            key = COSTLY[name](MAX_FRONT_MATTER_LENGTH - 100)
            front = f"---\ntitle: 글\ndate: 2026-01-03\nkey: {key}\n---\n## 제목\n"
            self.assert_cheap(name, read, front, SEOUL)


@pytest.mark.one_engine
class RequestTests(DeskTestCase):
    """A digest of one article of which every field is as long as it may be."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.digest = make_digest(DAY, articles=0, published=False)
        make_article(cls.digest)
        publish(cls.digest)
        cls.digest.refresh_from_db()

    def assert_cheap(self, name, work, *arguments):
        return assert_cheap(self, work, *arguments, name=name, undone=True)

    def test_writing_and_reading(self):
        preview, findings = f"{self.desk}live-preview/", f"{self.desk}findings/"
        for name in WORST:
            self.digest.refresh_from_db()
            data = self.typed(COSTLY[name])
            for address in (preview, findings):
                response = self.assert_cheap(name, self.client.post, address, data)
                self.assertEqual(response.status_code, 200)
            response = self.assert_cheap(name, self.client.post, change_url(self.digest), data)
            self.assertSaved(response)
            for address in self.reading():
                response = self.assert_cheap(name, self.client.get, address)
                self.assertEqual(response.status_code, 200)

    def test_a_refused_text_comes_back_as_quickly(self):
        text = "> " * 200_000
        data = filled(self.digest, introduction=text, articles_0_outlook=text)
        response = self.assert_cheap("refused", self.client.post, change_url(self.digest), data)
        self.assertEqual(response.status_code, 200)
        self.assertContains(response, "&gt; " * 200_000, count=2)

    @property
    def desk(self):
        return change_url(self.digest).removesuffix("change/")

    def typed(self, make):
        """The form with a text in every field; what no field takes is left as it is."""
        points = [make(POINT).replace("\n", " ") for _number in range(8)]
        points = [point for point in points if len(point.strip()) and not point.startswith("-")]
        texts = {
            "introduction": make(INTRODUCTION),
            "articles_0_headline": make(HEADLINE).strip() or "글",
            "articles_0_points": "\n".join(points),
            "articles_0_other_implications": make(OTHER),
            "articles_0_read_by": make(100),
            **{
                f"articles_0_{name}": make(IMPLICATION)
                for name in ("technical_significance", "industry_impact", "outlook")
            },
        }
        return filled(self.digest, **{name: postable(text) for name, text in texts.items()})

    def reading(self):
        """Where the texts are read."""
        yield self.digest.get_absolute_url()
        yield self.digest.articles.get().get_absolute_url()
        yield from ("/feeds/digests.rss", "/feeds/articles.json", "/search/?q=%EA%B8%80")
        yield from (change_url(self.digest), f"{self.desk}history/")
        newest = self.digest.revisions.order_by("-number").first()
        yield f"{self.desk}history/{newest.number}/"


def refused(work, error):
    """The function with None in place of a refusal."""

    def tried(*arguments):
        try:
            return work(*arguments)
        except error:
            return None

    return tried


def whole(make):
    """A snapshot for preflight, full of one text."""
    text = make(IMPLICATION)
    own = article(
        headline=make(HEADLINE),
        points=[make(POINT)] * 5,
        technical_significance=text,
        industry_impact=text,
        outlook=text,
        citations=[citation("https://a.example/" + make(1900)), citation(make(2000))],
        tags=[make(50)],
    )
    return digest(own, title=make(TITLE), introduction=make(INTRODUCTION))
