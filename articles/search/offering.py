"""Guesses what was meant where nothing is found: another keyboard, or a word almost the same.

What is offered finds something, and its words are from the headlines that readers can see, so that
nothing else is told.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import connection

from articles.changes import site_version
from articles.search import finding, keyboards, queries, tables, terms
from articles.search.particles import without_particle
from articles.search.queries import Part, Unusable
from articles.search.spellings import Spellings

# So many of the newest headlines.
HEADLINES = 3_000
MOST_OFFERS = 2
_SHORTEST, _LONGEST = 2, 40
_SMALL_OR = re.compile(r"(?<=\S\s)or(?=\s\S)", re.IGNORECASE)
# A word of so many letters may differ by one, a longer one by two.
_FEW_LETTERS = 5


@dataclass(frozen=True)
class Offer:
    """A text to search for instead."""

    text: str


class Words:
    """Words of headlines with their frequency, found by words that are almost the same."""

    def __init__(self, headlines: list[str]) -> None:
        counted: Counter[str] = Counter()
        for headline in headlines:
            counted.update({_plain(token) for token in headline.split()})
        self._counts = {word: count for word, count in counted.items() if len(word) >= _SHORTEST}
        self._known = "\n".join(self._counts)
        self._by_start: dict[str, list[tuple[str, str]]] = {}
        self._by_end: dict[str, list[tuple[str, str]]] = {}
        for word in self._counts:
            letters = keyboards.apart(word)
            self._by_start.setdefault(letters[:2], []).append((letters, word))
            self._by_end.setdefault(letters[-2:], []).append((letters, word))

    def knows(self, word: str) -> bool:
        """Whether a headline has the word; one of syllables also inside a longer word."""
        return word in self._known if terms.is_run(word) else word in self._counts

    def near(self, word: str) -> list[str]:
        """The known words that differ by a letter or two, the nearest and most frequent first."""
        letters = keyboards.apart(word)
        if not len(word) >= _SHORTEST or len(letters) > _LONGEST:
            return []
        most = 1 if len(letters) <= _FEW_LETTERS else 2
        rows = {*self._by_start.get(letters[:2], ()), *self._by_end.get(letters[-2:], ())}
        found = []
        for other, known in rows:
            if abs(len(other) - len(letters)) <= most and known != word:
                distance = _distance(letters, other, most)
                if distance <= most:
                    found.append((distance, -self._counts[known], known))
        return [known for _distance, _count, known in sorted(found)]


def offers(
    text: str, spellings: Spellings, *, tags: tuple[str, ...] = (), publishers: tuple[str, ...] = ()
) -> list[Offer]:
    """What may have been meant by a typed text that finds nothing, the best guess first.

    Words in quotation marks, words with a minus and the filters, those of `queries.parse`, stay as
    they are. What is offered is not narrowed by days.
    """
    text = queries.tidied(text)
    found: list[Offer] = []
    for guess in _guesses(text):
        try:
            query = queries.parse(guess, spellings=spellings, tags=tags, publishers=publishers)
        except Unusable:
            continue
        if finding.has_hits(query):
            found.append(Offer(guess))
        if len(found) == MOST_OFFERS:
            break
    return found


def _guesses(text: str) -> Iterator[str]:
    """The text with `OR` for a small `or`, then texts with other words in place of those that no
    headline has: of the other keyboard, the nearest ones, and those after them."""
    tried = {text, joined := _SMALL_OR.sub(queries.OR, text)}
    if joined != text:
        yield joined
    parts = [part for part in queries.parts_of(text) if _may_change(part)]
    if not parts:
        return
    words = _words()
    strange = [part for part in parts if not all(map(words.knows, _tokens(part.text)))] or parts
    for others in (
        [_on_other_keyboard(part.text) for part in strange],
        [_near(part.text, words, 0) for part in strange],
        [_near(part.text, words, 1) for part in strange],
    ):
        guess = _replaced(text, strange, others)
        if guess not in tried:
            tried.add(guess)
            yield guess


def _may_change(part: Part) -> bool:
    is_word = not part.is_phrase and not part.is_excluded and not part.is_or
    return is_word and bool(terms.piece(part.text))


def _replaced(text: str, parts: list[Part], others: list[str]) -> str:
    """The text with another word in place of each part."""
    found, end = "", 0
    for part, other in zip(parts, others, strict=True):
        found += text[end : part.start] + other
        end = part.end
    return found + text[end:]


def _on_other_keyboard(word: str) -> str:
    """What the same keys type on the other keyboard; the word itself if that is nothing."""
    return keyboards.in_hangul(word) or keyboards.in_latin(word) or word


def _near(word: str, words: Words, turn: int) -> str:
    """The word with the nearest known word in place of each unknown one in it, or with the one
    after the nearest at the next turn; the word itself if there is none."""
    found, tokens = [], _tokens(word)
    for token in tokens:
        near = [] if words.knows(token) else words.near(_plain(token))
        found.append(near[turn] if turn < len(near) else token)
    return word if found == tokens else "".join(found)


def _tokens(word: str) -> list[str]:
    return terms.canonical(word).split()


def _plain(token: str) -> str:
    return without_particle(token) if terms.is_run(token) else token


def _words() -> Words:
    """The words of public headlines. Kept by the process until readers see something different;
    inside a transaction or with DEBUG they are read."""
    if connection.in_atomic_block or settings.DEBUG:
        return _read()
    return _kept(str(connection.settings_dict["NAME"]), str(site_version.current()))


@lru_cache(maxsize=1)
def _kept(database: str, version: str) -> Words:
    return _read()


def _read() -> Words:
    return Words(tables.headlines(*tables.span(None, None), HEADLINES))


def _distance(one: str, other: str, most: int) -> int:
    """How many letters must be put in, left out or replaced to make one word of the other
    (Levenshtein 1965), or more than `most` if it is more."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        before, row[0] = row[0], place
        for at, own in enumerate(other, start=1):
            change = before + (letter != own)
            before, row[at] = row[at], min(change, row[at] + 1, row[at - 1] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
