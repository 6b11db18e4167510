"""Tells labels by what is beside them: several on a line, short ones, items above nested ones."""

import re
from dataclasses import replace
from itertools import pairwise

from articles.recognising.labels import (
    CITATIONS,
    IMPLICATIONS,
    INDUSTRY,
    OUTLOOK,
    POINTS,
    TAGS,
    TECHNICAL,
    meaning,
)
from articles.recognising.splitting import Line, Look

MAX_LINE = 4_000
# How each part is labelled in the lines that come of this.
_FULL = {TECHNICAL: "기술적 의미", INDUSTRY: "산업적 영향", OUTLOOK: "향후 전망"}
# And that of each further part whose label may be beside others.
_WRITTEN = _FULL | {POINTS: "요약", IMPLICATIONS: "시사점", CITATIONS: "출처", TAGS: "태그"}
# Words too common to be a label unless other parts of the implications are beside them.
_SHORT = {
    *("산업", "업계", "시장", "비즈니스", "사업", "industry", "business", "market"),
    *("产业", "行业", "産業", "业界", "業界", "市场", "市場", "商业"),
}
# Words of two letters that are hardly a point; `기술` may be one.
_CLEAR = {"요약", "전망", "출처", "要約", "要点", "摘要", "展望", "出典", "来源"}
# Where a label may begin: first, in bold type, after a bar or a sentence; or in brackets.
_LABEL = re.compile(
    r"(?:^|(?<=[/|·,;.。])|(?<=\s[-–—])|(?=\s\*\*))\s{0,3}\*{0,2}"
    r"([^\s:：/|·,;.。()（）*][^:：/|·,;.。()（）*]{0,19})\*{0,2}\s?[:：]\*{0,2}\s{0,3}"
    r"|(?:^|(?<=[\s/|·,;.。]))[(（\[【]([^()（）\[\]【】]{2,20})[)）\]】](?![(\]])\s?[:：]?\s{0,3}"
)
# In bold type, behind a sentence.
_BOLD_LABEL = re.compile(
    r"(?<=[.。!！?？다|/)）]\s)(\*\*|__)"
    r"(?:([^*_]{1,30}?)(?:[:：]\1|\1\s?[:：])|[\[【]([^\[\]【】*_]{1,30})[\]】]\1)"
)
_BRACKETED = re.compile(r"^[(（]([^()（）]{2,20})[)）]\s{0,3}[:：]?\s{0,3}(?=\w)")
_SHORT_LABEL = re.compile(r"^\W{0,6}([^\W\d_]{2,9})(?:\W{0,3}[:：]|[)）\]】])\W{0,3}(?=\w)")


def divided(line: Line) -> list[Line]:
    """The parts of a line with several labels, or with one in bold type within it, each as a line;
    the line itself otherwise."""
    if line.look not in (Look.TEXT, Look.ITEM) or len(line.content) > MAX_LINE:
        return [line]
    matches = _LABEL.finditer(line.content)
    found = [(match, name) for match in matches if (name := _part(match[1] or match[2]))]
    names = [name for _match, name in found]
    if len(names) < 2 or len(set(names)) < len(names):
        return _divided_by_bold(line)
    starts = [0, *(match.start() for match, _name in found)]
    texts = [line.content[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    begin = line.text[: line.text.find(line.content)]  # the marker
    parts = [replace(line, text=begin + texts[0], content=texts[0].strip())]
    for text, (match, name) in zip(texts[1:], found, strict=True):
        rest = text[match.end() - match.start() :].strip(" /|·,;*")
        parts.append(Line(line.number, text, Look.TEXT, f"**{_WRITTEN[name]}:** {rest}"))
    if any(char.isalnum() for char in parts[0].content):
        return parts
    return [replace(parts[1], text=parts[0].text + parts[1].text), *parts[2:]]


def with_bracketed_labels(lines: list[Line]) -> list[Line]:
    """The lines; those that begin with a label in round brackets, such as `(요약) …`, with it as
    a label, if there are several kinds. A single one may be part of a text."""
    texts = [line for line in lines if line.look in (Look.TEXT, Look.ITEM)]
    matches = [(line, match) for line in texts if (match := _BRACKETED.match(line.content))]
    named = {line.number: (match, name) for line, match in matches if (name := _part(match[1]))}
    if len({name for _match, name in named.values()}) < 2:
        return lines
    return [
        replace(line, content=f"**{_WRITTEN[found[1]]}:** {line.content[found[0].end() :]}")
        if (found := named.get(line.number))
        else line
        for line in lines
    ]


def _divided_by_bold(line: Line) -> list[Line]:
    """The parts of a line from each label in bold type to the next one."""
    labels = (match for match in _BOLD_LABEL.finditer(line.content) if _part(match[2] or match[3]))
    places = [match.start() for match in labels]
    if not places or "`" in line.content:
        return [line]
    texts = [line.content[a:b] for a, b in pairwise([0, *places, len(line.content)])]
    begin = line.text[: line.text.find(line.content)]
    parts = [replace(line, text=begin + texts[0], content=texts[0].strip())]
    return parts + [Line(line.number, text, Look.TEXT, text.strip()) for text in texts[1:]]


def with_label_items(lines: list[Line]) -> list[Line]:
    """The lines; an item that is a label, with its part nested below it, is marked as one."""
    filled = [line for line in lines if line.look is not Look.BLANK]
    nested = {line.number for line, following in pairwise(filled) if _holds(line, following)}
    return [
        replace(line, content=f"**{line.content}**") if line.number in nested else line
        for line in lines
    ]


def _holds(line: Line, following: Line) -> bool:
    are_items = line.look is Look.ITEM and following.look is Look.ITEM
    is_known = are_items and meaning(line.content) in (*_FULL, POINTS, IMPLICATIONS, CITATIONS)
    is_clear = len(line.content) > 2 or line.content in _CLEAR
    return is_known and is_clear and "*" not in line.content and following.indent > line.indent


def with_full_label(line: Line) -> Line:
    """A line that begins with a short label such as `산업:` with the label in full."""
    match = _SHORT_LABEL.match(line.content)
    if line.look not in (Look.TEXT, Look.ITEM) or not match or match[1].casefold() not in _SHORT:
        return line
    return replace(line, content=f"**{_FULL[INDUSTRY]}:** {line.content[match.end() :]}")


def _part(label: str) -> str:
    """The part that a label beside others names; empty if it names none."""
    name = label.strip().casefold()
    found = INDUSTRY if name in _SHORT else meaning(label)
    return found if found in _WRITTEN else ""
