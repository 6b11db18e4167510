"""What readers type into the search field, understood."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from articles.rules.text import clean
from articles.search import indexed_text, terms

MAX_LENGTH = 200
MAX_PIECES = 12
# A phrase in quotation marks of any kind, closed or not, or what stands between blanks; with a
# minus in front it excludes.
_PART = re.compile(r"(?P<minus>[-\u2212]?)(?:[\"“”„](?P<phrase>[^\"“”„]*)[\"“”„]?|(?P<word>\S+))")


class Unusable(Exception):
    """A question that cannot be asked so; the message is a sentence for the reader."""


@dataclass(frozen=True)
class Query:
    """Pieces that the canonical text of a hit has and those that it has not, and its first and last
    day. `labels` are pieces, too; they stand for filters and are not seen in the text."""

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
    """The query for what was typed and chosen: names of tags and of publishers that a hit has,
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
    """Required and excluded ones, each once, in their order."""
    required: dict[str, None] = {}
    excluded: dict[str, None] = {}
    for part in _PART.finditer(text):
        written = part["word"] if part["phrase"] is None else part["phrase"]
        if piece := terms.piece(written):
            (excluded if part["minus"] else required)[piece] = None
    return list(required), list(excluded)
