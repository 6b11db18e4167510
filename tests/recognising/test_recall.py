"""How much the tolerant reader finds in the forms of public digests, and how much it misplaces."""

import html
import re
from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from articles.recognising import recognise
from tests.recognising.test_forms import DIGESTS, labels_of

SEOUL = ZoneInfo("Asia/Seoul")
IMPLICATIONS = {
    "technical": "technical_significance",
    "industry": "industry_impact",
    "outlook": "outlook",
}
# Of what the labels say, and of what the reader places. A change may only raise what it finds.
LEAST_FOUND = {"headlines": 0.94, "points": 0.94, "implications": 0.84, "citations": 0.91}
MOST_MISPLACED = 0.056


def compared(text):
    """A text as it is compared: letters and digits, without links, marks and escapes."""
    text = html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text))
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[\W_]+", "", re.sub(r"\*\*|__|`", "", text)).casefold()


class Score:
    """How many of each kind are labelled, found, placed and misplaced."""

    def __init__(self):
        self.labelled, self.found = Counter(), Counter()
        self.placed = self.misplaced = 0

    def count(self, kind, labelled, placed):
        left = Counter(map(compared, placed))
        self.labelled[kind] += len(labelled)
        self.placed += len(placed)
        for text in map(compared, labelled):
            if left[text]:
                left[text] -= 1
                self.found[kind] += 1
        self.misplaced += left.total()

    def digest(self, labels, articles):
        left = list(articles)
        for label in labels["articles"]:
            same = [a for a in left if compared(a.headline) == compared(label["headline"])]
            self.article(label, same[0] if same else None)
            if same:
                left.remove(same[0])
        self.count("headlines", [], [article.headline for article in left])

    def article(self, label, article):
        self.count("headlines", [label["headline"]], [article.headline] if article else [])
        self.count("points", label.get("points", []), article.points if article else [])
        for name, field in IMPLICATIONS.items():
            text = getattr(article, field) if article else ""
            self.count(
                "implications", [label[name]] if label.get(name) else [], [text] * bool(text)
            )
        urls = [citation.url for citation in article.citations] if article else []
        self.count("citations", [c["url"] for c in label.get("citations", [])], urls)


class RecallTests(SimpleTestCase):
    def test_most_is_found_and_little_misplaced(self):
        score = Score()
        for path in DIGESTS:
            day = re.search(r"\d{4}-\d{2}-\d{2}", path.name)
            found = recognise(
                path.read_text(), SEOUL, day=date.fromisoformat(day[0]) if day else None
            )
            score.digest(labels_of(path), found.articles)
        for kind, least in LEAST_FOUND.items():
            with self.subTest(kind):
                self.assertGreaterEqual(score.found[kind] / score.labelled[kind], least)
        self.assertLessEqual(score.misplaced / score.placed, MOST_MISPLACED)

    def test_days_of_digests_are_found(self):
        for path in DIGESTS:
            if day := labels_of(path)["date"]:
                with self.subTest(path.name):
                    self.assertEqual(recognise(path.read_text(), SEOUL).date.isoformat(), day)
