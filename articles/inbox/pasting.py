"""Pasted addresses: one a line, with or without a title before or after it."""

import re

from django.utils.translation import gettext as _

from articles.inbox.arriving import MOST_AT_ONCE, Found
from articles.rules.lines import MAX_CITATION_LENGTH, LineErrors, parse_citation
from articles.rules.text import clean, collapse
from articles.rules.validators import is_web_address

MAX_LENGTH = 200_000
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d{1,3}[.)])\s+")
_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*<?([^\s<>]+?)>?\s*\)")
_ADDRESS = re.compile(r"https?://[^\s|<>\"“”]+", re.IGNORECASE)
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
    line = _BULLET.sub("", line).strip()
    try:
        citation = parse_citation(line)
    except ValueError:
        return _titled(line)
    if citation.published_on is None:
        return _titled(line)
    return Found(citation.url, publisher=citation.publisher, published_on=citation.published_on)


def _titled(line: str) -> Found:
    """The page of a line in which everything beside the address is its title."""
    if link := _LINK.search(line):
        url, title = link[2], f"{line[: link.start()]} {link[1]} {line[link.end() :]}"
    elif found := _ADDRESS.search(line):
        url = found[0].rstrip(".,;")
        title = f"{line[: found.start()].rstrip(_AROUND)} {line[found.end() :].lstrip(_AROUND)}"
    else:
        raise ValueError(_("There is no address in this line. Paste one address a line."))
    url = re.sub("^https?", lambda scheme: scheme[0].lower(), url, count=1, flags=re.IGNORECASE)
    if not is_web_address(url):
        message = _(
            "“%(url)s” is not a web address. Give the full address, starting with https://."
        )
        raise ValueError(message % {"url": url[:80]})
    if _ADDRESS.search(title):
        raise ValueError(_("There is more than one address in this line. Give each its own line."))
    return Found(url, title=collapse(title).strip(_AROUND))
