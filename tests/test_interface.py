"""The interface in its two languages: all of it, and nothing of the other one."""

import json
import re

import html5lib
import pytest
from django.test import TestCase, override_settings

from tests.support.html_rules import Page, tag
from tests.support.reader_site import EMPTY, ReaderSite

HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+")
LATIN = re.compile(r"[A-Za-z]+")
ADDRESS = re.compile(r"\b(?:https?://|feed:)\S+|\S+@\S+")
# Latin words that are the same in Korean: names, formats, time zones, examples of a search and its
# OR, and %p for percentage points.
LATIN_WORDS = {
    *("Newsroom", "RSS", "Atom", "JSON", "Feed", "Feedly", "Inoreader", "NewsBlur", "The", "Old"),
    *("Reader", "KST", "Asia", "Seoul", "AI", "HBM", "C", "Ctrl", "p", "OR"),
}
# An example in Korean, since a rule of the search is about syllables.
HANGUL_WORDS = {"칩"}
SPOKEN = ("alt", "aria-label", "title", "placeholder", "abbr", "content", "label")
DATES = {"ko": "2026년 1월 3일 토요일", "en": "Saturday, Jan. 3, 2026"}
MONTHS = {"ko": "2026년 1월", "en": "January 2026"}


def spoken(source):
    """All that readers of a page read, hear or find in a list of hits; addresses left out."""
    page = Page(html5lib.parse(source))
    texts = []
    for element in page.all:
        kind = element.get("type", "")
        if tag(element) == "script" and kind == "application/ld+json":
            texts += of_data(json.loads(element.text))
        elif tag(element) not in ("script", "style"):
            texts.append(element.text or "")
        texts.append(element.tail or "")
        if tag(element) == "meta" and not is_prose(element):
            continue
        names = [*SPOKEN, *(name for name in element.attrib if name.startswith("data-text-"))]
        texts += [element.get(name, "") for name in names]
    return ADDRESS.sub(" ", "\n".join(texts))


def is_prose(meta):
    name = meta.get("name") or meta.get("property") or ""
    return name.rpartition(":")[2] in ("description", "title", "site_name", "alt")


def of_data(value):
    """The texts of structured data that are names or sentences."""
    if isinstance(value, list):
        return [text for one in value for text in of_data(one)]
    if not isinstance(value, dict):
        return []
    texts = [value[key] for key in ("name", "headline", "description", "text") if key in value]
    nested = [text for one in value.values() for text in of_data(one)]
    return [text for text in texts if isinstance(text, str)] + nested


@pytest.mark.one_engine
class KoreanTests(TestCase):
    language, other, allowed = "ko", LATIN, LATIN_WORDS

    def assert_of_one_language(self, addresses):
        for address in addresses:
            with self.subTest(address):
                text = spoken(self.client.get(address).content.decode())
                self.assertEqual(set(self.other.findall(text)) - self.allowed, set())

    def test_every_page_is_of_one_language(self):
        site = ReaderSite(self.language)
        self.assert_of_one_language(address for _name, address in site.pages())

    def test_pages_of_an_empty_site_are_of_one_language(self):
        self.assert_of_one_language(EMPTY)

    def test_dates_are_written_as_in_the_language(self):
        site = ReaderSite(self.language)
        for name in ("day", "article", "tag", "publisher", "corrections", "month"):
            with self.subTest(name):
                self.assertContains(self.client.get(site.addresses[name][0]), DATES[self.language])
        self.assertContains(
            self.client.get("/2026/01/"), f"<h1>{MONTHS[self.language]}</h1>", html=True
        )

    def test_the_page_says_its_language(self):
        self.assertContains(self.client.get("/archive/"), f'<html lang="{self.language}">')


@override_settings(LANGUAGE_CODE="en")
class EnglishTests(KoreanTests):
    language, other, allowed = "en", HANGUL, HANGUL_WORDS

    def test_numbers_are_counted_as_in_english(self):
        site = ReaderSite("en")
        page = spoken(self.client.get("/archive/").content.decode())
        self.assertIn("1 digest", page)
        self.assertNotIn("1 digests", page)
        self.assertIn("3 articles", self.client.get(site.addresses["day"][0]).content.decode())
        self.assertContains(self.client.get(site.addresses["day"][1]), "1 article")


# What is heard of a page is told by its HTML.
@pytest.mark.one_engine
class SpokenTests(TestCase):
    """Whatever stands on a page counts, wherever it stands."""

    def test_every_place_counts(self):
        for source in (
            "<p>글</p>",
            '<img alt="글">',
            '<button data-text-copied="글">',
            '<meta name="description" content="글">',
            '<script type="application/ld+json">{"a": [{"name": "글"}]}</script>',
            "<p><b>a</b>글",
        ):
            with self.subTest(source):
                self.assertEqual(HANGUL.findall(spoken(source)), ["글"])

    def test_addresses_and_scripts_do_not(self):
        for source in (
            '<a href="/글">a</a>',
            "<script>글</script>",
            '<meta name="robots" content="글">',
            "https://a.example/글",
        ):
            with self.subTest(source):
                self.assertEqual(HANGUL.findall(spoken(source)), [])
