"""Finds a digest in JSON within what a language model answered: in a fence, with words around."""

import datetime as dt
import json
import re

from articles.posts.pushes import json_reading, markdown_reading
from articles.posts.pushes.pushed import PushedDigest
from articles.recognising import chatter

# One after the other: a pattern for both would look for an end from each of many beginnings.
_OPENING = re.compile(r"^[ \t]*```[ \t]*(?:json)?[ \t]*\n", re.MULTILINE | re.IGNORECASE)
_CLOSING = re.compile(r"^[ \t]*```[ \t]*$", re.MULTILINE)


def read_markdown(content: bytes, day: dt.date) -> PushedDigest:
    """Read what was sent as Markdown: the JSON in it if it is such an answer, else Markdown. Raises
    Refused."""
    found = json_in(content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n"))
    if found is None:
        return markdown_reading.read(content, day)
    return json_reading.read(found[0].encode(), day)


def json_in(text: str) -> tuple[str, list[tuple[int, str]]] | None:
    """The JSON of a text that has a digest in it and nothing else but a greeting and a closing
    phrase, and the lines of these; None for any other text."""
    opening = _OPENING.search(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    start, end, written = 0, len(text), text.strip()
    if opening and closing:
        start, end = opening.start(), closing.end()
        written = text[opening.end() : closing.start()]
    around = [text[:start].strip(), text[end:].strip()]
    if not written.lstrip().startswith("{") or not all(map(_is_chatter, around)):
        return None
    try:
        values = json.loads(written)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or not isinstance(values.get("articles"), list):
        return None
    first, last = text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1
    lines = enumerate(text.split("\n"), start=1)
    return written, [(n, line) for n, line in lines if line.strip() and not first <= n <= last]


def _is_chatter(text: str) -> bool:
    return not text or chatter.is_greeting(text) or chatter.is_closing(text)
