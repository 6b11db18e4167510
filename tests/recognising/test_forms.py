"""The forms of public digests and their labels agree, so that a reader can be measured by them."""

import html
import json
import re
from datetime import date
from pathlib import Path

from django.test import SimpleTestCase

FORMS = Path(__file__).parent / "forms"
DIGESTS = sorted(path for path in FORMS.rglob("*.md") if path.parent != FORMS)
TEXTS = ("technical", "industry", "outlook")
FIELDS = {"headline", "points", *TEXTS, "citations", "tags", "other"}
HOST = re.compile(r"https?://([^/\s)\"'>\]|:]+)")
EXAMPLE = re.compile(r"(^|\.)example(\.com)?$")
LINK = re.compile(r"(?<!\\)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^)]*\)")
MARKS = re.compile(r"\*\*|`|(?<![\w*\\])\*(?=\S)|(?<=\S)(?<!\\)\*(?![\w*])")


def labels_of(path):
    return json.loads(path.with_suffix(".labels.json").read_text())


def plain(text):
    """Give Markdown without the marks of quotations, footnotes, pictures, links and emphasis."""
    text = re.sub(r"(?m)^[ \t]*>[ \t]?", "", text)
    text = re.sub(r"\[\^[^\]]*\]|!\[[^\]]*\]\([^)]*\)", "", text)
    text = MARKS.sub("", re.sub(r"<[^>]+>", " ", LINK.sub(r"\1", text)))
    text = html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text))
    return re.sub(r"\s+", " ", text).strip()


def texts_of(article):
    """Yield each text that a label says is in the digest."""
    yield article["headline"]
    for field in ("points", "tags", "other"):
        yield from article.get(field, [])
    for field in TEXTS:
        yield from article.get(field, "").split("\n")


class FormTests(SimpleTestCase):
    def test_there_are_thirty_forms_of_at_least_three_archives(self):
        self.assertGreaterEqual(len(DIGESTS), 30)
        self.assertGreaterEqual(len({p.relative_to(FORMS).parts[0] for p in DIGESTS}), 3)

    def test_every_form_has_labels_and_every_label_a_form(self):
        labels = sorted(FORMS.rglob("*.labels.json"))
        self.assertEqual(labels, sorted(p.with_suffix(".labels.json") for p in DIGESTS))

    def test_labels_say_what_the_readme_says_they_say(self):
        for path in DIGESTS:
            labels = labels_of(path)
            with self.subTest(path.name):
                self.assertEqual(set(labels), {"title", "date", "articles"})
                for article in labels["articles"]:
                    self.assertLessEqual(set(article), FIELDS)
                    self.assertTrue(article["headline"])

    def test_dates_are_dates(self):
        for path in DIGESTS:
            labels = labels_of(path)
            cited = [c for a in labels["articles"] for c in a.get("citations", [])]
            with self.subTest(path.name):
                for day in [labels["date"], *(citation["published_on"] for citation in cited)]:
                    self.assertTrue(day is None or date.fromisoformat(day))

    def test_labelled_texts_and_addresses_are_in_the_digest(self):
        for path in DIGESTS:
            markdown, labels = path.read_text(), labels_of(path)
            text = plain(markdown)
            self.assertIn(labels["title"] or "", text)
            for article in labels["articles"]:
                with self.subTest(path.name, article=article["headline"]):
                    for part in texts_of(article):
                        self.assertIn(part, text)
                    for citation in article.get("citations", []):
                        self.assertIn(citation["url"], markdown)
                        self.assertIn(citation["publisher"] or "", text)

    def test_every_address_is_in_a_domain_for_examples(self):
        for path in DIGESTS:
            hosts = HOST.findall(path.read_text())
            with self.subTest(path.name):
                self.assertEqual([host for host in hosts if not EXAMPLE.search(host)], [])
