"""Static files that a page loads or names, found in its markup but not in its text."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.conf import settings

ATTRIBUTES = {"href", "src", "content"}


def named_in_html(body: bytes) -> set[str]:
    """File names below STATIC_URL in attributes and in structured data."""
    reader = _Reader()
    reader.feed(body.decode(errors="replace"))
    reader.close()
    return set(filter(None, map(_name, reader.found)))


def named_in_json(body: bytes | str) -> set[str]:
    """File names below STATIC_URL among the values of a JSON document."""
    try:
        document = json.loads(body)
    except ValueError:
        return set()
    return set(filter(None, map(_name, _addresses(document))))


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found: set[str] = set()
        self._is_data = False

    def handle_starttag(self, tag, attrs):
        # Authors write links; the page does not load what they lead to.
        if tag != "a":
            self.found.update(value for name, value in attrs if name in ATTRIBUTES and value)
        self._is_data = tag == "script" and ("type", "application/ld+json") in attrs

    def handle_data(self, data):
        if self._is_data:
            self.found.update(_addresses(json.loads(data)))
            self._is_data = False


def _addresses(value, key="") -> Iterator[str]:
    """Values of the keys that hold addresses of files. Titles and texts have other keys."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _addresses(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _addresses(each, key)
    elif isinstance(value, str) and key in ("url", "image", "logo", "src", "contentUrl"):
        yield value


def _name(address: str) -> str:
    """The name of a static file of this site, given its path or full address; empty for others."""
    path = address.removeprefix(settings.SITE_URL)
    is_ours = path.startswith(settings.STATIC_URL)
    return urlsplit(path).path.removeprefix(settings.STATIC_URL) if is_ours else ""
