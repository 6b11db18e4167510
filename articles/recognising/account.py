"""The account of a reading: what became of each line."""

import enum
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

MAX_TEXT = 300
_WORD = re.compile(r"\w+")
_MARKS = re.compile(r"\*\*|__|`")


class Fate(enum.StrEnum):
    """What became of a line."""

    PLACED = "placed"  # it is in a field
    GUESSED = "guessed"  # it is in a field that its place or its form suggests, without a label
    OTHER = "other"  # it is in the other text of its article
    STRUCTURE = "structure"  # it labels or numbers what follows
    LEFT_OUT = "left_out"  # it is nowhere in the result


@dataclass(frozen=True)
class Entry:
    """Some lines with one fate. `first` and `last` are their numbers from 1. `article` is the
    article's number from 1, None for the digest itself. `part` is the name of the field or part.
    `dropped` has the words of the lines that the result lacks."""

    first: int
    last: int
    fate: Fate
    part: str
    article: int | None = None
    dropped: str = ""


@dataclass
class Account:
    """What became of each line, in the order of the lines. `words` counts by fate."""

    entries: list[Entry] = field(default_factory=list)
    words: Counter[Fate] = field(default_factory=Counter)

    def add(
        self,
        lines: Iterable[tuple[int, str]],
        fate: Fate,
        part: str,
        *,
        article: int | None = None,
        kept: str | None = None,
    ) -> None:
        """Tell what became of numbered lines. `kept` is the text in the result that came of them;
        without it, all of their text is kept unless it is structure or left out."""
        lines = sorted(lines)
        if not lines:
            return
        text = "\n".join(line for _number, line in lines)
        if kept is None:
            kept = "" if fate in (Fate.STRUCTURE, Fate.LEFT_OUT) else text
        dropped = words_without(text, kept)
        count = len(words_of(text))
        self.words[Fate.STRUCTURE] += len(dropped) if fate != Fate.LEFT_OUT else 0
        self.words[fate] += count - len(dropped) if fate != Fate.LEFT_OUT else count
        words = " ".join(dropped)
        for first, last in _runs([number for number, _line in lines]):
            self.entries.append(Entry(first, last, fate, part, article, words))
            words = ""

    @property
    def share(self) -> float:
        """The part of the text's words that is in fields, from 0 to 1. Labels do not count."""
        placed = self.words[Fate.PLACED] + self.words[Fate.GUESSED]
        whole = placed + self.words[Fate.OTHER]
        return placed / whole if whole else 0.0

    def sorted(self) -> "Account":
        """The same account in the order of the lines. Neighbours of one fate are one entry."""
        return Account(
            list(_joined(sorted(self.entries, key=lambda e: (e.first, e.last)))), self.words
        )

    def numbers(self, fate: Fate) -> str:
        """The numbers of the lines with a fate: `3–5, 9`."""
        runs = dict.fromkeys((e.first, e.last) for e in self.entries if e.fate is fate)
        return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in runs)

    def as_json(self) -> dict[str, Any]:
        """The account as JSON values. Long texts are cut."""
        return {
            "share": round(self.share, 3),
            "entries": [
                {
                    "first": entry.first,
                    "last": entry.last,
                    "fate": entry.fate.value,
                    "part": entry.part,
                    "article": entry.article,
                    "dropped": entry.dropped[:MAX_TEXT],
                }
                for entry in self.entries
            ],
        }


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each run of consecutive numbers."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number > last + 1:
            yield first, last
            first = number
        last = number
    yield first, last


def words_of(text: str) -> list[str]:
    """The words of a Markdown text; marks of bold type and code divide no word."""
    return _WORD.findall(_MARKS.sub("", text))


def words_without(text: str, kept: str) -> list[str]:
    """The words of a text that another text lacks, in order."""
    left = Counter(words_of(kept))
    missing = []
    for word in words_of(text):
        if left[word] > 0:
            left[word] -= 1
        else:
            missing.append(word)
    return missing


def _joined(entries: Iterable[Entry]) -> Iterator[Entry]:
    for (fate, part, article), found in groupby(entries, lambda e: (e.fate, e.part, e.article)):
        group = list(found)
        dropped = " ".join(entry.dropped for entry in group if entry.dropped)
        last = max(entry.last for entry in group)
        yield Entry(group[0].first, last, fate, part, article, dropped)
