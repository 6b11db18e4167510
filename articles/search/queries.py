"""Parses the text in the search field."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.translation import gettext as _

from articles.rules.text import clean
from articles.search import forgiving, indexed_text, terms
from articles.search.forgiving import Wanted
from articles.search.spellings import NONE, Spellings

MAX_LENGTH = 200
MAX_PIECES = 12
OR = "OR"
# A phrase in quotation marks of any kind, closed or not, or a run without spaces; a minus in front
# excludes it.
_PART = re.compile(r"(?P<minus>[-\u2212]?)(?:[\"“”„](?P<phrase>[^\"“”„]*)[\"“”„]?|(?P<word>\S+))")


class Unusable(Exception):
    """The query cannot be answered; the message is a sentence for the reader."""


@dataclass(frozen=True)
class Query:
    """What is `wanted` in a hit, each in one of several ways; pieces that its canonical text must
    not contain; and the first and last day. `labels` are pieces of filters, which are not visible
    in the text."""

    wanted: tuple[Wanted, ...] = ()
    excluded: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None

    @property
    def pieces(self) -> list[str]:
        """All pieces that may be in a hit, each once."""
        return list(dict.fromkeys(piece for each in self.wanted for piece in each.pieces))

    @property
    def has_wider(self) -> bool:
        return any(each.wider for each in self.wanted)


@dataclass(frozen=True)
class Part:
    """A word or a phrase as it was typed: where it stands in the text, and what is before it."""

    text: str
    start: int
    end: int
    is_phrase: bool
    is_excluded: bool
    is_or: bool = False


def parse(
    text: str,
    *,
    spellings: Spellings = NONE,
    tags: tuple[str, ...] = (),
    publishers: tuple[str, ...] = (),
    storylines: tuple[str, ...] = (),
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> Query:
    """The query for the typed text and the chosen filters: names of tags, publishers and storylines
    of a hit, the first and the last day. Words without quotation marks also ask for other ways to
    write them. Raises Unusable."""
    text = tidied(text)
    if len(text) > MAX_LENGTH:
        message = _("Shorten your search to %(limit)d characters; now it has %(length)d.")
        raise Unusable(message % {"limit": MAX_LENGTH, "length": len(text)})
    parts = parts_of(text)
    excluded = _distinct(terms.piece(part.text) for part in parts if part.is_excluded)
    required = _distinct(terms.piece(part.text) for part in parts if _is_asked(part))
    labels = (*map(indexed_text.tag, tags), *map(indexed_text.publisher, publishers))
    labels += tuple(map(indexed_text.storyline, storylines))
    if len(required) + len(excluded) > MAX_PIECES:
        raise Unusable(_("Search for at most %(limit)d words at a time.") % {"limit": MAX_PIECES})
    if text.strip() and not required and not excluded:
        raise Unusable(_("Type at least one letter, syllable or digit; signs alone find nothing."))
    if excluded and not required and not labels:
        raise Unusable(
            _("Add a word to look for: a word with a minus in front only takes hits away.")
        )
    return Query(_wanted(parts, spellings), tuple(excluded), labels, start, end)


def tidied(text: str) -> str:
    """The typed text in the form in which it is parsed."""
    return unicodedata.normalize("NFKC", clean(text))


def parts_of(text: str) -> list[Part]:
    """The parts of a tidied text in order. `OR` joins the parts beside it if both are wanted;
    anywhere else it is a word."""
    found = []
    for match in _PART.finditer(text):
        is_phrase = match["phrase"] is not None
        written = match["phrase"] if is_phrase else match["word"]
        found.append(Part(written, *match.span(), is_phrase, bool(match["minus"])))
    for place in range(1, len(found) - 1):
        before, part, after = found[place - 1 : place + 2]
        if part.text == OR and not part.is_phrase and _is_asked(before) and _is_asked(after):
            found[place] = replace(part, is_or=True)
    return found


def _is_asked(part: Part) -> bool:
    """Whether a hit should have the part."""
    return not part.is_excluded and not part.is_or and bool(terms.piece(part.text))


def _distinct(pieces: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, pieces)))


def _wanted(parts: list[Part], spellings: Spellings) -> tuple[Wanted, ...]:
    """What is wanted, in order, without repetitions."""
    groups: list[list[Wanted]] = []
    is_joined = False
    for part, each in _each_wanted(
        [part for part in parts if part.is_or or _is_asked(part)], spellings
    ):
        if part.is_or:
            is_joined = True
        elif is_joined:
            groups[-1].append(each)
            is_joined = False
        else:
            groups.append([each])
    found = (group[0] if len(group) == 1 else forgiving.either(group) for group in groups)
    return tuple(dict.fromkeys(found))


def _each_wanted(parts: list[Part], spellings: Spellings) -> Iterator[tuple[Part, Wanted]]:
    """Each part with what is wanted. Words one after the other are looked at together, since they
    may be a name; words beside an `OR` are not."""
    for is_exact, group in groupby(parts, key=lambda part: part.is_phrase or part.is_or):
        own = list(group)
        if is_exact:
            found = [forgiving.exactly(part.text) for part in own]
        else:
            found = [*forgiving.wanted([part.text for part in own], spellings)]
        for part, each in zip(own, found, strict=True):
            yield part, each or Wanted(())
