"""Other ways to write a word that was typed without quotation marks.

    wanted(["언어모델을"], spellings)    `언어모델`, `언어 모델`, and what the desk says is the same

Pieces are those of `articles.search.terms`. Quoted text never comes here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from articles.search import terms
from articles.search.particles import is_particle, without_particle
from articles.search.spellings import Spellings

# Pieces for one word: of the same meaning, and of a wider one.
MOST_SAME, MOST_WIDER = 16, 8
# Words that together may be a name of the desk.
MOST_JOINED = 4
# Runs of so many syllables are also sought with blanks in them.
_SPLIT, _SPLIT_TWICE, _LONGEST_SPLIT = 4, 6, 10
_LEAST_PART = 2
_LATIN = re.compile("[a-z]{3,}")
# Words that end like a plural, and are none.
_SINGULAR = re.compile("(?:.*(?:ss|(?<!p)us|is|os)|news|series|species|aws|gas|bias|lens|wows)")


@dataclass(frozen=True)
class Wanted:
    """A hit has one of the pieces. `wider` ones mean something wider, so their hits come last."""

    same: tuple[str, ...]
    wider: tuple[str, ...] = ()

    @property
    def pieces(self) -> tuple[str, ...]:
        return (*self.same, *self.wider)


def exactly(written: str) -> Wanted | None:
    """A text as it is written; None if nothing in it can be searched."""
    piece = terms.piece(written)
    return Wanted((piece,)) if piece else None


def wanted(words: list[str], spellings: Spellings) -> list[Wanted]:
    """What is wanted for each of some words that were typed one after the other."""
    canonical = [terms.canonical(word).split() for word in words]
    typed = [tokens for tokens in canonical if tokens]
    bases = [list(_bases(tokens)) for tokens in typed]
    same = [_same(own, spellings) for own in bases]
    wider: list[list[str]] = [[] for _own in typed]
    for first, last, names in _named(typed, bases, spellings.same):
        for place in range(first, last):
            same[place] += names
    for first, last, names in _named(typed, bases, spellings.wider):
        for place in range(first, last):
            wider[place] += names
    for place, tokens in enumerate(typed[1:], start=1):
        if joined := _joined(typed[place - 1], tokens):
            same[place].append(joined)
    return [_settled(*pieces) for pieces in zip(same, wider, strict=True)]


def either(several: Iterable[Wanted]) -> Wanted:
    """What is wanted where one of several is enough."""
    several = list(several)
    same = [piece for each in several for piece in each.same]
    wider = [piece for each in several for piece in each.wider]
    return _settled(same, wider, most=MOST_SAME * len(several))


def _bases(tokens: list[str]) -> Iterator[list[str]]:
    """The tokens of a word, and those without its particle."""
    yield tokens
    *before, last = tokens
    if not terms.is_run(last):
        return
    if before and is_particle(last):
        yield before
    elif (stem := without_particle(last)) != last:
        yield [*before, stem]


def _same(bases: list[list[str]], spellings: Spellings) -> list[str]:
    """The pieces of a word by rules alone: particles, plurals, blanks, spellings inside of it."""
    found = [_piece(tokens) for tokens in bases]
    tokens = bases[-1]
    *before, last = tokens
    found += [_piece([*before, other]) for other in _numbers(last)]
    for place, token in enumerate(tokens):
        found += [
            _piece([*tokens[:place], *other, *tokens[place + 1 :]])
            for other in (*_split(token), *_respelled(token, spellings))
        ]
    return found


def _numbers(word: str) -> Iterator[str]:
    """The plural of an English word, or its singular."""
    if not _LATIN.fullmatch(word):
        return
    if not word.endswith("s"):
        yield f"{word[:-1]}ies" if re.search("[^aeiou]y$", word) else f"{word}s"
        if re.search("(?:x|ch|sh|z)$", word):
            yield f"{word}es"
    elif not _SINGULAR.fullmatch(word):
        if word.endswith("ies") and len(word) > len("dies"):
            yield f"{word[:-3]}y"
        elif re.search("(?:x|ch|sh|ss|z)es$", word):
            yield word[:-2]
        elif len(word) > len("abc"):
            yield word[:-1]


def _split(run: str) -> Iterator[list[str]]:
    """A long run with one blank in it, or two. Each part has two syllables or more; the first may
    have one, since it is sought only where a run begins."""
    length = len(run)
    if not terms.is_run(run) or not _SPLIT <= length <= _LONGEST_SPLIT:
        return
    for blanks in range(1, 3 if length >= _SPLIT_TWICE else 2):
        for places in combinations(range(1, length - _LEAST_PART + 1), blanks):
            edges = (0, *places, length)
            parts = [run[start:end] for start, end in pairwise(edges)]
            own = parts[1:] if blanks == 1 else parts
            if all(len(part) >= _LEAST_PART for part in own):
                yield parts


def _respelled(run: str, spellings: Spellings) -> Iterator[list[str]]:
    """A run in which a spelling at the beginning or the end is replaced by the others."""
    if not terms.is_run(run):
        return
    for cut in range(_LEAST_PART, len(run) - _LEAST_PART + 1):
        for part, start in ((run[:cut], True), (run[cut:], False)):
            for name in spellings.same.get(part, ()):
                other = terms.canonical(name).split()
                if all(map(terms.is_run, other)):
                    joined = "".join(other)
                    yield [joined + run[cut:] if start else run[:cut] + joined]


def _named(
    typed: list[list[str]], bases: list[list[list[str]]], names: dict[str, tuple[str, ...]]
) -> Iterator[tuple[int, int, list[str]]]:
    """The other names of each run of words that is a name: its first place, the one after its last,
    and their pieces."""
    if not names:
        return
    for first in range(len(typed)):
        for last in range(first + 1, min(len(typed), first + MOST_JOINED) + 1):
            before = "".join("".join(tokens) for tokens in typed[first : last - 1])
            for tokens in bases[last - 1]:
                others = names.get(before + "".join(tokens), ())
                if others:
                    yield first, last, [piece for name in others for piece in _of_name(name)]


def _of_name(name: str) -> Iterator[str]:
    """The pieces of a name of the desk: as it is written, without blanks, and with others."""
    tokens = terms.canonical(name).split()
    yield _piece(tokens)
    if len(tokens) > 1 and all(map(terms.is_run, tokens)):
        yield _piece(["".join(tokens)])
        yield from (
            _piece([*tokens[:place], tokens[place] + tokens[place + 1], *tokens[place + 2 :]])
            for place in range(len(tokens) - 1)
        )
    elif len(tokens) == 1:
        yield from map(_piece, _split(tokens[0]))


def _joined(before: list[str], tokens: list[str]) -> str:
    """The piece of two words as one, where the second is a single syllable: `전기 차`. Alone that
    is only found where a run begins."""
    one = len(tokens) == 1 and len(tokens[0]) == 1 and terms.is_run(tokens[0])
    if not one or not terms.is_run(before[-1]):
        return ""
    return _piece([*before[:-1], before[-1] + tokens[0]])


def _piece(tokens: list[str]) -> str:
    return terms.piece(" ".join(tokens)) if tokens else ""


def _settled(same: Iterable[str], wider: Iterable[str], *, most: int = MOST_SAME) -> Wanted:
    """Both without repetitions, and without pieces that contain another one: a text with them has
    the other as well."""
    kept = _smallest(same)[:most]
    rest = [piece for piece in _smallest(wider) if not any(own in piece for own in kept)]
    return Wanted(tuple(kept), tuple(rest[:MOST_WIDER]))


def _smallest(pieces: Iterable[str]) -> list[str]:
    each = list(dict.fromkeys(filter(None, pieces)))
    return [piece for piece in each if not any(other != piece and other in piece for other in each)]
