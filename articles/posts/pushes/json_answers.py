"""Finds a digest in JSON within what a language model answered: in a fence, with words around."""

import datetime as dt
import json
import re
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from articles.posts.pushes import json_reading, lenient_json, markdown_reading
from articles.posts.pushes.json_names import digest_in
from articles.posts.pushes.pushed import PushedDigest
from articles.recognising import chatter

# One after the other: a pattern for both would look for an end from each of many beginnings.
_OPENING = re.compile(
    r"^[ \t]*(```|~~~)[ \t]*(?:json[c5]?|javascript|js)?[ \t]*\n", re.MULTILINE | re.IGNORECASE
)
_CLOSING = re.compile(r"^[ \t]*(?:```|~~~)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """A digest in JSON that was found in a text, the numbered lines around it, and sentences about
    what is not quite JSON in it."""

    json: str
    around: list[tuple[int, str]]
    notices: list[str] = field(default_factory=list)


def read_markdown(content: bytes, day: dt.date) -> PushedDigest:
    """Read what was sent as Markdown: the JSON in it if it is such an answer, else Markdown. Raises
    Refused."""
    found = json_in(content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n"))
    if found is None:
        return markdown_reading.read(content, day)
    digest = json_reading.read(found.json.encode(), day)
    return replace(digest, notices=[*found.notices, *digest.notices])


def json_in(text: str) -> Answer | None:
    """The JSON of a text that has a digest in it and nothing else but a greeting and a closing
    phrase; None for any other text."""
    text = text.lstrip("\ufeff")
    start, inner, outer, end = _bounds(text)
    around = [text[:start].strip(), text[end:].strip()]
    written = text[inner:outer]
    if written.lstrip()[:1] not in ("{", "[") or not all(map(_is_chatter, around)):
        return None
    try:
        found = lenient_json.read(written)
    except ValueError:
        return None
    digest = digest_in(found.value)
    if digest is None:
        return None
    first, last = text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1
    lines = [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    rest = [(n, line) for n, line in lines if not first <= n <= last]
    return Answer(json.dumps(digest), rest, list(_notices(found, text, inner, outer)))


def _bounds(text: str) -> tuple[int, int, int, int]:
    """Where the fence and the JSON in it begin and end. Without a fence, the JSON goes from the
    first bracket at the start of a line to the last one at the end of a line."""
    opening = _OPENING.search(text)
    if opening is None:
        starts = [at for at in (text.find("\n{"), text.find("\n[")) if at >= 0]
        start = 0 if text.lstrip()[:1] in ("{", "[") else min(starts, default=0)
        end = max(text.rfind("}\n"), text.rfind("]\n")) + 1
        end = end if text[end:].strip() and _is_chatter(text[end:].strip()) else len(text)
        return start, start, end, end
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        return opening.start(), opening.end(), len(text), len(text)
    return opening.start(), opening.end(), closing.start(), closing.end()


def _notices(found: lenient_json.Loose, text: str, start: int, end: int) -> list[str]:
    notices = []
    if found.slip is not None:
        sentence = _("Line %(line)d is no valid JSON and was read all the same. Check its texts.")
        notices.append(sentence % {"line": text.count("\n", 0, start + found.slip) + 1})
    if found.is_cut:
        sentence = _("The JSON ends too early, in line %(line)d. What should follow is missing.")
        last = start + len(text[start:end].rstrip())
        notices.append(sentence % {"line": text.count("\n", 0, last) + 1})
    return notices


def _is_chatter(text: str) -> bool:
    return not text or chatter.is_greeting(text) or chatter.is_closing(text)
