"""One article while it is being read."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from articles.document import layout
from articles.document.model import (
    CITATIONS,
    CORRECTIONS,
    HEADLINE,
    IMPLICATIONS,
    LABELS,
    PARTS,
    POINTS,
    ArticleText,
    CorrectionText,
    OtherText,
    PictureText,
)
from articles.fields import IMPLICATION_FIELDS
from articles.rules.lines import CitationLine

_CORRECTION = re.compile(
    r"^[-*+•][ \t]+(\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))[ \t]+(.*)$"
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

    def __init__(self, headline: str, line: int, tags: list[str]) -> None:
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

    def start_other(self, line: str) -> None:
        self.other.append((self.anchor, Growing(line)))
        self.is_in_other = True

    def extend_other(self, lines: list[str]) -> None:
        _after, text = self.other[-1]
        text.add("".join(f"\n{line}" for line in lines))

    def text(self, language: str) -> ArticleText:
        return ArticleText(
            headline=self.headline,
            picture=self.picture,
            citations=self.citations,
            points=self.points,
            **{name: str(text).strip() for name, text in self.implications.items()},
            corrections=[entry.finished() for entry in self.corrections],
            tags=self.tags,
            **self.texts,
            other=[
                OtherText(after, layout.unstuffed_other(str(text), after).rstrip())
                for after, text in self.other
            ],
            layout=dict(self._layout(language)),
            line=self.line,
        )

    def _layout(self, language: str) -> Iterator[tuple[str, Any]]:
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
        if not self.has_rule:
            yield "rule", False


def parse_correction(line: str) -> Entry | None:
    """A correction from one item of a list: its time in ISO 8601 with an offset, then its text."""
    match = _CORRECTION.match(line)
    if not match:
        return None
    try:
        return Entry(dt.datetime.fromisoformat(match[1]), Growing(match[2]))
    except ValueError:
        return None
