"""Finds the tags whose names and aliases occur in a text.

Names are compared without case (NFKC, case-folded), and an alias may be written with other blanks
(`언어 모델`, `언어모델`). The rules keep apart what only looks alike:

- Letters that are not Korean, Chinese or Japanese end at a sign, a blank or such a letter: `AI` is
  in `AI가` and `생성형AI`, not in `AIDS`. Two capitals are not two small letters (`IT`, `it`).
- A name of two syllables begins a word, and only particles follow it: `보안` is in `보안을`, not in
  `정보안내` or `보안관`. So is a longer one if the text has a blank that the name does not have.
  Other longer names may be anywhere in a word: `시스템반도체` has `반도체`.
- Names of one character are not sought.
- A name inside a longer one does not count: `생성형 AI` is not `AI`.
"""

import enum
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from articles.rules.text import clean, tidy_name

MAX_OFFERED = 8
# The weight that an article needs for a proposal: the word is in the headline or in a point, or
# again and again in the rest.
ENOUGH = 3
# The most occurrences in the same part that count.
MOST_COUNTED = 3

_FIRST_SYLLABIC = "\u1100"  # from here on, scripts are written without blanks between words
_BREAK = "\n"
_STRICT = 2
_LONGEST_ENDING = 8
_END = ""
_ENDINGS = re.compile(
    "(?:은|는|이|가|을|를|의|에|에서|에게|에는|에도|께|와|과|랑|이랑|도|로|으로|로서|로써|만|까지|부터|마저|조차|"
    "보다|처럼|마다|나|이나|든|이든|라고|이라고|라는|이라는|란|이란|라면|이라면|라도|이라도|며|이며|고|이고|인|"
    "이다|입니다|였다|이었다|들|측|사|한테|대로|뿐|같은|같이)*"
    "(?:[하한할해했되된될돼됐].*)?"
)


class Part(enum.IntEnum):
    """The part of an article in which a word occurs; the value is the weight of an occurrence."""

    TEXT = 1
    POINT = 3
    HEADLINE = 10


@dataclass(frozen=True)
class Named:
    """A tag with its aliases."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """An occurrence of a tag in a text in the form of `normal`."""

    tag: str
    start: int
    end: int


@dataclass(frozen=True)
class Found:
    """A tag that occurs in an article, `count` times."""

    tag: str
    weight: int
    count: int


@dataclass
class _Form:
    """A name as it is sought: `length` characters, between which there may be `blanks` (the number
    of characters before each). `as_capitals` says that small letters are another word."""

    tag: str
    length: int
    is_alphabetic: bool
    as_capitals: bool
    blanks: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Text:
    """A text without its blanks: characters, the place of each in the text, and whether a blank is
    in front of it. Line breaks stay, so that no name spans two lines."""

    characters: str
    places: list[int]
    gaps: bytearray


def normal(text: str) -> str:
    """The text to which the places of hits refer."""
    return unicodedata.normalize("NFKC", clean(text))


def key_of(name: str) -> str:
    """What names that are found at the same places have in common."""
    return _without_blanks(tidy_name(name)).characters


class Vocabulary:
    """Tags, prepared for finding. If two have a name in common, a tag's own name comes first, then
    the earlier tag. Finding walks over a text once; what a step costs depends on the longest name,
    not on the number of names."""

    def __init__(self, tags: Iterable[Named]) -> None:
        self._trie: dict[str, Any] = {}
        tags = list(tags)
        for tag in tags:
            self._add(tag.name, tag.name)
        for tag in tags:
            for alias in tag.aliases:
                self._add(alias, tag.name)

    def hits(self, text: str) -> list[Hit]:
        """All occurrences in a text, in order, without those inside longer ones."""
        text = normal(text)
        found: list[Hit] = []
        furthest = 0
        # Of those that begin together, the longest comes first.
        for start, end, form in self._candidates(text, _without_blanks(text)):
            if end > furthest:
                found.append(Hit(form.tag, start, end))
                furthest = end
        return found

    def in_article(self, passages: Iterable[tuple[Part, str]]) -> list[Found]:
        """The tags that occur in the passages of an article, the weightiest first; among equals, in
        the order in which they occur."""
        counts: dict[str, dict[Part, int]] = {}
        for part, text in passages:
            for hit in self.hits(text):
                counted = counts.setdefault(hit.tag, {})
                counted[part] = counted.get(part, 0) + 1
        found = [
            Found(
                tag,
                sum(part * min(number, MOST_COUNTED) for part, number in counted.items()),
                sum(counted.values()),
            )
            for tag, counted in counts.items()
        ]
        return sorted(found, key=lambda each: -each.weight)

    def _add(self, name: str, tag: str) -> None:
        name = tidy_name(name)
        sought = _without_blanks(name)
        if len(sought.characters) < 2:
            return
        node = self._trie
        for character in sought.characters:
            node = node.setdefault(character, {})
        form = node.setdefault(
            _END,
            _Form(
                tag,
                len(sought.characters),
                is_alphabetic=all(each < _FIRST_SYLLABIC for each in sought.characters),
                as_capitals=len(name) == _STRICT and name.isascii() and name.isupper(),
            ),
        )
        if form.tag == tag:
            form.blanks |= {place for place, is_gap in enumerate(sought.gaps) if is_gap}

    def _candidates(self, text: str, bare: _Text) -> Iterator[tuple[int, int, _Form]]:
        """Occurrences by their first place in the text, and of the same place the longest first."""
        characters = bare.characters
        last = len(characters)
        for start, character in enumerate(characters):
            node = self._trie.get(character)
            if node is None or (start and _joined(bare, start) and character < _FIRST_SYLLABIC):
                continue
            reached, end = [], start + 1
            while end < last and (node := node.get(characters[end])) is not None:
                end += 1
                if (form := node.get(_END)) and _fits(text, bare, form, start):
                    reached.append(form)
            for form in reversed(reached):
                final = bare.places[start + form.length - 1]
                yield bare.places[start], final + 1, form


def _fits(text: str, bare: _Text, form: _Form, start: int) -> bool:
    """Whether a name that is written from `start` on is meant there."""
    end = start + form.length
    gaps = {place for place in range(1, form.length) if bare.gaps[start + place]}
    has_other_blanks = not gaps <= form.blanks
    if form.is_alphabetic and has_other_blanks:
        return False  # an `open AI` is no OpenAI
    if end < len(bare.characters) and _joined(bare, end):
        return False
    is_word = has_other_blanks or form.length <= _STRICT
    if is_word and not (_begins_word(bare, start) and _ends_word(bare, end)):
        return False
    written = text[bare.places[start] : bare.places[end - 1] + 1]
    return not (form.as_capitals and written.islower())


def _joined(bare: _Text, place: int) -> bool:
    """Whether the characters before and at a place are letters of the same alphabetic word."""
    before, after = bare.characters[place - 1], bare.characters[place]
    return (
        not bare.gaps[place]
        and before < _FIRST_SYLLABIC
        and after < _FIRST_SYLLABIC
        and before.isalnum()
        and after.isalnum()
    )


def _begins_word(bare: _Text, start: int) -> bool:
    """Whether a name that begins with a syllable begins a word. Others may follow a syllable."""
    if not start or bare.characters[start] < _FIRST_SYLLABIC:
        return True
    return bool(bare.gaps[start]) or not _is_syllable(bare.characters[start - 1])


def _ends_word(bare: _Text, end: int) -> bool:
    """Whether only particles follow a name that ends with a syllable. Anything may follow
    others."""
    if bare.characters[end - 1] < _FIRST_SYLLABIC:
        return True
    stop, most = end, min(len(bare.characters), end + _LONGEST_ENDING + 1)
    while stop < most and not bare.gaps[stop] and _is_syllable(bare.characters[stop]):
        stop += 1
    is_short = stop - end <= _LONGEST_ENDING
    return is_short and bool(_ENDINGS.fullmatch(bare.characters[end:stop]))


def _is_syllable(character: str) -> bool:
    return character >= _FIRST_SYLLABIC and character.isalnum()


def _without_blanks(text: str) -> _Text:
    characters: list[str] = []
    places: list[int] = []
    gaps = bytearray()
    is_gap = False
    for place, character in enumerate(text):
        if character != _BREAK and character.isspace():
            is_gap = True
            continue
        for folded in character.casefold():
            characters.append(folded)
            places.append(place)
            gaps.append(is_gap)
            is_gap = False
    return _Text("".join(characters), places, gaps)
