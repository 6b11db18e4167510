"""One article while it is being read."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from articles.document import headlines, layout, stuffing
from articles.document.headlines import Headline
from articles.document.model import (
    CITATIONS,
    CORRECTIONS,
    HEADLINE,
    IMPLICATIONS,
    LABELS,
    PARTS,
    POINTS,
    UNREAD,
    ArticleText,
    CorrectionText,
    OtherText,
    PictureText,
)
from articles.fields import IMPLICATION_FIELDS
from articles.rules.addresses import comparison_key
from articles.rules.lines import CitationLine

_CORRECTION = re.compile(
    r"^[-*+•][ \t]+(\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))[ \t]+(.*\S.*)$"
)


class Growing:
    """A text that is being built. Adding to it costs time only for the added part."""

    def __init__(self, text: str) -> None:
        self._parts = [text]
        self.length = len(text)

    def add(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)

    def __str__(self) -> str:
        return "".join(self._parts)


@dataclass(frozen=True)
class Entry:
    """A correction that is being read."""

    corrected_at: dt.datetime
    text: Growing

    def finished(self) -> CorrectionText:
        return CorrectionText(self.corrected_at, str(self.text).strip())


class Draft:
    """The parts of an article read so far, and their spelling. `anchor` is the last part read."""

    def __init__(self, headline: Headline, line: int, tags: list[str]) -> None:
        self.headline, self.line, self.tags = headline, line, tags
        self.picture: PictureText | None = None
        self.citations: list[CitationLine] = []
        self.points: list[str] = []
        self.implications: dict[str, Growing] = {}
        self.corrections: list[Entry] = []
        self.notes: dict[str, str] = {}  # as written in the file
        self.texts: dict[str, str] = {}  # their values, without the tags
        self.other: list[tuple[str, Growing]] = []  # each with the part that it follows
        self.units: list[Growing] = []
        self.order: list[str] = []
        self.headings: list[str] = []
        self.labels: dict[str, str] = {}
        self.anchor = HEADLINE
        self.has_rule = self.is_in_other = False

    def begin(self, part: str) -> None:
        self.anchor, self.is_in_other = part, False
        if part not in self.order:
            self.order.append(part)

    def cite(self, citation: CitationLine, line: str) -> None:
        self.begin(CITATIONS)
        self.citations.append(citation)
        if not citation.is_understood:
            self.labels[UNREAD] = label_of(line)

    def start_other(self, line: str) -> None:
        self.other.append((self.anchor, Growing(line)))
        self.is_in_other = True

    def extend_other(self, more: str) -> None:
        _after, text = self.other[-1]
        text.add(more)

    def text(self, language: str) -> ArticleText:
        linked = self._linked()
        return ArticleText(
            headline=self.headline.text,
            picture=self.picture,
            citations=[*linked, *self.citations],
            points=self.points,
            **{name: str(text).strip() for name, text in self.implications.items()},
            corrections=[entry.finished() for entry in self.corrections],
            tags=self.tags,
            **self.texts,
            other=[
                OtherText(after, stuffing.unstuffed(str(text), *layout.in_other(after)).rstrip())
                for after, text in self.other
            ],
            layout=dict(self._layout(language, linked)),
            line=self.line,
        )

    def _linked(self) -> list[CitationLine]:
        """The sources that only the headline links to."""
        if not self.headline.urls:
            return []
        cited = {comparison_key(citation.url) for citation in self.citations}
        urls = {comparison_key(url): url for url in reversed(self.headline.urls)}
        new = [url for key, url in reversed(urls.items()) if key not in cited]
        return [headlines.citation_of(url) for url in new]

    def _layout(self, language: str, linked: list[CitationLine]) -> Iterator[tuple[str, Any]]:
        if self.headline.is_link:
            yield "link", self.headline.urls[0]
        if linked:
            yield "linked", headlines.linked_to(self.headline.text, linked)
        if self.order != [part for part in PARTS if part in self.order]:
            yield "order", self.order
        items = {
            CITATIONS: False,
            POINTS: self.points,
            IMPLICATIONS: self.implications,
            CORRECTIONS: self.corrections,
        }
        headed = [part for part in self.headings if not items[part]]
        if headed:
            yield "headed", headed
        if order := order_of([entry.finished() for entry in self.corrections]):
            yield "corrected", order
        names = list(self.implications)
        usual = [name for name in IMPLICATION_FIELDS if str(self.implications.get(name, ""))]
        if names != usual:
            yield "implications", names
        labels = {
            name: label for name, label in self.labels.items() if label != LABELS[name][language][0]
        }
        if labels:
            yield "labels", labels
        if "tags" in self.notes:
            yield "tags", self.tags
        if "storyline" in self.notes:
            yield "storyline", self.texts["storyline"]
        if not self.has_rule:
            yield "rule", False


def parse_correction(line: str, zone: dt.tzinfo | None) -> Entry | None:
    """A correction from one item of a list: its time in ISO 8601 with an offset, then its text. The
    time is converted to `zone`, as it is when it comes from the database."""
    match = _CORRECTION.match(line)
    if not match:
        return None
    try:
        moment = dt.datetime.fromisoformat(match[1])
        return Entry(moment.astimezone(zone) if zone else moment, Growing(match[2]))
    except (ValueError, OverflowError):
        return None


def order_of(corrections: list[CorrectionText]) -> list[str]:
    """The times of corrections, for `corrected` of a layout; empty if they are in order."""
    times = [correction.corrected_at for correction in corrections]
    return [] if times == sorted(times) else [correction.utc for correction in corrections]


def label_of(line: str) -> str:
    """The text before the colon in a line of notes."""
    match = layout.NOTE.match(line)
    return match[1] if match else ""
