"""Reads a posted digest form into the shape of a snapshot, even if the form is broken.

Valid values are read as saving reads them. Invalid values are kept as typed. Nothing is written.
The forms of the desk report the errors.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import DateField

from articles.digests import editing
from articles.digests.diffing import DIGEST_FIELDS
from articles.document import ANCHORS
from articles.fields import ARTICLE, PICTURE_TEXTS, ArticleField, In, Kind, names
from articles.models import Article, Digest, name_to_follow
from articles.rules import lines
from articles.rules.addresses import domain_of
from articles.rules.lengths import LONGEST_STORYLINE, LONGEST_TEXT
from articles.rules.text import clean, fold, one_line, parse_key, tidy_name, whole_number

# Names and values, in the order on the page.
Fields = Iterable[Sequence[str]]

MAX_ARTICLES = 200
PREFIX = "articles"
FOLLOWS = "follows"  # the uid of an earlier article that one follows up
OTHER = "other_"  # followed by the name of the part before the text


@dataclass(frozen=True)
class Row:
    """The part of the form for one article: the `prefix` of its names, and the values by name."""

    prefix: str
    values: dict[str, str]

    @property
    def is_deleted(self) -> bool:
        return self.is_ticked("DELETE")

    def is_ticked(self, name: str) -> bool:
        return self.values.get(name, "").lower() not in ("", "false")


def rows(fields: Fields, prefix: str = PREFIX) -> list[Row]:
    """The articles of a form in the order on the page. `fields` are names and values."""
    found: dict[int, dict[str, str]] = {}
    for name, value in fields:
        start, _, rest = name.partition("-")
        index, _, field = rest.partition("-")
        number = whole_number(index)
        if start == prefix and number is not None and field:
            found.setdefault(number, {})[field] = value
    ordered = sorted(found.items(), key=_place)
    return [Row(f"{prefix}-{index}", values) for index, values in ordered]


def snapshot(
    fields: Fields, base: dict[str, Any], *, is_cut: bool = False
) -> tuple[dict[str, Any], dict[str, str]]:
    """The form as a snapshot, and the prefix of each article's row by the article's uid.

    Fields that were not on the form come from `base`, a snapshot or an empty dictionary. An article
    that `base` does not have gets the prefix of its row as uid. `is_cut` limits the text to what
    may be saved. Use it before rendering: a much longer text could take minutes.
    """
    fields = list(fields)
    values = {field[0]: field[1] for field in fields}
    own = Reading(is_cut=is_cut).own(values)
    day = own.get("date") or base.get("date")
    reading = Reading(day and dt.date.fromisoformat(day), is_cut=is_cut)
    before = {article["uid"]: article for article in base.get("articles", [])}
    prefixes: dict[str, str] = {}
    articles = []
    for row in rows(fields)[: MAX_ARTICLES if is_cut else None]:
        uid = row.values.get("uid", "")
        if uid not in before or uid in prefixes:
            uid = row.prefix
        article = reading.article(row.values, before.get(uid))
        if not row.is_deleted and (uid in before or any(article.values()) or _has_remarks(row)):
            prefixes[uid] = row.prefix
            articles.append({**before.get(uid, {}), "uid": uid, **article})
    return {**base, **own, "articles": articles}, prefixes


class Reading:
    """Reads one form. Each domain's publisher is looked up once. `near` is the day of the digest,
    for days that are typed without a year."""

    def __init__(self, near: dt.date | None = None, *, is_cut: bool = False):
        self._near, self._is_cut = near, is_cut
        self._owners: dict[str, str] = {}

    def own(
        self, values: Mapping[str, str], fields: Iterable[str] = DIGEST_FIELDS
    ) -> dict[str, str]:
        """The digest's own fields that were sent and are readable."""
        read = {}
        for name in fields:
            value = _OWN[name](values.get(name) or "") if name in values else None
            if value is not None:
                read[name] = self._cut(value, _longest(Digest, name))
        return read

    def article(self, values: Mapping[str, str], before: dict[str, Any] | None) -> dict[str, Any]:
        """The article in a row. `before` is the same article in the base snapshot, None for a new
        one. Lists equal in meaning to those in `before` are taken from there unchanged."""
        read: dict[str, Any] = {
            field.name: self._value(field, values.get(field.input or field.name) or "")
            for field in ARTICLE
            if field.kind in _TEXTS and In.FORM in field.places
        }
        read["points"] = self._points(values.get("points"))
        cited = before["citations"] if before else []
        read["citations"] = self._citations(values.get("citation_lines"), cited)
        read["tags"] = lines.parse_tags(clean(values.get("tag_names") or ""))
        read["tags"] = read["tags"][: self._most_lines]
        read["storyline"] = self._storyline(values, before)
        read["other"] = self._other(values, before["other"] if before else [])
        if before and "picture" not in values:
            read |= {name: before[name] for name in ("picture", *PICTURE_TEXTS)}
        if before and self._points(lines.format_points(before["points"])) == read["points"]:
            read["points"] = before["points"]
        if before and [*map(fold, before["tags"])] == [*map(fold, read["tags"])]:
            read["tags"] = before["tags"]
        return {name: read[name] for name in names(In.FORM)}

    def _storyline(self, values: Mapping[str, str], before: dict[str, Any] | None) -> str:
        """The name of a storyline; as it was if it was not on the form or means the same. With a
        blank name, that of the earlier article which is ticked."""
        text = values.get("storyline")
        former: str = before["storyline"] if before else ""
        if text is None:
            return former
        name = tidy_name(one_line(text)) or self._followed(values.get(FOLLOWS))
        name = self._cut(name, LONGEST_STORYLINE)
        return former if fold(name) == fold(former) else name

    def _followed(self, uid: str | None) -> str:
        key = parse_key(uid)
        articles = Article.objects.select_related("storyline_entry__storyline")
        article = articles.filter(uid=key).first() if key else None
        return name_to_follow(article) if article else ""

    @property
    def _most_lines(self) -> int | None:
        return lines.MAX_LINES if self._is_cut else None

    def _cut(self, text: str, length: int | None) -> str:
        return text[:length] if self._is_cut else text

    def _value(self, field: ArticleField, text: str) -> str:
        value = _TEXTS[field.kind](text)
        if field.kind not in (Kind.LINE, Kind.MARKDOWN):
            return value
        return self._cut(value, _longest(Article, field.name))

    def _lines(self, text: str | None) -> list[str]:
        """The lines that are not blank."""
        written = list(filter(str.strip, clean(text or "").split("\n")))
        return written[: self._most_lines]

    def _points(self, text: str | None) -> list[str]:
        found = []
        for line in self._lines(text):
            try:
                found += lines.parse_points(line)
            except lines.LineErrors:
                found.append(self._cut(line.strip(), LONGEST_TEXT))
        return found

    def _citations(self, text: str | None, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The citations of a text, and the lines that are not understood. A line that was not
        changed since `before` stays the same citation."""
        stored = {
            lines.format_citations([lines.citation_from(citation)]): citation
            for citation in lines.without_unread(before)
        }
        return [
            stored.get(line) or self._citation(line)
            for line in (self._cut(line, lines.MAX_CITATION_LENGTH) for line in self._lines(text))
        ]

    def _citation(self, line: str) -> dict[str, Any]:
        """A citation with the publisher's name. If the name was not typed, the address decides."""
        read = lines.citation_or_line(line, self._near)
        publisher = read.publisher or self._owner(domain_of(read.url))
        return lines.citation_data(replace(read, publisher=publisher))

    def _owner(self, domain: str) -> str:
        if domain not in self._owners:
            owner = editing.publisher_of_domain(domain)
            self._owners[domain] = owner.name if owner else editing.domain_name(domain)
        return self._owners[domain]

    def _other(
        self, values: Mapping[str, str], before: list[dict[str, str]]
    ) -> list[dict[str, str]]:
        """The texts of the boxes; the same list if no text changed. A box keeps its stored text if
        it was missing on the form or was posted unchanged."""
        shown = other_texts(before)
        typed = {anchor: clean(values.get(f"{OTHER}{anchor}") or "") for anchor in ANCHORS}
        changed = {
            anchor: self._cut(text, LONGEST_TEXT) if text.strip() else ""
            for anchor, text in typed.items()
            if f"{OTHER}{anchor}" in values and text != clean(shown.get(anchor, ""))
        }
        stored = [row["after"] for row in before]
        added = [{"after": anchor} for anchor in changed if anchor not in stored]
        other = []
        for row in [*before, *added]:
            anchor = row["after"]
            if anchor not in changed:
                other.append(row)
            elif text := changed[anchor]:
                other.append({"after": anchor, "text": text})
                changed[anchor] = ""  # further texts of this place share the box
        return other if changed else before


def other_texts(other: list[dict[str, str]]) -> dict[str, str]:
    """An article's other text as the boxes show it, by the part that it follows."""
    texts: dict[str, list[str]] = {}
    for row in other:
        texts.setdefault(row["after"], []).append(row["text"])
    return {anchor: "\n\n".join(found) for anchor, found in texts.items()}


def _longest(model: type[models.Model], name: str) -> int | None:
    field = model._meta.get_field(name)
    return field.max_length if isinstance(field, models.Field) else None


def _place(indexed_row: tuple[int, dict[str, str]]) -> tuple[float, int]:
    index, values = indexed_row
    order = whole_number(values.get("ORDER"))
    return (float("inf") if order is None else order, index)


def _has_remarks(row: Row) -> bool:
    """Whether a field that is only for the desk was filled in or ticked."""
    typed = row.values.get("assignee", "") + row.values.get("comment", "").strip()
    return bool(typed) or row.is_ticked("is_ready")


def _day(text: str) -> str | None:
    try:
        date = DateField().to_python(text)
    except ValidationError:
        return None
    return date.isoformat() if date else None


def _language(text: str) -> str | None:
    return text if text in Digest.Language else None


_OWN: dict[str, Callable[[str], str | None]] = {
    "date": _day,
    "title": one_line,
    "introduction": clean,
    "language": _language,
}
_TEXTS: dict[Kind, Callable[[str], str]] = {
    Kind.LINE: one_line,
    Kind.MARKDOWN: clean,
    Kind.CHOICE: str,
    Kind.PICTURE: lambda text: str(parse_key(text) or ""),
}
