"""Every page that readers see is valid HTML, with names, headings and landmarks in order."""

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings
from django.urls import resolve
from django.utils import translation
from django.views.csrf import csrf_failure

from articles.digests import publishing
from articles.models import Imprint
from articles.pages import imprints
from articles.views.errors import server_error
from tests.support.factories import make_article, make_digest
from tests.support.html_rules import errors
from tests.support.leaks import crawl
from tests.support.reader_site import EMPTY, NOON, ReaderSite

ODD = Path(__file__).parent / "document" / "odd"
DEADLINE = dict.fromkeys(range(7), dt.time(8))
PAGE = (
    '<!doctype html><html lang="ko"><head><title>제목</title></head>'
    "<body><main><h1>머리</h1>{}</main></body></html>"
)
# Texts that could end an element, an attribute or an address, and writing of other directions.
HARD = (
    "</main></a>\"'<b>&lt;&amp; &notin; \\",
    "# 제목\n\n## 절\n\n```\n</pre><script>\n```",
    '[열린 *링크](https://a.example/?a=1&b="2"\'<3>) <https://a.example/[x]>',
    "![그림](https://a.example/x.png) ![](x) [안](/2026/) [글](javascript:alert) | a | b |",
    "عربي עברית 👩‍👩‍👧‍👦 e\u0301 \u202e거꾸로\u202c \u200b",
    "| 가 | 나 |\n| :-: | --: |\n| [링크](https://a.example/) | `|` |\n\n1. 하나\n   - 둘\n\n---",
)


def is_page(answer):
    kind = dict(answer.headers).get("Content-Type", "")
    return answer.line == "200 OK" and kind.startswith("text/html")


@pytest.mark.one_engine
class EveryPageTests(TestCase):
    language = "ko"

    @classmethod
    def setUpTestData(cls):
        cls.site = ReaderSite(cls.language)

    def setUp(self):
        imprints.know(Imprint.objects.get())

    def assert_valid(self, address):
        response = self.client.get(address)
        self.assertIn("text/html", response["Content-Type"])
        self.assertEqual(errors(response.content.decode()), [])
        return response

    def test_every_page_is_valid(self):
        for name, address in self.site.pages():
            with self.subTest(address):
                response = self.assert_valid(address)
                self.assertEqual(response.status_code, 200 if name else 404)
                self.assertEqual(name, resolve(address.split("?")[0]).url_name if name else "")

    def test_no_page_that_links_lead_to_is_left_out(self):
        found = {
            resolve(address.split("?")[0]).url_name
            for address, answer in crawl(self.client).items()
            if is_page(answer)
        }
        # Nothing leads to a draft.
        self.assertEqual(found, set(self.site.addresses) - {"", "preview-link"})

    def test_pages_of_the_site_show_all_that_a_digest_can_have(self):
        day = self.client.get("/2026/01/03/").content.decode()
        for part in ("corrections", "what-changed", "picture", "other-text", "authorship"):
            self.assertIn(f'class="{part}"', day)
        self.assertIn('class="gaps"', self.client.get("/2026/01/").content.decode())
        topics = self.client.get(self.site.addresses["topics"][1]).content.decode()
        for part in ('class="chart"', 'id="changes"', 'id="mix"'):
            self.assertIn(part, topics)

    @override_settings(DIGEST_DEADLINE=DEADLINE)
    def test_home_of_a_late_digest_is_valid(self):
        with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
            self.assertContains(self.assert_valid("/"), 'class="late"')


@override_settings(LANGUAGE_CODE="en")
class EveryEnglishPageTests(EveryPageTests):
    language = "en"


class EmptySiteTests(TestCase):
    def test_pages_of_an_empty_site_are_valid(self):
        for language in ("ko", "en"):
            with override_settings(LANGUAGE_CODE=language):
                for address in EMPTY:
                    with self.subTest(address, language=language):
                        self.assertEqual(errors(self.client.get(address).content.decode()), [])


@pytest.mark.one_engine
class OddTextTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_digest("2026-01-03", articles=0, published=False, title=HARD[0])
        for number, text in enumerate(HARD):
            make_article(
                cls.digest,
                headline=" ".join(HARD[-1 - number].split()),
                points=[" ".join(text.split())],
                technical_significance=text,
                outlook=text,
                citations=[(f"{HARD[0]}{number}", "https://a.example/?a=1&b=%22", None)],
                tags=[f"{HARD[0]} {number}".replace(",", "")],
                other=[{"text": text, "after": "points"}],
                read_by=HARD[0],
            )
        cls.digest.introduction = "\n\n".join(HARD)
        cls.digest.save()
        publishing.publish(cls.digest, unchecked=True)
        for text in HARD:
            publishing.correct(cls.digest, text)

    def test_whatever_editors_write_every_page_is_valid(self):
        pages = {a: answer for a, answer in crawl(self.client).items() if is_page(answer)}
        self.assertGreater(len(pages), 20)
        for address, answer in pages.items():
            with self.subTest(address):
                self.assertEqual(errors(answer.body.decode()), [])


class ErrorPageTests(SimpleTestCase):
    def test_error_pages_are_valid(self):
        request = RequestFactory().get("/")
        for language in ("ko", "en"):
            with override_settings(LANGUAGE_CODE=language), translation.override(language):
                for response in (server_error(request), csrf_failure(request)):
                    self.assertEqual(errors(response.content.decode()), [])


class RuleTests(SimpleTestCase):
    """Each rule finds what it is for."""

    def test_a_plain_page_breaks_no_rule(self):
        self.assertEqual(errors(PAGE.format("<p>글")), [])

    def test_what_breaks_a_rule_is_found(self):
        for body, found in (
            ("<p><div></div></p>", "unexpected-end-tag"),
            ('<p class="a" class="b">글</p>', "duplicate-attribute"),
            ('<p id="a">글<p id="a">글', "id twice"),
            ("<input>", "no label"),
            ('<a href="/"></a>', "empty"),
            ('<a href="#b">글</a>', "no #b"),
            ('<p aria-labelledby="b">글', "no #b"),
            ("<button>글</button>", "no type"),
            ('<img src="/a.png">', "no alt"),
            ("<h3>글</h3>", "h3 after h1"),
            ("<h1>글</h1>", "2 h1"),
            ("<nav>글</nav>", "nav without a name"),
            ('<nav aria-label="a">글</nav><nav aria-label="a">글</nav>', "two nav"),
            ("<span><section>글</section></span>", "section in span"),
            ("<ul><p>글</p></ul>", "p in ul"),
            ("<ul></ul>", "empty list"),
            ('<a href="/"><button type="button">글</button></a>', "control in a control"),
            ("<main>글</main>", "2 main"),
        ):
            with self.subTest(body):
                self.assertIn(found, "\n".join(errors(PAGE.format(body))))
        self.assertIn("html has no lang", errors("<!doctype html><title>a</title><h1>a</h1>"))
