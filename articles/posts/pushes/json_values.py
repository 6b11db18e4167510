"""JSON from a program, value by value: each knows its place, and notes what is wrong with it.

Text in any form comes in here, so everything has a limit: the depth, and the length of numbers and
names. RFC 8259 leaves open what repeated keys and NaN mean; here they are faults.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from articles.outgoing.json_templates import slip
from articles.posts.pushes.problems import MALFORMED, UNUSABLE, Problem, Refused
from articles.rules.text import clean, find_forbidden, one_line

MAX_DEPTH = 20  # of lists and objects within each other
MAX_PROBLEMS = 50  # in one answer
MAX_NUMBER_LENGTH = 30  # longer than any that programs write; a million digits take hours
MAX_KEY_LENGTH = 200
SHOWN_KEY_LENGTH = 60  # in a sentence

# Texts, and what opens and closes a list or an object. A text without an end reaches to the last
# character.
_SIGNS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_BLANK: tuple[Any, ...] = (None, "", [], {})


class NoNumber:
    """Stands for NaN, Infinity and numbers that are too long to be read."""


@dataclass
class Notes:
    """What is noted while a document is read: problems, and whether texts lost characters."""

    problems: list[Problem] = field(default_factory=list)
    lost_characters: bool = False

    @property
    def is_full(self) -> bool:
        return len(self.problems) >= MAX_PROBLEMS

    def add(self, sentence: str, pointer: str) -> None:
        if not self.is_full:
            self.problems.append(Problem(sentence, pointer=pointer))


class _Pairs(dict[str, Any]):
    """An object. `repeated` is a key that it has more than once; None if it has none."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated: str | None = None
        if len(self) < len(pairs):
            counts = Counter(name for name, _value in pairs)
            self.repeated = next(name for name, count in counts.items() if count > 1)


_MAY_BE_WRONG = (list, _Pairs, NoNumber)


@dataclass(frozen=True)
class Value:
    """A value of a document. `pointer` is its place, a JSON pointer (RFC 6901).

    Each method gives the value in one shape. If it has another shape, that is noted as a problem,
    and the method gives an empty value. So does null: it says no more than a missing key.
    """

    raw: Any
    notes: Notes
    pointer: str = ""

    def __getitem__(self, name: str) -> "Value":
        """The value of a key; null if there is none."""
        return Value(self.raw.get(name), self.notes, f"{self.pointer}/{_escaped(name)}")

    @property
    def is_text(self) -> bool:
        return isinstance(self.raw, str)

    @property
    def says_something(self) -> bool:
        return (self.raw.strip() if isinstance(self.raw, str) else self.raw) not in _BLANK

    def refuse(self, sentence: str) -> None:
        self.notes.add(sentence, self.pointer)

    def text(self, limit: int) -> str:
        """The text, without the characters that no page can have."""
        if self.raw is None:
            return ""
        if not isinstance(self.raw, str):
            self.refuse(_("This must be a text."))
            return ""
        if len(self.raw) > limit:
            message = _("This text has %(length)d characters. Shorten it to %(limit)d.")
            self.refuse(message % {"length": len(self.raw), "limit": limit})
            return ""
        if find_forbidden(self.raw):
            self.notes.lost_characters = True
        return clean(self.raw)

    def line(self, limit: int) -> str:
        """The text in one line. Line breaks become blanks."""
        return one_line(self.text(limit))

    def place(self, end: int) -> int:
        """A place among as many values, from 0."""
        if not isinstance(self.raw, int) or isinstance(self.raw, bool) or self.raw < 0:
            self.refuse(_("This must be a whole number, from 0 on."))
            return end
        return min(self.raw, end)

    def items(self, limit: int) -> list["Value"]:
        """The values of a list."""
        if self.raw is None:
            return []
        if not isinstance(self.raw, list):
            self.refuse(_("This must be a list."))
            return []
        if len(self.raw) > limit:
            message = _("This list has %(count)d entries. At most %(limit)d fit in here.")
            self.refuse(message % {"count": len(self.raw), "limit": limit})
            return []
        return [
            Value(item, self.notes, f"{self.pointer}/{index}")
            for index, item in enumerate(self.raw)
        ]

    def objects(self, limit: int) -> list["Value"]:
        """The objects of a list."""
        return [item for item in self.items(limit) if item.is_object()]

    def is_object(self) -> bool:
        """Whether the value is an object. If not, that is a problem."""
        if not isinstance(self.raw, dict):
            self.refuse(_("This must be an object."))
        return isinstance(self.raw, dict)

    def others(self, known: frozenset[str]) -> Iterator[str]:
        """The names of the keys that are not known and say something, as sentences name them."""
        for name in self.raw:
            if name not in known and self[name].says_something:
                yield short(name)


def parse(content: bytes) -> Value:
    """The document in some bytes: JSON in UTF-8. Raises Refused if they are not that."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        sentence = _("The text is not in UTF-8. Save and send it as UTF-8.")
        raise Refused(MALFORMED, [Problem(sentence, line=line)]) from error
    _refuse_depth(text)
    try:
        raw = json.loads(
            text,
            object_pairs_hook=_Pairs,
            parse_int=_number,
            parse_float=_number,
            parse_constant=lambda _name: NoNumber(),
        )
    except json.JSONDecodeError as error:
        raise Refused(MALFORMED, [Problem(slip(error), line=error.lineno)]) from error
    document = Value(raw, Notes())
    _note_faults(document)
    return document


def refuse_if_wrong(document: Value) -> None:
    """Raise Refused with everything that was noted."""
    if document.notes.problems:
        raise Refused(UNUSABLE, document.notes.problems)


def short(name: str) -> str:
    """A name from outside, so that it can be shown."""
    shown = " ".join(clean(name).split())
    return shown if len(shown) <= SHOWN_KEY_LENGTH else f"{shown[:SHOWN_KEY_LENGTH]}…"


def _number(text: str) -> int | float | NoNumber:
    if len(text) > MAX_NUMBER_LENGTH:
        return NoNumber()
    return int(text) if text.lstrip("-").isdecimal() else float(text)


def _refuse_depth(text: str) -> None:
    depth = 0
    for sign in _SIGNS.finditer(text):
        depth += _STEPS.get(sign[0], 0)
        if depth > MAX_DEPTH:
            line = text.count("\n", 0, sign.start()) + 1
            message = _("Lists and objects are nested too deeply. Use at most %(limit)d levels.")
            problem = Problem(message % {"limit": MAX_DEPTH}, line=line)
            raise Refused(MALFORMED, [problem])


def _note_faults(value: Value) -> None:
    """Note what JSON must not have, anywhere in a document, also where nobody reads it."""
    if isinstance(value.raw, NoNumber):
        value.refuse(_("This is no number of JSON, or too long. Shorten it, or write it as text."))
    elif isinstance(value.raw, list):
        for index, item in enumerate(value.raw):
            if isinstance(item, _MAY_BE_WRONG) and not value.notes.is_full:
                _note_faults(Value(item, value.notes, f"{value.pointer}/{index}"))
    elif isinstance(value.raw, _Pairs):
        if value.raw.repeated is not None:
            message = _("The key “%(name)s” is here more than once. Give it once.")
            value.refuse(message % {"name": short(value.raw.repeated)})
        for name, item in value.raw.items():
            if len(name) > MAX_KEY_LENGTH:
                message = _("The key “%(name)s” is too long. Use at most %(limit)d characters.")
                value.refuse(message % {"name": short(name), "limit": MAX_KEY_LENGTH})
            elif isinstance(item, _MAY_BE_WRONG) and not value.notes.is_full:
                _note_faults(value[name])


def _escaped(name: str) -> str:
    """A key as a part of a pointer (RFC 6901, section 3)."""
    return clean(name).replace("~", "~0").replace("/", "~1")
