"""Reads what stands above a text: front matter in any of its forms, and bare lines of keys and
values, as Pelican and Notion write them."""

import contextlib
import re
from itertools import takewhile
from typing import Any, NamedTuple

from articles.document import DocumentError, front_matter, json_front_matter
from articles.recognising.labels import DATE, HEADLINE, TAGS, meaning

_KEY_LINE = re.compile(r"^([^\W\d_][\w-]*)[ \t]*:[ \t]*(?!//)(\S.*)$")
_TOML_LINE = re.compile(r"^(\w+)[ \t]*=[ \t]*(\S.*)$")
_KEY = re.compile(r"^[^\s:#-][^\s:]{0,40}[ \t]*:(?!//)")
# `---json`, and hyphens without a number.
_NAMED = re.compile(r"^---[ \t]*(json|toml|ya?ml)[ \t]*$", re.IGNORECASE)
_ABOVE = re.compile(r"^(?:-{3,}|<!--.*-->)[ \t]*$")
_TITLE = re.compile(r"^#[ \t]+\S")
_HEADING = re.compile(r"^#{1,6}[ \t]+(\S.*)$")
_ANCHOR = re.compile(r"(?<=[:-])([ \t]+)&(\w+)[ \t]+(\S.*)$")
_ALIAS = re.compile(r"(?<=[:-])([ \t]+)\*(\w+)[ \t]*$")
_BARE_TAGS = re.compile(r"^(\w+:[ \t]+)(#[^\s#].*)$")
_OWN_NAMES = {HEADLINE: "title", DATE: "date", TAGS: "tags"}
# The keys that bare lines may have.
_KNOWN = {
    *("title", "subtitle", "date", "modified", "updated", "created", "published", "category"),
    *("categories", "tag", "tags", "keywords", "slug", "author", "authors", "status", "summary"),
    *("description", "excerpt", "layout", "draft", "lang", "language", "permalink", "url", "type"),
    *("aliases", "image", "cover", "thumbnail", "series", "id"),
    *("제목", "부제", "날짜", "작성일", "작성일자", "발행일", "등록일", "수정일", "태그", "분류"),
    *("카테고리", "상태", "작성자", "저자", "글쓴이", "설명", "키워드", "시리즈"),
}


class Header(NamedTuple):
    """The values, and the indexes of its first line and of the line after it. `is_loose` says that
    the exact reader would take it for text."""

    values: dict[str, Any]
    first: int
    end: int
    is_loose: bool = True


def header_of(texts: list[str]) -> Header | None:
    """What stands above the lines of a text; None if there is nothing."""
    first = next((index for index, text in enumerate(texts) if text.strip()), 0)
    if in_json := json_front_matter.read("\n".join(texts)):
        return Header(_named(in_json[0]), first, in_json[1])
    named = _NAMED.match(texts[first])
    fence = {"j": "---", "t": "+++", "y": "---"}[named[1][0].lower()] if named else texts[first]
    try:
        end = front_matter.end_of([fence, *_closed_like(texts[first + 1 :], fence)]) + first
    except DocumentError:
        return _of_bare_lines(texts, first)
    inner = texts[first + 1 : end]
    if named and (in_json := json_front_matter.read("\n".join([*inner, "", "."]))):
        values = in_json[0]
    else:
        values = _values_of([fence, *inner])
    return Header(_named(values), first, end + 1, is_loose=bool(named))


def _closed_like(texts: list[str], fence: str) -> list[str]:
    """The lines; `---` closes what `---toml` opened."""
    is_toml = fence.startswith("+++")
    return ["+++" if is_toml and text.strip() == "---" else text for text in texts]


def _values_of(texts: list[str]) -> dict[str, Any]:
    """The keys of a front matter; of one that is not valid even with blanks for its tabs and
    without its anchors, what can be read of each key."""
    texts = [texts[0], *(_BARE_TAGS.sub(r'\1"\2"', text) for text in texts[1:])]
    blanks = [text.replace("\t", "  ") for text in texts]
    plain = _without_anchors(blanks)
    for lines in (texts, blanks, plain):
        with contextlib.suppress(DocumentError):
            return dict(front_matter.parse(lines).values)
    return _by_key(plain)


def _without_anchors(texts: list[str]) -> list[str]:
    """The lines with the values that `*name` stands for, if each is on one line."""
    anchors = {match[2]: match[3] for text in texts if (match := _ANCHOR.search(text))}
    return [
        _ALIAS.sub(
            lambda alias: alias[1] + anchors.get(alias[2], alias[2]), _ANCHOR.sub(r"\1\3", text)
        )
        for text in texts
    ]


def _by_key(texts: list[str]) -> dict[str, Any]:
    """The keys one by one. Of a key that is there twice, lists are joined, else the last counts."""
    chunks: list[list[str]] = []
    for text in texts[1:]:
        if _KEY.match(text) or _KEY_LINE.match(text) or _TOML_LINE.match(text):
            chunks.append([])
        if chunks:
            chunks[-1].append(text)
    values: dict[str, Any] = {}
    for chunk in chunks:
        for key, value in _chunk(chunk).items():
            before = values.get(key)
            are_lists = isinstance(before, list) and isinstance(value, list)
            values[key] = [*before, *value] if are_lists and before else value
    return values


def _chunk(texts: list[str]) -> dict[str, Any]:
    with contextlib.suppress(DocumentError):
        return dict(front_matter.parse([front_matter.YAML_FENCE, *texts]).values)
    match = _KEY_LINE.match(texts[0]) or _TOML_LINE.match(texts[0])
    return {match[1]: match[2].strip("\"' ")} if match else {}


def _of_bare_lines(texts: list[str], first: int) -> Header | None:
    """Lines of keys and values at the start of a text or below its title, with articles below
    them."""
    start = first
    while start < len(texts) and (_ABOVE.match(texts[start]) or not texts[start].strip()):
        start += 1
    if start < len(texts) and _TITLE.match(texts[start]):
        start += 1
        while start < len(texts) and not texts[start].strip():
            start += 1
    lines = [*takewhile(_KEY_LINE.match, texts[start:])]
    keys = {text.split(":", 1)[0].strip().casefold() for text in lines}
    end = start + len(lines)
    is_end = end < len(texts) and (not texts[end].strip() or bool(_ABOVE.match(texts[end])))
    if len(lines) < 2 or not keys <= _KNOWN or not is_end or not _has_articles(texts[end:]):
        return None
    end += bool(texts[end].strip())
    values = _values_of([front_matter.YAML_FENCE, *lines])
    return Header(_named({key.lower(): value for key, value in values.items()}), start, end)


def _has_articles(texts: list[str]) -> bool:
    headings = (_HEADING.match(text) for text in texts)
    return any(match and not meaning(match[1]) for match in headings)


def _named(values: dict[str, Any]) -> dict[str, Any]:
    """The values; a key such as `제목` has the name that is used here."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        own = key if key.isascii() else _OWN_NAMES.get(meaning(key), key)
        found.setdefault(own if own not in values else key, value)
    return found
