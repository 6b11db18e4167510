"""Collects the citations of one article from its lines."""

import datetime as dt
import re

from articles.recognising.citations import (
    MAX_NAME,
    Cited,
    citations_behind,
    ends_sentence,
    links_in,
)
from articles.recognising.splitting import Line, Look
from articles.rules.dates import find_day, find_day_cited, read_day
from articles.rules.lines import (
    MAX_LINES,
    MAX_PUBLISHER_LENGTH,
    CitationLine,
    is_too_long_for_tag,
    parse_tags,
)

# How a text came in, which names no publisher.
_CHANNELS = {"rss", "telegram", "hackernews", "reddit", "twitter", "x", "email", "web", "github"}


def is_citation(line: Line, cited: Cited, near: dt.date | None) -> bool:
    """Whether a line without a label is a citation. A list item with words of its own is none, and
    neither is a sentence with its source behind it."""
    is_short = cited.is_bare if line.look is Look.ITEM else cited.is_alone
    found = citations_behind(line.content, near) if is_short else None
    return is_short and not (found and ends_sentence(found[0]))


def tags_in(text: str) -> list[str]:
    """The tags of a line without its label: with signs, or between commas, bars and the like."""
    text = text.replace("`", " ").replace("*", "")
    form = (r"[ \t]?#", ",#") if "#" in text else (r"[|｜·/]", ",")
    return [name for name in parse_tags(re.sub(*form, text)) if not is_too_long_for_tag(name)]


class CitationList:
    """The citations found so far. `day` and `publisher` stand in `lines` of their own, and belong
    to citations without. `near` is the digest's day, for dates without a year."""

    def __init__(self, citations: list[CitationLine], near: dt.date | None):
        self.near = near
        self._found = {citation.url: citation for citation in citations}
        self.day: dt.date | None = None
        self.publisher = ""
        self.lines: list[Line] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def has_room(self, cited: Cited) -> bool:
        """Whether an article can hold the citations of a line beside those found so far."""
        return len(self._found.keys() | {c.url for c in cited.citations}) <= MAX_LINES

    def add(self, cited: Cited) -> str:
        """Add the citations of a line, each address once, and no more than an article holds.
        Returns the words that were kept."""
        kept = []
        for citation in cited.citations:
            found = self._found.get(citation.url)
            if found or len(self._found) < MAX_LINES:
                self._found[citation.url] = _completed(found or citation, citation)
                kept.append(self._found[citation.url])
        return _words(kept)

    def name_publisher(self, line: Line, text: str) -> bool:
        """Keep the publisher, and perhaps the day, of the text after a label."""
        found = find_day_cited(text, self.near)
        name = text[: found.start if found else len(text)].strip(" |｜·,-–—(（*_")
        if not name or len(name) > MAX_NAME:
            return False
        self.day, self.publisher = found.day if found else self.day, name
        self.lines.append(line)
        return True

    def take_dateline(self, line: Line) -> bool:
        """Keep the names and the day of a line that has nothing else: `rss · 이름 · 3월 1일`."""
        if not (line.look is Look.TEXT or line.is_pictured) or links_in(line.content):
            return False
        parts = [part.strip() for part in re.split(r"\s[·|｜•/]\s", line.content.strip("*_ "))]
        is_day = line.look is Look.TEXT and read_day(parts[0], self.near) is not None
        if len(parts) < 2 and not is_day:
            return False
        days = [self._day_in(part) for part in parts]
        names = [part for part, day in zip(parts, days, strict=True) if not day]
        days = [day for day in days if day]
        if not days or any(len(name) > MAX_NAME or "**" in name for name in names):
            return False
        names = [name for name in names if name.casefold() not in _CHANNELS]
        self.day, self.publisher = days[0], names[-1] if names else self.publisher
        self.lines.append(line)
        return True

    def _day_in(self, part: str) -> dt.date | None:
        found = find_day(part, self.near)
        return found.day if found else read_day(part, self.near, find_day_cited)

    def finished(self) -> list[CitationLine]:
        """The citations. The first gets the publisher of a line of its own, all get the day."""
        first = CitationLine(self.publisher[:MAX_PUBLISHER_LENGTH], "", self.day)
        later = CitationLine("", "", self.day)
        return [
            _completed(citation, later if place else first)
            for place, citation in enumerate(self._found.values())
        ]

    @property
    def words(self) -> str:
        return _words(self.finished())


def _completed(citation: CitationLine, other: CitationLine) -> CitationLine:
    """A citation with the publisher and day of another where it has none."""
    day = citation.published_on or other.published_on
    return CitationLine(citation.publisher or other.publisher, citation.url, day)


def _words(citations: list[CitationLine]) -> str:
    return " ".join(f"{c.publisher} {c.url} {_digits(c.published_on)}" for c in citations)


def _digits(day: dt.date | None) -> str:
    """A day in the ways in which its numbers may be written."""
    return f"{day:%Y %m %d} {day.year} {day.month} {day.day} {day:%Y%m%d}" if day else ""
