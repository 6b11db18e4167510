"""Texts with one item per line: summary points, citations and tags as editors type or paste them.

These are pure functions on text. Each parser takes a whole text and raises `LineErrors` with one
numbered sentence per unusable line, so that the editor sees all mistakes at once.
"""

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from articles.rules import hidden_text
from articles.rules.dates import find_day
from articles.rules.lengths import LONGEST_STORYLINE, LONGEST_TAG, LONGEST_TEXT
from articles.rules.text import clean, collapse, fold, one_line, tidy_name, without_invisible
from articles.rules.validators import is_web_address

MAX_LINES = 200  # of points or citations of an article, and tags
MAX_PUBLISHER_LENGTH = 120
MAX_CITATION_LENGTH = 3_000  # of a line, with a longer address than the longest

_BULLET = re.compile(r"^\s*(?:[-*•·‣]\s+|[•·‣])")
# A dash where the publisher would stand names none.
_CITED_BULLET = re.compile(rf"{_BULLET.pattern}|^\s*[-*](?=\|)")
_MARKDOWN_CITATION = re.compile(
    r"""^\s*(?:[-*]\s+)?
    \[(?P<publisher>(?:\\.|[^\]\\])*)\]\((?P<url>\S+)\)
    (?:\s*[-–—|,]?\s*(?:(?:발행일|published)\s*[:：]?\s*)?(?P<date>\S.*?)?)?\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_DATE = re.compile(r"^(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[.일]?$")
_LABEL = re.compile(
    r"(?:출처|자료|원문|링크|참고|관련\s?기사|sources?|via|link)\s?[:：]\s*", re.IGNORECASE
)
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]\(\s*<?([^\s<>]+?)>?\s*\)")
# Without the invisible blanks that are copied along from web pages.
ADDRESS = re.compile(
    r"(?:https?://|(?<![\w./@-])www\.)[^\s|｜<>\"“”，、\u200b\u2060\ufeff]*", re.IGNORECASE
)
_BESIDE_A_DATE = re.compile(
    r"(?:발행일|게재일|입력|날짜|published|date)\s?[:：]?"
    r"|T?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?"
    r"|[(（]\s?[월화수목금토일](?:요일)?\s?[)）]",
    re.IGNORECASE,
)
_LIKE_A_DATE = re.compile(r"\d{4}|\d\s?[-./년월일]")
_SIGNS, _OPENING, _CLOSING = " :：·*_<>-–—", "([（", ")]）"

_Value = TypeVar("_Value")


class LineErrors(ValueError):
    """`errors` is a list of (line number from 1, sentence)."""

    def __init__(self, errors: list[tuple[int, str]]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True)
class CitationLine:
    """A citation as typed; `publisher` may be empty when only an address was given.

    A line that is not understood has no address. Its `publisher` is the whole line as typed. Only
    drafts have such lines, and readers never get them.
    """

    publisher: str
    url: str
    published_on: dt.date | None

    @property
    def is_understood(self) -> bool:
        return bool(self.url)


def parse_points(text: str) -> list[str]:
    """The summary points of a text, one per line. Pasted bullets are removed."""
    points, errors = [], []
    for number, line in _lines(text):
        point = _BULLET.sub("", line).strip()
        if len(point) > LONGEST_TEXT:
            message = _("This point has %(length)d characters. Shorten it to %(limit)d.")
            errors.append((number, message % {"length": len(point), "limit": LONGEST_TEXT}))
        elif point:
            points.append(point)
    return _result(points, errors)


def format_points(points: list[str]) -> str:
    return "\n".join(points)


def read_citations(text: str, near: dt.date | None = None) -> list[CitationLine]:
    """The citations of a text, one per line, each as `read_citation` reads it. A line that it
    refuses is kept as typed: see `CitationLine`. Raises LineErrors if a line is too long to be
    stored, or for too many lines."""
    citations, errors = [], []
    for number, line in _lines(text):
        if len(line) > MAX_CITATION_LENGTH:
            errors.append((number, _too_long_for_citation(line)))
        citations.append(citation_or_line(line, near))
    return _result(citations, errors)


def citation_or_line(line: str, near: dt.date | None = None) -> CitationLine:
    """The citation in a line; a line that `read_citation` refuses is kept as typed."""
    try:
        return read_citation(line, near)
    except ValueError:
        return CitationLine(line.strip(), "", None)


def parse_citation(line: str) -> CitationLine:
    """Parse one citation in one of the two exact forms: `publisher | address | date`, where the
    date or the publisher may be missing, and `[publisher](address) - 발행일: date`. Raises
    ValueError for any other line."""
    if hidden_text.are_in(line):
        raise ValueError(line)
    line = without_invisible(line)
    markdown = _MARKDOWN_CITATION.match(line)
    if markdown:
        publisher = re.sub(r"\\([\\\]])", r"\1", markdown["publisher"])
        url, date = markdown["url"], markdown["date"]
    else:
        publisher, url, date = _split_fields(line)
    publisher = collapse(publisher)
    if len(publisher) > MAX_PUBLISHER_LENGTH or not is_web_address(url):
        raise ValueError(line)
    return CitationLine(publisher, url, parse_date(date) if date else None)


def read_citation(line: str, near: dt.date | None = None) -> CitationLine:
    """Read one citation as people write it: an address, and beside it the publisher and the day in
    any form that `rules.dates` knows. `near` is the day of the digest, for days without a year.

    Raises ValueError with a sentence about the first part that is not understood. No part is left
    out.
    """
    if hidden_text.are_in(line):
        raise ValueError(_("A citation has no room for a comment. Write the comment elsewhere."))
    if len(line) > MAX_CITATION_LENGTH:
        raise ValueError(_too_long_for_citation(line))
    line = _CITED_BULLET.sub("", without_invisible(line)).strip()
    if label := _LABEL.match(line):
        line = line[label.end() :]
    try:
        citation = parse_citation(line)
    except ValueError:
        url, before, after = around_address(line)
        citation = CitationLine(*_publisher_beside(url, before, after, near))
    is_named_by_address = citation.publisher == citation.url
    return replace(citation, publisher="") if is_named_by_address else citation


def around_address(line: str) -> tuple[str, str, str]:
    """The address in a line, and the texts before and after it. The text of a Markdown link comes
    before its address. Raises ValueError with a sentence unless there is one address."""
    if link := _LINK.search(line):
        address, end = link[2], link.end()
        before = line[: link.start()] + " " + re.sub(r"\\(.)", r"\1", link[1])
    elif found := ADDRESS.search(line):
        address, before = _without_signs_after(found[0]), line[: found.start()]
        end = found.start() + len(address)
    else:
        raise ValueError(
            _("There is no address in this line. Write it as: publisher | address | date.")
        )
    url = re.sub("^www", "https://www", address, count=1, flags=re.IGNORECASE)
    url = re.sub("^https?", lambda scheme: scheme[0].lower(), url, count=1, flags=re.IGNORECASE)
    if not is_web_address(url):
        message = _(
            "“%(url)s” is not a web address. Give the full address, starting with https://."
        )
        raise ValueError(message % {"url": url[:80]})
    if before.strip() == address:
        before = ""
    if ADDRESS.search(f"{before} {line[end:]}"):
        raise ValueError(_("There is more than one address in this line. Give each its own line."))
    return url, before, line[end:]


def _without_signs_after(address: str) -> str:
    """The address without punctuation that belongs to the sentence around it."""
    for closing, opening in zip(_CLOSING, _OPENING, strict=True):
        address = address.rstrip(".,;:!?'’*")
        if address.endswith(closing) and address.count(closing) > address.count(opening):
            address = address[: address.rindex(closing)]
    return address.rstrip(".,;:!?'’*")


def _publisher_beside(
    url: str, before: str, after: str, near: dt.date | None
) -> tuple[str, str, dt.date | None]:
    """The publisher, the address and the day of a citation, from the texts around its address.
    Raises ValueError with a sentence."""
    day: dt.date | None = None
    names: list[str] = []
    for text in re.split("[|｜]", f"{before}|{after}"):
        if day is None and (found := find_day(text, near)):
            day = found.day
            text = _BESIDE_A_DATE.sub("", f"{text[: found.start]} , {text[found.end :]}")
        names += filter(None, map(tidied, re.split("[,，、;；]", text)))
    if day is None and names and (len(names) > 1 or _LIKE_A_DATE.search(names[0])):
        message = _("The date “%(date)s” is not understood. Write it as 2026-01-03.")
        raise ValueError(message % {"date": names[-1][:40]})
    if len(names) > 1:
        message = _("“%(text)s” is too much. Write the line as: publisher | address | date.")
        raise ValueError(message % {"text": names[-1][:40]})
    publisher = collapse(names[0]) if names else ""
    if len(publisher) > MAX_PUBLISHER_LENGTH:
        message = _("The publisher's name is too long. Use at most %(limit)d characters.")
        raise ValueError(message % {"limit": MAX_PUBLISHER_LENGTH})
    return publisher, url, day


def tidied(text: str) -> str:
    """A name without the signs around it. Brackets that are part of the name stay. Empty for a text
    of nothing but signs."""
    text = text.rstrip(_SIGNS + _OPENING).lstrip(_SIGNS + _CLOSING)
    bare = text.strip(_SIGNS + _OPENING + _CLOSING)
    pairs = zip(_OPENING, _CLOSING, strict=True)
    is_whole = all(bare.count(opening) == bare.count(closing) for opening, closing in pairs)
    return (bare if is_whole else text) if re.search(r"\w", text) else ""


def _too_long_for_citation(line: str) -> str:
    message = _("This line has %(length)d characters. A citation has at most %(limit)d.")
    return message % {"length": len(line), "limit": MAX_CITATION_LENGTH}


def without_unread(citations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The citations of a snapshot without the lines that are not understood."""
    return [citation for citation in citations if citation["url"]]


def unread_lines(citations: list[dict[str, Any]]) -> list[list[Any]]:
    """The lines of a snapshot's citations that are not understood, each with its place among all
    of them, from 0."""
    return [
        [place, one_line(citation["publisher"])]
        for place, citation in enumerate(citations)
        if not citation["url"]
    ]


def with_unread(citations: list[dict[str, Any]], unread: list[list[Any]]) -> list[dict[str, Any]]:
    """The citations of a snapshot, with the lines of `unread_lines` at their places."""
    merged = list(citations)
    for place, line in unread:
        merged.insert(place, citation_data(CitationLine(line, "", None)))
    return merged


def citation_from(data: dict[str, Any]) -> CitationLine:
    """The citation that a snapshot holds as `publisher`, `url` and `published_on` (ISO or None)."""
    date = data["published_on"]
    return CitationLine(
        data["publisher"], data["url"], dt.date.fromisoformat(date) if date else None
    )


def citation_data(citation: CitationLine) -> dict[str, str | None]:
    """The citation as a snapshot holds it."""
    date = citation.published_on
    return {
        "publisher": citation.publisher,
        "url": citation.url,
        "published_on": date.isoformat() if date else None,
    }


def format_citations(citations: list[CitationLine]) -> str:
    return "\n".join(map(_format_citation, citations))


def parse_date(text: str) -> dt.date:
    """A date written 2026-01-03, 2026.1.3., 2026/01/03 or 2026년 1월 3일. Raises ValueError."""
    match = _DATE.match(text.strip())
    if not match:
        raise ValueError(text)
    return dt.date(*map(int, match.groups()))


def parse_tags(text: str) -> list[str]:
    """Tag names separated by commas of any script, without duplicates. `#` in front is removed."""
    names = (collapse(name).lstrip("#").strip() for name in re.split(r"[,，、\n]", text))
    return list(dict.fromkeys(filter(None, names)))


def is_too_long_for_tag(name: str, limit: int = LONGEST_TAG) -> bool:
    """Whether a name is too long in any form: as typed, as stored or as compared. A compatibility
    form such as `ﷺ` becomes 18 letters when it is stored."""
    return max(map(len, (name, tidy_name(name), fold(name)))) > limit


def tag_errors(names: list[str], limit: int = LONGEST_TAG) -> list[str]:
    """A sentence for each name that is too long for a tag, and one sentence if a name has a
    comment."""
    message = _("“%(tag)s” is too long for a tag. Use at most %(limit)d characters.")
    long_names = [name for name in names if is_too_long_for_tag(name, limit)]
    errors = [message % {"tag": f"{name[:20]}…", "limit": limit} for name in long_names]
    if any(map(hidden_text.are_in, names)):
        errors.append(_("A tag has no room for a comment. Write the comment elsewhere."))
    return errors


def storyline_errors(name: str) -> list[str]:
    """A sentence for each reason why this text cannot name a storyline; none for a blank one."""
    errors = []
    if is_too_long_for_tag(name, LONGEST_STORYLINE):
        message = _("“%(name)s” is too long for a storyline. Use at most %(limit)d characters.")
        errors.append(message % {"name": f"{name[:20]}…", "limit": LONGEST_STORYLINE})
    if hidden_text.are_in(name):
        errors.append(_("A storyline has no room for a comment. Write the comment elsewhere."))
    return errors


def _format_citation(citation: CitationLine) -> str:
    if not citation.url:
        return citation.publisher  # not a citation yet: the line as typed
    date = citation.published_on.isoformat() if citation.published_on else None
    if re.search("[|｜]", citation.publisher):
        # Only the Markdown form can hold a name that contains the separator.
        link = f"[{citation.publisher}]({citation.url})"
        return f"{link} - 발행일: {date}" if date else link
    return " | ".join(filter(None, [citation.publisher, citation.url, date]))


def _split_fields(line: str) -> tuple[str, str, str]:
    fields = [field.strip() for field in re.split(r"[|｜]", line)]
    if len(fields) == 1:
        return "", fields[0], ""
    if len(fields) == 2:
        if is_web_address(fields[0]):
            return "", fields[0], fields[1]
        return fields[0], fields[1], ""
    if len(fields) == 3:
        return fields[0], fields[1], fields[2]
    raise ValueError(line)


def _lines(text: str) -> list[tuple[int, str]]:
    """Lines that are not blank, with their numbers. Raises LineErrors if there are too many."""
    numbered = enumerate(clean(text).split("\n"), start=1)
    found = [(number, line) for number, line in numbered if line.strip()]
    if len(found) > MAX_LINES:
        message = _("This is one line more than the %(limit)d that fit in here. Leave some out.")
        raise LineErrors([(found[MAX_LINES][0], message % {"limit": MAX_LINES})])
    return found


def _result(values: list[_Value], errors: list[tuple[int, str]]) -> list[_Value]:
    if errors:
        raise LineErrors(errors)
    return values
