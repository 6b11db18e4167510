"""Parses the text in the search field."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from articles.rules.text import clean
from articles.search import indexed_text, terms

MAX_LENGTH = 200
MAX_PIECES = 12
# A phrase in quotation marks of any kind, closed or not, or a run without spaces; a minus in front
# excludes it.
_PART = re.compile(r"(?P<minus>[-\u2212]?)(?:[\"“”„](?P<phrase>[^\"“”„]*)[\"“”„]?|(?P<word>\S+))")


class Unusable(Exception):
    """The query cannot be answered; the message is a sentence for the reader."""


@dataclass(frozen=True)
class Query:
    """Pieces that the canonical text of a hit contains and those it must not contain, and the first
    and last day. `labels` are pieces of filters, which are not visible in the text."""

    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None


def parse(
    text: str,
    *,
    tags: tuple[str, ...] = (),
    publishers: tuple[str, ...] = (),
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> Query:
    """The query for the typed text and the chosen filters: names of tags and publishers of a hit,
    the first and the last day. Raises Unusable."""
    text = unicodedata.normalize("NFKC", clean(text))
    if len(text) > MAX_LENGTH:
        message = _("Shorten your search to %(limit)d characters; now it has %(length)d.")
        raise Unusable(message % {"limit": MAX_LENGTH, "length": len(text)})
    required, excluded = _pieces(text)
    labels = (*map(indexed_text.tag, tags), *map(indexed_text.publisher, publishers))
    if len(required) + len(excluded) > MAX_PIECES:
        raise Unusable(_("Search for at most %(limit)d words at a time.") % {"limit": MAX_PIECES})
    if text.strip() and not required and not excluded:
        raise Unusable(_("Type at least one letter, syllable or digit; signs alone find nothing."))
    if excluded and not required and not labels:
        raise Unusable(
            _("Add a word to look for: a word with a minus in front only takes hits away.")
        )
    return Query(tuple(required), tuple(excluded), labels, start, end)


def _pieces(text: str) -> tuple[list[str], list[str]]:
    """Required and excluded pieces, in order, without repetitions."""
    required: dict[str, None] = {}
    excluded: dict[str, None] = {}
    for part in _PART.finditer(text):
        written = part["word"] if part["phrase"] is None else part["phrase"]
        if piece := terms.piece(written):
            (excluded if part["minus"] else required)[piece] = None
    return list(required), list(excluded)
