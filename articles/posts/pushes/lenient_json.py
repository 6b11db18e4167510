"""Reads JSON as language models write it: with comments, commas too many, line feeds and quotation
marks in texts, other quotation marks than `"`, or cut off at the end."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 20
_BLANK = re.compile(r"(?:\s|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)*")
_WORD = re.compile(r"[\w.+-]+")
_QUOTES = {'"': '"', "“": "”", "'": "'"}
# In a text: what is neither a backslash nor any sign that may end it.
_PLAIN = re.compile(r"[^\"”'\\]+")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\n", "b": "", "f": ""}
_WORDS = {
    **{"true": True, "True": True, "false": False, "False": False},
    **dict.fromkeys(("null", "None", "undefined", "NaN", "nan"), None),
}
# A comma is part of a text unless a value or an end follows it.
_BEHIND_TEXT = re.compile(
    r"\s{0,200}(?:\Z|[:：}\]]|/[/*]|,\s{0,200}(?:\Z|[\"“'{\[\]}\-\d]|/[/*]|(?:true|false|null|None)\b))"
)
_LETTERS = re.compile(r"(?:\\u[0-9A-Fa-f]{4}){1,100}")
_ESCAPED = re.compile(r"\\.", re.DOTALL)


@dataclass
class Loose:
    """A value of JSON that is not quite valid. `slip` is the place of the first slip, None if there
    is none; `is_cut` says that the text ended before the value did."""

    value: Any = None
    slip: int | None = None
    is_cut: bool = False


def read(text: str) -> Loose:
    """The object or list of a text. Raises ValueError if the text is no such thing."""
    try:
        return Loose(json.loads(text))
    except (ValueError, RecursionError):
        return _Reader(text).read()


@dataclass
class _Reader:
    text: str
    at: int = 0
    found: Loose = field(default_factory=Loose)

    def read(self) -> Loose:
        self._skip()
        if self._next() not in ("{", "["):
            raise ValueError(self.at)
        self.found.value = self._value(0)
        self._skip()
        if self.at < len(self.text):
            raise ValueError(self.at)
        return self.found

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _skip(self, also: str = "") -> None:
        """Go over blanks and comments, and over signs that may be too many."""
        while True:
            match = _BLANK.match(self.text, self.at)
            end = match.end() if match else self.at
            comment = self.text[self.at : end].lstrip()
            self.at = end - len(comment)
            if comment:
                self._slip()
            self.at = end
            if not also or self._next() not in {*also}:
                return
            self.at += 1

    def _slip(self) -> None:
        if self.found.slip is None:
            self.found.slip = self.at

    def _value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError(self.at)
        sign = self._next()
        if sign == "{":
            return self._object(depth)
        if sign == "[":
            return self._list(depth)
        if sign in _QUOTES:
            return self._text()
        return self._word()

    def _ends(self, sign: str) -> bool:
        """Whether an object or a list ends here, or the text does."""
        self._skip(",")
        if self.at >= len(self.text):
            self.found.is_cut = True
            return True
        if self._next() != sign:
            return False
        self.at += 1
        return True

    def _object(self, depth: int) -> dict[str, Any]:
        self.at += 1
        values: dict[str, Any] = {}
        while not self._ends("}"):
            key = self._text() if self._next() in _QUOTES else self._word()
            self._skip()
            if self.at >= len(self.text):
                self.found.is_cut = True
                break
            if self._next() not in (":", "："):
                raise ValueError(self.at)
            self.at += 1
            self._skip()
            if self.at < len(self.text):
                values[str(key)] = self._value(depth + 1)
        return values

    def _list(self, depth: int) -> list[Any]:
        self.at += 1
        values: list[Any] = []
        while not self._ends("]"):
            values.append(self._value(depth + 1))
        return values

    def _word(self) -> Any:
        """A number, a word such as `null`, or a name without quotation marks."""
        match = _WORD.match(self.text, self.at)
        if not match:
            raise ValueError(self.at)
        self.at = match.end()
        self.found.is_cut |= self.at == len(self.text)
        if match[0] in _WORDS:
            return _WORDS[match[0]]
        return match[0] if match[0].isidentifier() else json.loads(match[0])

    def _text(self) -> str:
        """A text. A quotation mark ends it only where JSON could go on behind it."""
        opening = self._next()
        if opening != '"':
            self._slip()
        self.at += 1
        pieces: list[str] = []
        while self.at < len(self.text):
            if plain := _PLAIN.match(self.text, self.at):
                pieces.append(plain[0])
                self.at = plain.end()
                continue
            sign = self.text[self.at]
            if sign == "\\":
                pieces.append(self._escaped())
            elif sign in ('"', _QUOTES[opening]) and self._goes_on(self.at + 1):
                self.at += 1
                return "".join(pieces)
            else:
                self._slip()
                pieces.append(sign)
                self.at += 1
        self.found.is_cut = True
        return "".join(pieces)

    def _goes_on(self, at: int) -> bool:
        """Whether what follows is what follows a text in JSON."""
        return _BEHIND_TEXT.match(self.text, at) is not None

    def _escaped(self) -> str:
        match = _LETTERS.match(self.text, self.at) or _ESCAPED.match(self.text, self.at)
        self.at += len(match[0]) if match else 1
        if match and len(match[0]) > 2:
            return str(json.loads(f'"{match[0]}"'))
        return _ESCAPES.get(match[0][1], match[0][1]) if match else ""
