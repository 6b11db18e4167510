"""Fenced code in Markdown: its lines are never structure.

A fence that is set in by two blanks or more may belong to a list, so a line that is set in by less
ends it. Any other fence ends with its closing line, or else with the text.
"""

import re
from collections.abc import Container, Sequence
from typing import NamedTuple

_OPENING = re.compile(r"((?:[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+)*[ \t]*)(`{3,}(?!.*`)|~{3,})")
_CLOSING = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*$")
_MOST_LOOSE = 1  # a fence in a list is set in by more


class _Fence(NamedTuple):
    width: int
    signs: str

    @property
    def is_loose(self) -> bool:
        return self.width <= _MOST_LOOSE

    def holds(self, line: str) -> bool:
        return self.is_loose or len(line) - len(line.lstrip(" \t")) >= self.width

    def ends_at(self, line: str) -> bool:
        end = _CLOSING.match(line)
        if end is None or len(end[1]) > self.width + 3:
            return False
        return end[2].startswith(self.signs)


def may_be_in(text: str) -> bool:
    return "```" in text or "~~~" in text


def inner_lines(lines: Sequence[str], hidden: Container[int] = ()) -> set[int]:
    """The numbers, from 0, of the lines that begin inside a fence; its last line is one of them.
    The lines with `hidden` numbers open no fence."""
    return _scan(lines, hidden)[0]


def missing_end(text: str) -> str:
    """What to append to a text so that an open fence does not go on after it."""
    left = _scan(text.split("\n"))[1]
    return f"\n{left.signs}" if left and left.is_loose else ""


def _scan(lines: Sequence[str], hidden: Container[int] = ()) -> tuple[set[int], _Fence | None]:
    """The lines inside fences, and the fence that is open at the end."""
    found: set[int] = set()
    blank: list[int] = []
    fence: _Fence | None = None
    for index, line in enumerate(lines):
        if fence and not line.strip():
            blank.append(index)
            continue
        if fence and fence.holds(line):
            found.update([*blank, index])
            blank = []
            fence = None if fence.ends_at(line) else fence
            continue
        fence, blank = None, []
        opening = _OPENING.match(line) if may_be_in(line) and index not in hidden else None
        if opening:
            fence = _Fence(len(opening[1]), opening[2])
    return found, fence
