"""How a file deviates from the usual spelling of its units.

`layout` records it: `gaps` maps a unit's name, such as `points:2`, to its number of blank lines, or
to the lines themselves if they contain blanks; `spelled` maps a hash of the usual text to the
spelling (by name if equal units differ in it), or to the gap if the unit may change places. When
the text of a unit is edited, its hash changes: it keeps its place and gap, and gets the usual
spelling.
"""

import re
from collections import Counter
from typing import Any

from articles.document.layout import Unit
from articles.document.model import CITATIONS, CORRECTIONS, POINTS

_BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)*")
# Parts whose units can be added, removed and reordered.
LISTS = (CITATIONS, POINTS, CORRECTIONS)


def own_writing(usual: list[Unit], written: list[str]) -> dict[str, Any]:
    """The `gaps` and `spelled` of a file's units. Both lists have the same order; empty keys are
    omitted."""
    gaps: dict[str, int | str] = {}
    spelled: dict[str, Any] = {}
    own: dict[str, dict[str, str]] = {}
    for unit, text in zip(usual, written, strict=True):
        lead = _lead(text)
        if lead != "\n" * unit.gap:
            gaps[unit.name] = lead if lead.strip("\n") else len(lead)
        if text != lead + unit.text:
            own.setdefault(unit.hash, {})[unit.name] = text
    if own:
        spelled = _spellings(own, usual)
    loose = {name.split(":")[0] for name in gaps}.intersection(LISTS)
    for unit, text in zip(usual, written, strict=True):
        if unit.part in loose:
            spelled.setdefault(unit.hash, _lead(text).count("\n"))
    return {name: each for name, each in (("gaps", gaps), ("spelled", spelled)) if each}


def _spellings(own: dict[str, dict[str, str]], usual: list[Unit]) -> dict[str, Any]:
    """`spelled` from the own spellings by hash and name. Units with one text that are spelled in
    several ways keep their names."""
    number = Counter(unit.hash for unit in usual)
    return {
        key: next(iter(texts.values()))
        if len(set(texts.values())) == 1 and len(texts) == number[key]
        else texts
        for key, texts in own.items()
    }


def _lead(text: str) -> str:
    """The blank lines before a unit, as they are written."""
    match = _BLANK_LINES.match(text)
    return match[0] if match else ""


def spell(unit: Unit, layout: dict[str, Any]) -> str:
    """A unit with the blank lines before it, as its file had it."""
    if not layout:
        return "\n" * unit.gap + unit.text
    spelled = layout.get("spelled")
    found = spelled.get(unit.hash) if spelled else None
    if isinstance(found, dict):
        found = found.get(unit.name)
    if isinstance(found, str):
        return found
    gap = layout.get("gaps", {}).get(unit.name, unit.gap) if found is None else found
    return (gap if isinstance(gap, str) else "\n" * gap) + unit.text
