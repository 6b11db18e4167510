"""XML from strangers: whole, small, and without what makes a small text a large one.

Entities of their own (“billion laughs”), deep nesting and elements with thousands of attributes are
refused before anything is built from the text. expat, which checks it, fetches nothing.
"""

import html.entities
import re
import sys
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from articles.rules.text import clean, decoded

MAX_DEPTH = 60
MAX_ATTRIBUTES = 60  # of an element
MAX_ELEMENTS = 60_000
MAX_NAMESPACES = 100  # names for them; feedparser looks through all at each element
_DECLARATION = re.compile(r"^\s*<\?xml[^<>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.I)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_BARE = re.compile(r"&(?!#?\w{1,30};)")
_NUMBERED = re.compile(r"&#(?:([0-9]{1,10})|x([0-9A-Fa-f]{1,8}));")
_OF_XML = frozenset(["amp", "lt", "gt", "quot", "apos"])


class Unsafe(ValueError):
    """The text is no XML that is read here. The message is a sentence for the desk."""


def text_of(content: bytes, charset: str = "") -> str:
    """The text of XML or JSON in bytes. `charset` is what the response said.

    Where it is not UTF-8, the text's own declaration counts, then the response's. Neither XML nor
    JSON has a NUL, so that one at the start is half of a sign in UTF-16.
    """
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"\0", "utf-16-be"),
        (content[:1] + b"\0", "utf-16-le"),
    ):
        if content.startswith(mark):
            return content.decode(name, "replace").lstrip("\ufeff")
    declared = _DECLARATION.match(content[:300].decode("latin-1"))
    return decoded(content, declared[1] if declared else "", charset)


def mended(text: str) -> bytes:
    """The text as well-formed XML in UTF-8, with little mistakes mended: forbidden characters,
    also by their numbers, HTML's names of characters, and bare ampersands. Raises Unsafe."""
    text = clean(text).lstrip()
    text = re.sub(r"^<\?xml[^<>]{0,200}\?>", "", text)
    whole = text.encode("utf-8", "replace")
    try:
        walk(whole)
    except expat.ExpatError:
        text = _NUMBERED.sub(_numbered, _NAMED.sub(_named, text))
        whole = _BARE.sub("&amp;", text).encode("utf-8", "replace")
        try:
            walk(whole)
        except expat.ExpatError as error:
            if re.match(r"<!doctype\s+html|<html", text, re.I):
                raise Unsafe(_("This is a web page, not a feed.")) from error
            message = _("The text is no whole XML: it goes wrong in line %(line)d.")
            raise Unsafe(message % {"line": error.lineno}) from error
    return whole


def walk(content: bytes, on_start: Callable[[str, dict[str, str]], None] | None = None) -> None:
    """Read XML once, and call `on_start` with the name and the attributes of each element. Raises
    Unsafe, and ExpatError for what is not well-formed."""
    parser = expat.ParserCreate("utf-8")
    guard = _Guard(on_start)
    parser.StartElementHandler = guard.start
    parser.EndElementHandler = guard.end
    parser.EntityDeclHandler = guard.entity
    parser.Parse(content, True)


class _Guard:
    def __init__(self, on_start: Callable[[str, dict[str, str]], None] | None) -> None:
        self._on_start = on_start
        self._depth = self._elements = 0
        self._namespaces: set[str] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise Unsafe(_("The text has too many elements, or they are too deep in each other."))
        if len(attributes) > MAX_ATTRIBUTES:
            raise Unsafe(_("An element of the text has too many attributes."))
        self._namespaces.update(one for one in attributes if one.startswith("xmlns"))
        if len(self._namespaces) > MAX_NAMESPACES:
            raise Unsafe(_("The text declares too many namespaces."))
        if self._on_start:
            self._on_start(name, attributes)

    def end(self, _name: str) -> None:
        self._depth -= 1

    def entity(self, *_declared: Any) -> None:
        raise Unsafe(_("The text declares entities, which are not read here."))


def _named(match: re.Match[str]) -> str:
    name = match[1]
    return match[0] if name in _OF_XML else html.entities.html5.get(f"{name};", f"&amp;{name};")


def _numbered(match: re.Match[str]) -> str:
    """A character by its number; nothing for one that XML cannot have."""
    number = int(match[1] or match[2], 10 if match[1] else 16)
    return match[0] if number <= sys.maxunicode and clean(chr(number)) else ""
