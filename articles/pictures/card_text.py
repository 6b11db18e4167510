"""Breaks text into lines for pictures: Korean between words, Chinese and Japanese between letters.

Widths are in pixels. `length` is a function that measures a text.
"""

import re
import unicodedata
from collections.abc import Callable

from articles.rules.text import SCRIPTS, collapse

ELLIPSIS = "…"
Length = Callable[[str], float]

_BETWEEN_LETTERS = re.compile("|".join(SCRIPTS[name].pattern for name in ("kana", "han")))
# Characters that stay with the letter before or after (W3C, Requirements for Chinese Text Layout).
_CLOSING, _OPENING = {"Pe", "Pf", "Po", "Lm"}, {"Ps", "Pi"}


def wrapped(text: str, width: float, length: Length) -> list[str]:
    """Lines no wider than `width`; a word that is too wide is broken where necessary."""
    lines, line = [], ""
    for part in _parts(text):
        if not line or length((line + part).rstrip()) <= width:
            line += part
        else:
            lines.append(line.rstrip())
            line = part.lstrip()
        while length(line.rstrip()) > width and len(line) > 1:
            head = _fitting(line, width, length)
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line.rstrip()] if line.strip() else lines


def balanced(text: str, width: float, length: Length) -> list[str]:
    """As many lines as `wrapped` needs, of about the same width."""
    lines = wrapped(text, width, length)
    narrow, wide = width / 2, width
    while wide - narrow > 24:
        middle = (narrow + wide) / 2
        tried = wrapped(text, middle, length)
        if len(tried) == len(lines) and max(map(length, tried)) <= middle:
            lines, wide = tried, middle
        else:
            narrow = middle
    return lines


def cut(lines: list[str], most: int, width: float, length: Length) -> list[str]:
    """The first `most` lines, with an ellipsis if the text goes on."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1] + ELLIPSIS
    return [*lines[: most - 1], shortened(last, width, length)]


def shortened(text: str, width: float, length: Length) -> str:
    """One line no wider than `width`, with an ellipsis if the text was cut."""
    text = drawable(text)
    if length(text) <= width:
        return text
    head = _fitting(text.rstrip(ELLIPSIS), width - length(ELLIPSIS), length)
    return head.rstrip() + ELLIPSIS


def drawable(text: str) -> str:
    """The text in one line, without emoji and other signs that text fonts lack."""
    kept = (char for char in unicodedata.normalize("NFC", text) if not _is_symbol(char))
    return collapse("".join(kept))


def _is_symbol(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind in ("Cc", "Cf", "Cn", "Co", "Mn", "Me") or (
        kind in ("So", "Sk") and char > "\u25ff"
    )


def _parts(text: str) -> list[str]:
    """Pieces between which a line may break; spaces stay at their ends."""
    parts: list[str] = []
    for word in re.findall(r"\S+\s*", drawable(text)):
        parts.append("")
        is_korean = SCRIPTS["hangul"].search(word)
        for before, char in zip(" " + word, word, strict=False):
            if parts[-1] and not is_korean and _may_break(before, char):
                parts.append("")
            parts[-1] += char
    return parts


def _may_break(before: str, after: str) -> bool:
    if not (_BETWEEN_LETTERS.match(before) or _BETWEEN_LETTERS.match(after)):
        return False
    is_closed = unicodedata.category(after) in _CLOSING or after.isspace()
    return not is_closed and unicodedata.category(before) not in _OPENING


def _fitting(text: str, width: float, length: Length) -> str:
    """The longest prefix no wider than `width`, of at least one character."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if length(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low]
