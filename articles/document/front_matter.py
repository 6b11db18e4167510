"""The front matter of a document: YAML between two lines of hyphens (as Jekyll reads it), or TOML
between two lines of plus signs (as Hugo reads it).

Each key keeps its original text, so that order, quoting and comments survive.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import yaml
from django.utils.translation import gettext as _

from articles.document import toml
from articles.document.model import (
    MAX_DEPTH,
    MAX_FRONT_MATTER_LENGTH,
    Document,
    DocumentError,
    FrontMatter,
    refusal,
)
from articles.document.stamps import says
from articles.rules.hidden_text import shown

YAML_FENCE, TOML_FENCE = "---", "+++"
FENCE = re.compile(r"^(---|\+\+\+)[ \t]*\r?$")
_DOTS = re.compile(r"^(\.\.\.)[ \t]*\r?$")  # which end YAML, too
USUAL_LANGUAGE = "ko"
# No type guessing: every value is a string. Uses the C loader if PyYAML was built with it.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# Maximum nesting of lists and mappings; each level starts with one of these characters.
_NESTING = "[{-?:"
_USUAL = {"layout": "post", "categories": "news"}
# The keys that readers get; title and date are separate fields.
READERS_KEYS = ("layout", "date", "categories", "tags", "lang", "description", "permalink")
# The publication time of a digest that came out on another day than its own.
PUBLISHED_KEY = "published_at"
# A key at the left margin with a value on its line, without quotes, and without a YAML comment.
_VALUE = re.compile(
    r"""^(?P<key>[\w-]+:)(?P<blank>[^\S\n]+)(?P<value>[^\s"'|>#&*!-](?:\S|[ \t]+(?![#\s]))*)""",
    re.MULTILINE,
)
# A letter beyond the first 65,536, such as an emoji, as JSON escapes it. YAML has no such halves.
_HALVES = re.compile(r"(?<!\\)\\u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}")
_LIST = re.compile(r"\{|\[(?![^\[\]]*\][^\[\]]+$)")
_MISREAD = re.compile(r"^[\[@`%]|:[ \t]|:$")
_SAYS_MORE = re.compile("[#&!]")
_SEPARATORS = re.compile("[\u2028\u2029]")


def end_of(lines: list[str]) -> int:
    """The index of the line that closes the front matter. Raises DocumentError."""
    opening = FENCE.match(lines[0])
    if not opening:
        raise refusal(1, _("The post has no front matter. Start it with a line of three hyphens."))
    for index, line in enumerate(lines[1:], start=1):
        closing = FENCE.match(line) or _DOTS.match(line)
        if closing and (closing[1] == opening[1] or (closing[1], opening[1]) == ("...", "---")):
            return index
    message = _("The front matter is not closed. End it with a line of three hyphens.")
    if opening[1] == TOML_FENCE:
        message = _("The front matter is not closed. End it with a line of three plus signs.")
    raise refusal(1, message)


def parse(lines: list[str], *, may_be_empty: bool = False) -> FrontMatter:
    """Parse the lines from the opening fence to the one before the closing fence. Raises
    DocumentError."""
    fence, *inner = lines
    text = "\n".join(inner)
    if len(text) > MAX_FRONT_MATTER_LENGTH:
        raise refusal(1, _("The front matter is too long."))
    if fence.startswith(TOML_FENCE):
        return toml.parse(inner)
    root = _root(text, may_be_empty)
    values, numbers = _mapping(root, text) if root else ({}, {})
    starts = [*sorted(numbers.values()), len(inner) + 2]
    source = [["", "\n".join(inner[: starts[0] - 2])]] if starts[0] > 2 else []
    by_line = {number: key for key, number in numbers.items()}
    for start, stop in pairwise(starts):
        source.append([by_line[start], "\n".join(inner[start - 2 : stop - 2])])
    return FrontMatter(values, numbers, source)


def _root(text: str, may_be_empty: bool = False) -> yaml.MappingNode | None:
    """The keys and values of a text; None if it has none and may be empty."""
    try:
        root = _composed(text)
    except yaml.YAMLError as error:
        root = _mended(text)
        if root is None:
            raise _fault(text) from error
    if root is None and may_be_empty:
        return None
    if isinstance(root, yaml.ScalarNode):
        root = _mended(text)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        message = _("The front matter is not a list of keys and values such as “title: …”.")
        raise refusal(2, message)
    return root


def _composed(text: str) -> yaml.Node | None:
    _refuse_structure(text, _LOADER)
    return yaml.compose(text, Loader=_LOADER)


def _mended(text: str) -> yaml.Node | None:
    """What a text means whose values only miss their quotes, or have escapes of JSON; None if that
    is not all."""
    try:
        return _composed(_VALUE.sub(_safe_value, _HALVES.sub(_whole, text)))
    except (yaml.YAMLError, DocumentError):
        return None


def _safe_value(line: re.Match[str]) -> str:
    """A key with a value that YAML reads as text, if the value only misses its quotes, such as
    `title: [New] Chips: a survey`."""
    value = line["value"]
    is_misread = not line["blank"].isascii() or _MISREAD.search(value)
    if _LIST.match(value) or not is_misread:
        return line[0]
    return f"{line['key']} {json.dumps(value, ensure_ascii=False)}"


def _whole(halves: re.Match[str]) -> str:
    """The letter of two halves, as YAML escapes it."""
    letter = json.loads(f'"{halves[0]}"')
    return f"\\U{ord(letter):08X}"


def _fault(text: str) -> DocumentError:
    """The error of a text that is not YAML. The Python loader is used, since it knows the line.

    Raises DocumentError if the text is nested too deeply: the C loader may give up on such a text
    before its depth is known.
    """
    line = 1
    try:
        _refuse_structure(text, yaml.BaseLoader)
        yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = _line(mark, text) if mark else 1
    message = _(
        "This line of the front matter is no YAML. Close quotation marks and brackets, put values "
        "with a colon in quotation marks, and indent with blanks, not with tabs."
    )
    return refusal(line, message)


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
            line = _line(event.start_mark, text) if event.start_mark else 1
            raise refusal(line, message, limit=MAX_DEPTH)


def _line(mark: Any, text: str) -> int:
    """The line of the file. YAML also counts separators that end no line of a file."""
    if _SEPARATORS.search(text):
        return text.count("\n", 0, mark.index) + 2
    return mark.line + 2


def _mapping(root: yaml.MappingNode, text: str) -> tuple[dict[str, Any], dict[str, int]]:
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in root.value:
        key, line = str(key_node.value), _line(key_node.start_mark, text)
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


def tags_of(values: dict[str, Any]) -> list[str]:
    """The tags of a post as Jekyll reads them: a list, or words separated by spaces or commas.
    A sign before a tag, as in `#칩`, is not part of it."""
    written = values.get("tags", values.get("tag", []))
    if isinstance(written, str):
        written = shown(written)
        written = re.split(r"\s*,\s*" if "," in written else r"\s+", written.strip())
    if not isinstance(written, list):  # keys and values
        return []
    names = (shown(name).strip().removeprefix("#") for name in written if isinstance(name, str))
    return list(dict.fromkeys(filter(None, names)))


def write(document: Document) -> list[str]:
    """The lines of the front matter with its fences; none if the file had none and needs none."""
    source = document.layout.get("front")
    fences = document.layout.get("fences", [YAML_FENCE, YAML_FENCE])
    if source is None:
        entries = [text for _key, text in usual_texts(document)]
    else:
        entries = list(_entries(document, source))
    if not fences and not entries:
        return []
    first, last = fences or [YAML_FENCE, YAML_FENCE]
    return [first, *(line for text in entries for line in text.split("\n")), last]


def _entries(document: Document, source: list[list[str]]) -> Iterator[str]:
    """The texts of the keys. A key keeps its original text unless its value has changed, and what
    the file does not say is added if it has changed."""
    is_toml = _is_toml(document.layout)
    value_of, entry = (toml.value, toml.entry) if is_toml else (_value, _entry)
    added = [entry(*one) for one in _added(document, {key for key, _text in source})]
    if is_toml:  # below a table they would be its own
        yield from added
    for key, text in source:
        written = value_of(text, key) if key in ("title", "date") else None
        if key == "title" and not _is_title(written, document):
            title = document.title
            text = entry(key, title) if is_toml else _rewritten(text, key, _quoted(text, title))
        elif key == "date" and not _is_date(written, document):
            stamp = _stamp(document)
            text = entry(key, stamp) if is_toml else _rewritten(text, key, stamp)
        yield text
    if not is_toml:
        yield from added


def _added(document: Document, keys: set[str]) -> Iterator[tuple[str, str]]:
    """What the document says and its file does not, because it has changed since."""
    if "title" not in keys and not _is_title(None, document):
        yield "title", document.title
    if "date" not in keys and not _is_date(None, document):
        yield "date", _stamp(document)


def _is_title(written: object, document: Document) -> bool:
    """Whether the document has the title that its file gives, by a key or otherwise."""
    if isinstance(written, str) and written.strip():
        return written.strip() == document.title
    layout = document.layout
    return bool(layout.get("heading")) or layout.get("title", "") == document.title


def _is_date(written: object, document: Document) -> bool:
    """Whether the document has the moment, or only the day, that its file gives."""
    text = document.layout.get("day")
    day = dt.date.fromisoformat(text) if text else None
    if not written:
        return day == document.date
    return says(written, document.stamp, document.date, day)


def for_readers(document: Document) -> Document:
    """The document with only the keys meant for readers, without YAML comments."""
    values = document.front_matter
    values = {key: _shown_value(values[key]) for key in READERS_KEYS if _is_text(values.get(key))}
    layout = _with_title_and_date(document.layout)
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


def _with_title_and_date(layout: dict[str, Any]) -> dict[str, Any]:
    """The layout, in the usual form if its front matter is TOML or lacks the title or the date."""
    own = dict(layout.get("front", [["title", "title: x"], ["date", ""]]))
    if {"title", "date"} <= own.keys() and not _is_toml(layout) and _value(own["title"], "title"):
        return dict(layout)
    of_file = {"front", "fences", "heading", "title"}
    return {key: value for key, value in layout.items() if key not in of_file}


def _is_toml(layout: dict[str, Any]) -> bool:
    return any(fence.startswith(TOML_FENCE) for fence in layout.get("fences", []))


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
    root = _root(text)
    return _mapping(root, text)[0].get(key) if root else None


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
