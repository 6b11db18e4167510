"""Texts that readers must not see, and every spelling in which they could show."""

import base64
import hashlib
import html
import json
import unicodedata
from functools import cache
from urllib.parse import quote, quote_plus

from articles.rules.text import slugify


@cache
def canary(place: str) -> str:
    """A unique text: Latin letters, Hangul, an accent, and signs that HTML, addresses and JSON
    escape. It is the same for the same place on every site."""
    number = int(hashlib.sha256(place.encode()).hexdigest(), 16)
    hangul = "".join(chr(0xAC00 + (number >> shift) % 11172) for shift in (0, 20, 40, 60))
    return f"Kq{number % 16**7:07x}Zx{hangul}é"


@cache
def needles(place: str) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """What to search in a response: one set for lower-cased text, one for exact text (base64)."""
    text = canary(place)
    plain, exact = set(), set()
    for part in (text, text[:11], text[11:]):
        for shape in ("NFC", "NFD"):
            written = unicodedata.normalize(shape, part)
            plain |= {form.lower() for form in spellings(written)}
            exact |= set(base64_of(written.encode()))
    return frozenset(plain), frozenset(exact)


def spellings(text):
    raw = text.encode()
    yield from (raw, raw.hex().encode(), text.upper().encode(), slugify(text).encode())
    for written in (html.escape(text), quote(text), quote_plus(text), json.dumps(text)[1:-1]):
        yield written.encode()
    yield from (text.encode("ascii", "xmlcharrefreplace"), text.encode("unicode_escape"))
    if not text.isascii():
        yield from (text.encode("utf-16-le"), text.encode("punycode").rpartition(b"-")[2])


def base64_of(raw):
    """The middle of the base64 of any text that contains `raw`, at any offset."""
    for skipped, before in ((0, b""), (2, b"-"), (3, b"--")):
        whole = before + raw
        yield base64.b64encode(whole[: len(whole) // 3 * 3])[skipped:]
