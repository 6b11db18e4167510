"""Texts of several languages on a reader's page, and the names of what is on it."""

import unicodedata

from django.test import TestCase

from tests.support.factories import make_article, make_digest, publish
from tests.test_templates import page_of


def decomposed(text):
    return unicodedata.normalize("NFD", text)


class LanguageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        digest = make_digest("2026-01-03", articles=0, published=False, title="여러 말")
        make_article(
            digest,
            headline=decomposed("새 가속기"),
            points=[
                "한국어 요점",
                "日本語の要点です",
                unicodedata.normalize("NFD", "풀어 쓴 요점"),
            ],
            technical_significance="技術的な意味です。",
            outlook="שלום 2026",
            tags=["AI"],
        )
        make_article(digest, headline="둘째")
        publish(digest)

    def setUp(self):
        self.text = self.client.get("/2026/01/03/").text
        self.page = page_of(self.client.get("/2026/01/03/"))

    def test_a_point_in_another_language_says_so(self):
        self.assertIn('<li lang="ja" dir="auto">日本語の要点です</li>', self.text)
        self.assertIn('<li dir="auto">한국어 요점</li>', self.text)
        self.assertIn('<dd lang="ja" dir="auto">', self.text)

    def test_texts_have_the_direction_of_their_own_letters(self):
        for name in ("h1", "h2", "dd"):
            found = [e.attrs.get("dir") for e in self.page.all(name) if e.attrs.get("lang")]
            self.assertTrue(found and set(found) == {"auto"}, name)

    def test_hangul_typed_as_single_letters_is_composed(self):
        for address in ("/2026/01/03/", "/feeds/digests.rss", "/feeds/articles.json", "/"):
            body = self.client.get(address).text
            self.assertIn("풀어 쓴 요점", body)
            self.assertTrue(unicodedata.is_normalized("NFC", body), address)

    def test_each_article_and_each_button_has_a_name_of_its_own(self):
        ids = {element.attrs.get("id") for element in self.page.elements}
        named = (*self.page.all("article"), *self.page.all("button"))
        labels = [e.attrs["aria-labelledby"] for e in named if "aria-labelledby" in e.attrs]
        self.assertEqual(len(labels), 4)
        self.assertEqual(len(set(labels)), 4)
        self.assertLessEqual({name for label in labels for name in label.split()}, ids)


class MenuTests(TestCase):
    def test_the_menu_marks_where_the_page_is(self):
        make_digest("2026-01-03")
        marked = {
            "/": ("/", "page"),
            "/archive/": ("/archive/", "page"),
            "/2026/": ("/archive/", "true"),
            "/2026/01/": ("/archive/", "true"),
            "/tags/": ("/tags/", "page"),
            "/topics/": ("/tags/", "true"),
            "/publishers/": ("/tags/", "true"),
            "/search/": ("/search/", "page"),
            "/subscribe/": ("/subscribe/", "page"),
            "/corrections/": None,
        }
        for address, entry in marked.items():
            with self.subTest(address):
                links = page_of(self.client.get(address)).all("a")
                menu = ("/", "/archive/", "/tags/", "/search/", "/subscribe/")
                found = [
                    (a.attrs["href"], a.attrs["aria-current"])
                    for a in links
                    if "aria-current" in a.attrs and a.attrs["href"] in menu
                ]
                self.assertIn(entry, found) if entry else self.assertEqual(found, [])
