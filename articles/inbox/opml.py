"""Lists of feeds from other readers (OPML 2.0, http://opml.org/spec2.opml)."""

import re
from urllib.parse import quote
from xml.parsers import expat

from django.utils.translation import gettext as _

from articles.inbox import safe_xml
from articles.rules.text import collapse
from articles.rules.validators import is_web_address

MOST_BYTES = 1_000_000
MOST_FEEDS = 500
MAX_NAME = 120
_AS_SENT = re.compile(r"[\s|]")  # what browsers encode, and other readers take as it is


def read(content: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    """The name and the address of each feed of a list, each address once, and what stands in the
    place of an address and is none. Raises `safe_xml.Unsafe` with a sentence."""
    if len(content) > MOST_BYTES:
        message = _("The file is too large. It may have at most %(most)s bytes.")
        raise safe_xml.Unsafe(message % {"most": f"{MOST_BYTES:,}"})
    found: dict[str, str] = {}
    unread: list[str] = []

    def outline(name: str, attributes: dict[str, str]) -> None:
        folded = {key.lower(): value for key, value in attributes.items()}
        address = _AS_SENT.sub(lambda sign: quote(sign[0]), folded.get("xmlurl", "").strip())
        if name.lower() != "outline" or not address:
            return
        if not is_web_address(address):
            unread.append(address[:MAX_NAME])
        else:
            shown = collapse(folded.get("title") or folded.get("text") or "")[:MAX_NAME]
            found.setdefault(address, shown or address[:MAX_NAME])

    try:
        safe_xml.walk(safe_xml.mended(safe_xml.text_of(content)), outline)
    except expat.ExpatError as error:  # the mended text was read once already
        raise safe_xml.Unsafe(str(error)) from error
    if not found and not unread:
        raise safe_xml.Unsafe(_("There is no feed in this file. Is it an OPML file?"))
    return [(name, address) for address, name in found.items()][:MOST_FEEDS], unread
