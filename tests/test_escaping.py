"""What editors type never becomes markup."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.test import TestCase

from articles.digests import publishing
from articles.models import Citation, Publisher
from articles.pages import shown_articles
from tests.support.factories import make_article, make_digest
from tests.test_templates import Page, feed_body, page_of

# Pages are made of plain rows, for which `test_leaks.WorkTests` asks both engines at every address.
pytestmark = pytest.mark.one_engine

ATTACK = "<script>alert(1)</script>"


class EscapingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.digest = make_digest(
            "2026-01-03", articles=0, published=False, title=ATTACK, introduction=ATTACK
        )
        make_article(
            cls.digest,
            headline=f"머리 {ATTACK}",
            points=[ATTACK],
            outlook=ATTACK,
            citations=[(ATTACK, "https://a.example/?a=1&b=%22", None)],
            tags=[ATTACK],
        )
        publishing.publish(cls.digest, unchecked=True)
        publishing.correct(cls.digest, ATTACK)

    def test_pages_show_markup_as_text(self):
        tag = self.digest.articles.get().tags.get()
        for path in ("/", "/2026/", "/2026/01/", "/tags/", tag.get_absolute_url()):
            with self.subTest(path=path):
                response = self.client.get(path)
                self.assertEqual(page_of(response).inline_scripts(), [])
                self.assertContains(response, "&lt;script&gt;")

    def test_feed_body_shows_markup_as_text(self):
        body = feed_body(self.digest)
        self.assertEqual(Page(body).all("script"), [])
        self.assertIn("&lt;script&gt;", body)

    def test_address_that_is_no_web_address_is_not_linked(self):
        """The database holds such an address only if it was forced in, so it is not saved here."""
        citation = Citation(publisher=Publisher(name="한빛일보"), url="javascript:alert(1)")
        citations = SimpleNamespace(all=lambda: [citation])
        citations = shown_articles.citations(SimpleNamespace(citations=citations))
        html = render_to_string("articles/_citations.html", {"article": {"citations": citations}})
        self.assertIn("한빛일보", html)
        self.assertEqual(Page(html).all("a"), [])
        self.assertNotIn("javascript", html)

    def test_broken_address_forced_into_the_database_is_not_linked(self):
        Citation.objects.update(url="https://")
        for html in (self.client.get("/").content.decode(), feed_body(self.digest)):
            self.assertNotIn("https://", Page(html).links())
            self.assertIn("&lt;script&gt;", html)
