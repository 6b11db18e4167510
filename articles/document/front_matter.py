"""The front matter of a document: YAML between two lines of hyphens (as Jekyll reads it).

Each key keeps its original text, so that order, quoting and comments survive.
"""

import datetime as dt
import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.utils.translation import gettext as _

from articles.document.model import (
    MAX_FRONT_MATTER_LENGTH,
    MAX_TITLE_LENGTH,
    Document,
    DocumentError,
    refusal,
)
from articles.rules.hidden_text import shown
from articles.rules.times import parse_day

FENCE = re.compile(r"^---[ \t]*$")
_STAMP = re.compile(
    r"^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}))?[ \t]*(Z|[+-]\d{2}:?\d{2})?)?$"
)
USUAL_LANGUAGE = "ko"
# No type guessing: every value is a string. Uses the C loader if PyYAML was built with it.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# Maximum nesting of lists and mappings; each level starts with one of these characters.
MAX_DEPTH, _NESTING = 20, "[{-?:"
_USUAL = {"layout": "post", "categories": "news"}
# The keys that readers get; title and date are separate fields.
READERS_KEYS = ("layout", "date", "categories", "tags", "lang", "description", "permalink")
# The publication time of a digest that came out on another day than its own.
PUBLISHED_KEY = "published_at"
_SAYS_MORE = re.compile("[#&!]")


@dataclass(frozen=True)
class FrontMatter:
    """`values` by key, the `lines` on which they start, and `source`: each key with its text."""

    values: dict[str, Any]
    lines: dict[str, int]
    source: list[list[str]]


def end_of(lines: list[str]) -> int:
    """The index of the line that closes the front matter. Raises DocumentError."""
    if not FENCE.match(lines[0]):
        raise refusal(1, _("The post has no front matter. Start it with a line of three hyphens."))
    for index, line in enumerate(lines[1:], start=1):
        if FENCE.match(line):
            return index
    raise refusal(1, _("The front matter is not closed. End it with a line of three hyphens."))


def parse(lines: list[str]) -> FrontMatter:
    """Parse the lines between the fences; the first of them is line 2. Raises DocumentError."""
    text = "\n".join(lines)
    if len(text) > MAX_FRONT_MATTER_LENGTH:
        raise refusal(1, _("The front matter is too long."))
    values, numbers = _mapping(_root(text))
    starts = [*sorted(numbers.values()), len(lines) + 2]
    source = [["", "\n".join(lines[: starts[0] - 2])]] if starts[0] > 2 else []
    by_line = {number: key for key, number in numbers.items()}
    for start, stop in pairwise(starts):
        source.append([by_line[start], "\n".join(lines[start - 2 : stop - 2])])
    return FrontMatter(values, numbers, source)


def _root(text: str) -> yaml.MappingNode:
    try:
        _refuse_structure(text, _LOADER)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise _fault(text) from error
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        message = _("The front matter is not a list of keys and values such as “title: …”.")
        raise refusal(2, message)
    return root


def _fault(text: str) -> DocumentError:
    """The error of a text that is not YAML. The Python loader is used, since it knows the line.

    Raises DocumentError if the text is nested too deeply: the C loader may give up on such a text
    before its depth is known.
    """
    line, problem = 1, ""
    try:
        _refuse_structure(text, yaml.BaseLoader)
        yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
    message = _("The front matter is not valid YAML: %(problem)s.")
    return refusal(line, message, problem=problem)


def _refuse_structure(text: str, loader: type) -> None:
    """Refuse aliases and deep nesting. Both loaders build nested values recursively, and the C
    loader would crash the whole process."""
    if "*" not in text and sum(map(text.count, _NESTING)) <= MAX_DEPTH:
        return
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.AliasEvent):
            message = _("The front matter uses YAML aliases (*name). Write the values out.")
            raise refusal(1, message)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            message = _("The front matter has lists within lists. Use at most %(limit)d levels.")
            line = event.start_mark.line + 2 if event.start_mark else 1
            raise refusal(line, message, limit=MAX_DEPTH)


def _mapping(root: yaml.MappingNode) -> tuple[dict[str, Any], dict[str, int]]:
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in root.value:
        key, line = str(key_node.value), key_node.start_mark.line + 2
        if key in values:
            message = _("The front matter has “%(key)s” twice. Keep one.")
            raise refusal(line, message, key=key)
        values[key], lines[key] = _plain(value_node), line
    return values, lines


def _plain(node: yaml.Node) -> str | list[Any] | dict[str, Any]:
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    return node.value


def stamp_and_title(front: FrontMatter, zone: ZoneInfo) -> tuple[dt.datetime, str]:
    """The two required keys. Raises DocumentError."""
    errors: list[tuple[int, str]] = []
    stamp = None
    written = front.values.get("date")
    try:
        stamp = parse_stamp(written, zone)
    except ValueError:
        message = _("The front matter has no date. Add “date: 2026-01-03”.")
        if written:
            message = _("“%(date)s” is not a date. Write it as 2026-01-03 07:00:00 +0900.")
            message %= {"date": written}
        errors.append((front.lines.get("date", 1), message))
    title = front.values.get("title", "")
    if not isinstance(title, str) or not title.strip():
        message = _("The front matter has no title. Add “title: …”.")
        errors.append((front.lines.get("title", 1), message))
    elif len(title) > MAX_TITLE_LENGTH or "\n" in title:
        message = _("The title is too long. Use one line of at most %(limit)d characters.")
        errors.append((front.lines["title"], message % {"limit": MAX_TITLE_LENGTH}))
    if errors or stamp is None:
        raise DocumentError(errors)
    return stamp, title


def parse_stamp(text: object, zone: dt.tzinfo | None) -> dt.datetime:
    """An aware datetime from `2026-01-03[ 00:31[:05][ +0900]]`; raises ValueError."""
    match = _STAMP.match(text.strip()) if isinstance(text, str) else None
    if not match:
        raise ValueError(text)
    day, minutes, seconds, offset = match.groups()
    parse_day(day)
    stamp = dt.datetime.fromisoformat(f"{day}T{minutes or '00:00'}:{seconds or '00'}")
    if not offset:
        return stamp.replace(tzinfo=zone)
    return dt.datetime.strptime(f"{stamp:%Y-%m-%dT%H:%M:%S}{offset}", "%Y-%m-%dT%H:%M:%S%z")


def tags_of(values: dict[str, Any]) -> list[str]:
    """The tags of a post as Jekyll reads them: a list, or words separated by spaces or commas."""
    written = values.get("tags", values.get("tag", []))
    if isinstance(written, str):
        written = shown(written)
        written = re.split(r"\s*,\s*" if "," in written else r"\s+", written.strip())
    names = (shown(name).strip() for name in written if isinstance(name, str))
    return list(dict.fromkeys(filter(None, names)))


def write(document: Document) -> list[str]:
    """The lines between the fences; a key keeps its original text unless its value has changed."""
    source = document.layout.get("front")
    if source is None:
        return "\n".join(text for _key, text in usual_texts(document)).split("\n")
    texts = []
    for key, text in source:
        if key == "title" and _value(text, key) != document.title:
            text = _rewritten(text, key, _quoted(text, document.title))
        elif key == "date" and not _is_same_moment(_value(text, key), document):
            text = _rewritten(text, key, _stamp(document))
        texts.append(text)
    return "\n".join(texts).split("\n")


def for_readers(document: Document) -> Document:
    """The document with only the keys meant for readers, without YAML comments."""
    values = document.front_matter
    values = {key: _shown_value(values[key]) for key in READERS_KEYS if _is_text(values.get(key))}
    layout = dict(document.layout)
    if PUBLISHED_KEY in document.front_matter:
        values[PUBLISHED_KEY] = document.front_matter[PUBLISHED_KEY]
    if "front" in layout:
        given = {"title": document.title, "date": _stamp(document)} | values
        layout["front"] = [
            [key, _public_entry(key, text, given[key])]
            for key, text in layout["front"]
            if key in given
        ]
    return replace(document, front_matter=values, layout=layout)


def _is_text(value: object) -> bool:
    """Whether a value is a string or a list of strings, so without keys of its own."""
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    )


def _shown_value(value: str | list[str]) -> str | list[str]:
    return shown(value) if isinstance(value, str) else list(map(shown, value))


def _public_entry(key: str, text: str, value: object) -> str:
    """The original text of a key. It is written anew if it may contain more than its value:
    YAML comments, anchors or tags (`&`, `!`), comments of editors."""
    if key == PUBLISHED_KEY or _SAYS_MORE.search(text) or shown(text) != text:
        return _entry(key, value)
    return text


def usual_texts(document: Document) -> list[list[str]]:
    """The keys of a document that was never imported, each with its text."""
    return [[key, _entry(key, value)] for key, value in _usual(document).items()]


def _usual(document: Document) -> dict[str, Any]:
    rest = document.front_matter or _USUAL
    given = {"layout": rest.get("layout", "post"), "title": document.title}
    given["date"] = _stamp(document)
    if document.language != USUAL_LANGUAGE:
        given["lang"] = document.language
    return given | {key: value for key, value in rest.items() if key not in given}


def _entry(key: str, value: object) -> str:
    if key == "title":
        return f"{key}: {json.dumps(value, ensure_ascii=False)}"
    # Values are strings; YAML would quote those that look like another type.
    if key == "date":
        return f"{key}: {value}"
    return _dumped(key, value) if isinstance(value, str) else _dump(key, value)


def _dump(key: str, value: object) -> str:
    return yaml.safe_dump({key: value}, allow_unicode=True, width=10**6).rstrip("\n")


# Cached, since all posts of an archive have the same few keys and values.
_dumped = lru_cache(maxsize=256)(_dump)


def _value(text: str, key: str) -> object:
    return _mapping(_root(text))[0].get(key)


def _is_same_moment(text: object, document: Document) -> bool:
    """Whether a written date is the document's moment, at the precision it is written in."""
    try:
        written = parse_stamp(text, document.stamp.tzinfo)
    except ValueError:
        return False
    if not isinstance(text, str) or written.date() != document.date:
        return False
    if ":" not in text:
        return True
    exact = "%Y-%m-%d %H:%M:%S" if text.count(":") > 1 else "%Y-%m-%d %H:%M"
    stamp = document.stamp.astimezone(written.tzinfo)
    return f"{written:{exact}}" == f"{stamp:{exact}}"


def _stamp(document: Document) -> str:
    return f"{document.stamp:%Y-%m-%d %H:%M:%S %z}"


def _quoted(text: str, title: str) -> str:
    """A new title, quoted like the old one if possible."""
    style = text.split(":", 1)[1].lstrip()[:1]
    if style == "'":
        return "'" + title.replace("'", "''") + "'"
    if style != '"' and _survives_plain(title):
        return title
    return json.dumps(title, ensure_ascii=False)


def _survives_plain(title: str) -> bool:
    try:
        return _value(f"title: {title}", "title") == title
    except DocumentError:
        return False


def _rewritten(text: str, key: str, value: str) -> str:
    """An entry with a new value; text after its first line, such as comments, stays."""
    lines = text.split("\n")
    rest = [line for line in lines[1:] if not line.strip() or line.lstrip().startswith("#")]
    return "\n".join([f"{key}: {value}", *rest])
