"""Headlines that are similar to another one, in this digest or in an earlier one."""

import re
import unicodedata
from collections.abc import Iterator
from math import log

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.preflight.archive import Earlier
from articles.preflight.checked import CheckedDigest
from articles.preflight.findings import Found, Severity, rule
from articles.rules.text import fold

_NOT_LETTERS = re.compile(r"[\W\d_]+")
_NAMES = re.compile(r"‘([^‘’]{2,30})’|'([^']{2,30})'|“([^“”]{2,30})”|\"([^\"]{2,30})\"")
_QUOTES = frozenset("‘“'\"")


@rule(
    "headline-repeated-in-issue",
    Severity.WARNING,
    gettext_lazy("Headline used twice"),
    gettext_lazy("Remove one of the two articles, or say in the headlines how they differ."),
)
def repeated_in_digest(digest: CheckedDigest) -> Iterator[Found]:
    met: dict[str, int] = {}
    for article in digest.articles:
        number = met.setdefault(fold(article.headline), article.number)
        if article.headline.strip() and number != article.number:
            sentence = _("Article %(number)d has the same headline.") % {"number": number}
            yield Found(article.place("headline"), sentence, article.headline)


@rule(
    "headline-near-earlier",
    Severity.HINT,
    gettext_lazy("Headline like an earlier one"),
    gettext_lazy("If it is an update, say what is new; if it is the same, leave it out."),
)
def near_earlier(digest: CheckedDigest) -> Iterator[Found]:
    """The most similar of the recent headlines; failing that, one with the same quoted name.
    An article in its storyline is an update by its own words."""
    recent = Recent(digest.archive.headlines)
    for article in digest.articles:
        score, earlier = recent.nearest(article.headline)
        if score < digest.tuning.limits["headline_similarity"]:
            earlier = recent.namesake(article.headline)
        if earlier and not is_followed(article.storyline, earlier):
            sentence = _("An update to “%(headline)s” of %(date)s?")
            params = {"headline": earlier.headline, "date": earlier.date.isoformat()}
            text = f"{article.headline}\n{earlier.headline}\n{earlier.date}"
            yield Found(article.place("headline"), sentence % params, text, earlier)


def is_followed(storyline: str, earlier: Earlier) -> bool:
    """Whether an article in a storyline says by it that it follows up the earlier one."""
    return bool(storyline) and fold(storyline) == fold(earlier.storyline)


class Recent:
    """Headlines to compare others with, by Dice's coefficient of their letter bigrams.

    The more headlines have a bigram, the less it weighs, so that recurring phrases (“… 인력 채용”)
    do not make two headlines similar.
    """

    def __init__(self, headlines: list[Earlier]) -> None:
        self.headlines = headlines
        self.holders: dict[str, list[int]] = {}
        self.names: dict[str, Earlier] = {}
        pairs = [_pairs(earlier.headline) for earlier in headlines]
        for index, own in enumerate(pairs):
            for pair in own:
                self.holders.setdefault(pair, []).append(index)
            for name in _quoted(headlines[index].headline):
                self.names.setdefault(name, headlines[index])
        self.pair_weights = {pair: self._weight(held) for pair, held in self.holders.items()}
        self.weights = [sum(self.pair_weights[pair] for pair in sorted(own)) for own in pairs]

    def nearest(self, headline: str) -> tuple[int, Earlier | None]:
        """The similarity in per cent and the most similar headline; among equals, the newest."""
        scores = self._scores(headline)
        if not scores:
            return 0, None
        best = max(scores)
        return round(best), self.headlines[scores.index(best)]

    def like(self, index: int, percent: int) -> list[int]:
        """The indexes of the other headlines that are at least so similar to the one at `index`."""
        scores = self._scores(self.headlines[index].headline)
        return [
            other
            for other, score in enumerate(scores)
            if other != index and round(score) >= percent
        ]

    def _scores(self, headline: str) -> list[float]:
        """The similarity to each headline in per cent; empty if there is none to any."""
        own, unknown = 0.0, self._weight([0])
        shared = [0.0] * len(self.headlines)
        for pair in sorted(_pairs(headline)):  # a fixed order keeps float sums reproducible
            weight = self.pair_weights.get(pair, unknown)
            own += weight
            for index in self.holders.get(pair, ()):
                shared[index] += weight
        if not any(shared):
            return []
        return [
            200 * both / (own + weight) for both, weight in zip(shared, self.weights, strict=True)
        ]

    def namesake(self, headline: str) -> Earlier | None:
        """The newest headline with the same product or affair in quotes: ‘여울2’."""
        found = (self.names[name] for name in _quoted(headline) & self.names.keys())
        return max(found, key=lambda earlier: earlier.date, default=None)

    def _weight(self, holders: list[int]) -> float:
        """The inverse document frequency of a bigram."""
        return log(1 + (len(self.headlines) + 1) / len(holders))


def _pairs(headline: str) -> set[str]:
    """The letter bigrams, without digits and signs, which change from one update to the next."""
    letters = _NOT_LETTERS.sub("", _plain(headline))
    return {letters[start : start + 2] for start in range(len(letters) - 1)}


def _quoted(headline: str) -> set[str]:
    if not _QUOTES.intersection(headline):
        return set()
    return {_plain(next(filter(None, match.groups()))) for match in _NAMES.finditer(headline)}


def _plain(text: str) -> str:
    """The text in NFKC and without case; faster than `fold`, since hundreds are compared."""
    return unicodedata.normalize("NFKC", text[:300]).casefold().strip()
