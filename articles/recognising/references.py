"""Finds what a text refers to: footnotes, numbered sources as at the end of an answer whose
sentences bear `[1]`, and the addresses of links such as `[한빛][1]`."""

import re
from dataclasses import replace

from articles.recognising.headlines import label_of
from articles.recognising.labels import CITATIONS
from articles.recognising.splitting import Line, Look

_FOOTNOTE = re.compile(r"^\s{0,3}\[\^([^\]\s]{1,40})\]:\s*(\S.*)$")
_FOOTNOTE_USE = re.compile(r"\[\^([^\]\s]{1,40})\]")
_NUMBERED = re.compile(r"^\s{0,6}(?:[-*]\s+)?\[(\d{1,3})\](?!\():?\s*(\S.*)$")
_ITEM = re.compile(r"^\s{0,6}(\d{1,3})[.)]\s+(\S.*)$")
_ADDRESS = re.compile(
    r"""^\s{0,3}\[([^\]\s^][^\]]{0,80})\]:\s*<?(https?://[^\s<>]+)>?(?:\s+["'(].*["')])?\s*$"""
)
_LINK = re.compile(r"(?<!!)\[([^\[\]]{1,300})\](?:\[([^\[\]]{1,80})\]|\[\])")
_MARK = re.compile(r"(?<=\S)(\s?)\[(\d{1,3}(?:\s?[,、]\s?\d{1,3}){0,9})\](?![(:])")


def with_addresses(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines with their links by reference as links, and without the lines of the addresses
    that these use; and those lines."""
    found = [(line, match) for line in lines if (match := _ADDRESS.match(line.text))]
    addresses = {match[1].casefold(): match[2] for line, match in reversed(found)}
    used: set[str] = set()

    def written(match: re.Match[str]) -> str:
        name = (match[2] or match[1]).casefold()
        if name not in addresses:
            return match[0]
        used.add(name)
        return f"[{match[1]}]({addresses[name]})"

    def linked(line: Line) -> Line:
        if line.look is Look.BLOCK or "`" in line.content:
            return line
        return replace(line, content=_LINK.sub(written, line.content))

    lines = [linked(line) for line in lines] if addresses else lines
    taken = {line.number: line for line, match in found if match[1].casefold() in used}
    return [line for line in lines if line.number not in taken], list(taken.values())


def with_notes(lines: list[Line]) -> tuple[list[Line], dict[str, Line]]:
    """The lines without the notes that have an address and are referred to, and these by name.
    Marks such as `[1]` are written as those of footnotes are."""
    notes = _footnotes(lines)
    if not notes:
        notes = _numbered(lines)
        numbers = {line.number for line in notes.values()}
        lines = [line if line.number in numbers else _marked(line, notes) for line in lines]
    gone = {line.number for line in notes.values()}
    return [line for line in lines if line.number not in gone], notes


def _footnotes(lines: list[Line]) -> dict[str, Line]:
    found = [(line, match) for line in lines if (match := _FOOTNOTE.match(line.text))]
    texts = (line.text for line in lines if not _FOOTNOTE.match(line.text))
    used = {name for text in texts for name in _FOOTNOTE_USE.findall(text)}
    notes: dict[str, Line] = {}
    for line, match in found:
        if match[1] in used and "://" in match[2]:
            notes.setdefault(match[1], replace(line, content=match[2]))
    return notes


def _numbered(lines: list[Line]) -> dict[str, Line]:
    """The numbered sources, if the text refers to any and each number is there once."""
    found = _matches(lines, _NUMBERED) or _matches(_below_last_label(lines), _ITEM)
    notes = {match[1]: replace(line, content=match[2]) for line, match in found}
    numbers = {line.number for line, _match in found}
    uses = (_MARK.findall(line.content) for line in lines if line.number not in numbers)
    used = {name for marks in uses for _blank, mark in marks for name in _names(mark)}
    return notes if used & notes.keys() and len(notes) == len(found) else {}


def _matches(lines: list[Line], form: re.Pattern[str]) -> list[tuple[Line, re.Match[str]]]:
    matches = ((line, form.match(line.text)) for line in lines if line.look is not Look.BLOCK)
    return [(line, match) for line, match in matches if match and "://" in match[2]]


def _below_last_label(lines: list[Line]) -> list[Line]:
    """The lines below the last label of citations."""
    for index in range(len(lines) - 1, -1, -1):
        label = label_of(lines[index])
        if label and label.meaning == CITATIONS and not label.rest:
            return lines[index + 1 :]
    return []


def _names(mark: str) -> list[str]:
    return re.findall(r"\d+", mark)


def _marked(line: Line, notes: dict[str, Line]) -> Line:
    """A line with its marks of known sources as marks of footnotes."""

    def written(match: re.Match[str]) -> str:
        names = _names(match[2])
        if not all(name in notes for name in names):
            return match[0]
        return match[1] + "".join(f"[^{name}]" for name in names)

    if not notes or line.look is Look.BLOCK:
        return line
    return replace(line, content=_MARK.sub(written, line.content))
