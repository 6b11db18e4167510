"""Pasted addresses: one a line, with or without a title before or after it."""

import re

from django.utils.translation import gettext as _

from articles.inbox.arriving import MOST_AT_ONCE, Found
from articles.rules.lines import (
    ADDRESS,
    MAX_CITATION_LENGTH,
    LineErrors,
    around_address,
    parse_citation,
    tidied,
)
from articles.rules.text import clean, collapse, without_invisible

MAX_LENGTH = 200_000
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d{1,3}[.)])\s+")
_AROUND = " \t|–—-:：·,"


def read(text: str) -> list[Found]:
    """The pages of a text. What stands beside an address is its title.

    Raises LineErrors with a sentence for each line that is not understood.
    """
    found: list[Found] = []
    errors: list[tuple[int, str]] = []
    if len(text) > MAX_LENGTH:
        message = _("This is too long. Paste at most %(limit)s characters at once.")
        raise LineErrors([(1, message % {"limit": f"{MAX_LENGTH:,}"})])
    for number, line in enumerate(clean(text).split("\n"), start=1):
        if not line.strip():
            continue
        if len(found) == MOST_AT_ONCE:
            message = _("At most %(most)d addresses at once. Paste the rest afterwards.")
            errors.append((number, message % {"most": MOST_AT_ONCE}))
            break
        try:
            found.append(_page(line))
        except ValueError as error:
            errors.append((number, str(error)))
    if errors:
        raise LineErrors(errors)
    return found


def _page(line: str) -> Found:
    """The page of a line. A citation with its day, as in a digest, is read as one. Raises
    ValueError with a sentence."""
    if len(line) > MAX_CITATION_LENGTH:
        message = _("This line is too long. Give an address, and a title of one line.")
        raise ValueError(message)
    line = _BULLET.sub("", without_invisible(line)).strip()
    try:
        citation = parse_citation(line)
    except ValueError:
        return _titled(line)
    if citation.published_on is None:
        return _titled(line)
    return Found(citation.url, publisher=citation.publisher, published_on=citation.published_on)


def _titled(line: str) -> Found:
    """The page of a line in which everything beside the address is its title."""
    if not ADDRESS.search(line):
        raise ValueError(_("There is no address in this line. Paste one address a line."))
    url, *beside = around_address(line)
    return Found(url, title=collapse(" ".join(tidied(each.strip(_AROUND)) for each in beside)))
