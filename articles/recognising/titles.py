"""Tells titles of digests, and finds headlines without the form of a heading: after a label, or
plain or numbered lines above the labelled parts of each article."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, takewhile

from articles.recognising.citations import links_in
from articles.recognising.headlines import is_part, label_of
from articles.recognising.labels import HEADLINE, ORDINAL, ORNAMENTS
from articles.recognising.splitting import Line, Look
from articles.rules import hidden_text
from articles.rules.dates import find_day

MAX_TITLE = 120
_DIGEST = re.compile(
    r"다이제스트|뉴스레터|브리핑|데일리|일일|日报|日報|早报|早報|晚报|周报|digest|daily|newsletter|roundup|briefing",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"^\(?([A-J])[.)]\s+(?=\S)")
_COUNTED = re.compile(r"^(?:\(?(\d{1,2})[.)．、。](?!\d)|\[(\d{1,2})\](?!\())\s*(?=\S)")
_IN_WORDS = re.compile(rf"{ORDINAL}\s*[.:：)–-]", re.IGNORECASE)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_SENTENCE = re.compile(r"[.。!:：;…]\W?$|^\W*$")


def labelled_headlines(lines: list[Line]) -> tuple[list[Line], set[int]]:
    """The lines with headlines after a label as headings, or else those that stand above labelled
    parts, and their numbers."""
    labels = {line.number: label_of(line) for line in lines}
    starts = {n for n, label in labels.items() if label and label.meaning == HEADLINE}
    if not starts:
        return _with_plain_titles(lines)
    return [
        replace(line, look=Look.HEADING, content=label.rest or line.content)
        if (label := labels[line.number]) and line.number in starts
        else line
        for line in lines
    ], starts


def _with_plain_titles(lines: list[Line]) -> tuple[list[Line], set[int]]:
    """The lines with such headlines as headings, and their numbers; none if it is unclear."""
    filled = [line for line in lines if line.look not in (Look.BLANK, Look.RULE)]
    found = _counted(filled) or _alone(lines, filled) or _pictured_alone(lines)
    bodies = list(_bodies(filled, found))
    above = list(takewhile(lambda line: line.number not in found, filled))
    if not bodies or _has_proof(above) or sum(map(_has_proof, bodies)) * 2 <= len(bodies):
        return lines, set()
    return [_as_heading(line) if line.number in found else line for line in lines], found


def _counted(filled: list[Line]) -> set[int]:
    """The numbers of the lines that count the articles from 1, each with its parts below it."""
    found: list[int] = []
    for line, following in pairwise(filled):
        count = _count_of(line)
        if count == len(found) + 1 and _may_be_title(line) and _begins_below(line, following):
            found.append(line.number)
    return set(found) if len(found) > 1 else set()


def _count_of(line: Line) -> int:
    text = line.text.lstrip()
    if circled := _CIRCLED.find(text[:1]) + 1 if text else 0:
        return circled
    text = text[ornament.end() :] if (ornament := ORNAMENTS.match(text)) else text
    if line.look is Look.HEADING:
        return 0
    if lettered := _LETTERED.match(text):
        return ord(lettered[1]) - ord("A") + 1
    if in_words := _IN_WORDS.match(text):
        return in_words.lastindex or 0
    match = _COUNTED.match(text)
    return int(match[1] or match[2]) if match else 0


def _begins_below(line: Line, following: Line) -> bool:
    """Whether the next line is nested in this one, or has the label of a part."""
    is_nested = following.look is Look.ITEM and following.indent > line.indent
    is_led = line.text.lstrip()[:1] in _CIRCLED and _leads_to(line, following)
    return is_nested or is_led or is_part(label_of(following)) or line.look is Look.TEXT


def _alone(lines: list[Line], filled: list[Line]) -> set[int]:
    """The numbers of the lines that stand below a blank one, with a label in the next line."""
    after = {line.number: one for line, one in pairwise(filled)}
    above = zip([None, *lines], lines, strict=False)
    return {
        line.number
        for before, line in above
        if (before is None or before.look in (Look.BLANK, Look.RULE))
        and (line.look is Look.TEXT or line.is_pictured)
        and line.number in after
        and _may_be_title(line)
        and _leads_to(line, after[line.number])
    }


def _pictured_alone(lines: list[Line]) -> set[int]:
    """The numbers of the lines with a picture, if each of them stands alone between blank ones."""
    around = zip([None, *lines], lines, [*lines[1:], None], strict=False)
    pictured = [(line, {before, after}) for before, line, after in around if line.is_pictured]
    are_alone = all(
        one is None or one.look in (Look.BLANK, Look.RULE, Look.HEADING)
        for _line, beside in pictured
        for one in beside
    )
    are_titles = len(pictured) > 1 and all(_may_be_title(line) for line, _beside in pictured)
    return {line.number for line, _beside in pictured} if are_alone and are_titles else set()


def _leads_to(line: Line, following: Line) -> bool:
    if line.look is Look.TEXT:
        return is_part(label_of(following))
    return following.look is Look.ITEM and following.text.strip()[0] != line.text.strip()[0]


def _may_be_title(line: Line) -> bool:
    text = line.content
    is_short = len(text) <= MAX_TITLE and not _SENTENCE.search(text)
    is_shown = not line.text.startswith(">") and not hidden_text.are_in(text)
    return is_short and is_shown and not links_in(text) and not label_of(line)


def _bodies(filled: list[Line], starts: set[int]) -> Iterator[list[Line]]:
    """What follows each of the titles."""
    body: list[Line] | None = None
    for line in filled:
        if line.number in starts:
            if body is not None:
                yield body
            body = []
        elif body is not None:
            body.append(line)
    if body is not None:
        yield body


def _has_proof(body: list[Line]) -> bool:
    return any(is_part(label_of(line)) for line in body)


def _as_heading(line: Line) -> Line:
    content = _LETTERED.sub("", line.text.strip())
    return replace(line, look=Look.HEADING, content=content, level=6)


def is_title_in_bold(text: str) -> bool:
    """Whether a line in bold type has both a day and a word for a digest."""
    return find_day(text) is not None and bool(_DIGEST.search(text))


def names_digest(text: str) -> bool:
    """Whether a heading names a digest: it has a day, or a word such as “daily”."""
    return find_day(text) is not None or bool(_DIGEST.search(text))
