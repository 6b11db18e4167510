"""A three-way merge of a digest: the version an editor opened, the editor's text, and the current
version.

These are pure functions on snapshots as `revisions` makes them. The unit is the field: of the
digest, and of each article. Points and citations merge line by line, tags as a set. A field that
both sides changed, and that does not merge, is asked about.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from articles.digests.diffing import ARTICLE_FIELDS, DIGEST_FIELDS
from articles.digests.list_merge import merge_lines, merge_names, merge_order
from articles.fields import ARTICLE, PICTURE_TEXTS, In, Kind, names
from articles.rules.addresses import comparison_key
from articles.rules.lines import MAX_LINES
from articles.rules.text import fold

MINE, THEIRS = "mine", "theirs"
ORDER = "order"
# A picture and the texts about it. They are asked about together if a side put in another picture.
WHOLE_PICTURE = "whole_picture"
PICTURE = ("picture", *PICTURE_TEXTS)

Content = dict[str, Any]
Rows = list[dict[str, str]]
Combine = Callable[[Any, Any, Any], list[Any] | None]


@dataclass(frozen=True)
class Place:
    """Something that a side changes by itself: a `field` of the article `uid`, or the whole article
    (added, deleted) if `field` is empty, or its WHOLE_PICTURE. Without `uid`, a field of the
    digest, or the ORDER of its articles. `other.points` is the other text after the points."""

    uid: str
    field: str = ""

    @property
    def key(self) -> str:
        return ".".join(filter(None, (self.uid, self.field)))


@dataclass(frozen=True)
class Merge:
    """`data` is the merged snapshot.

    `asked` are the places that both sides changed and that do not merge. `chosen` has the choices
    made for some of them. For the others, `data` has the other side's value. `kept` are the further
    places where `data` has changes of the other side that mine lacks.
    """

    data: dict[str, Any]
    asked: list[Place]
    chosen: dict[Place, str]
    kept: list[Place]

    @property
    def conflicts(self) -> list[Place]:
        return [place for place in self.asked if place not in self.chosen]


def merge(
    base: dict[str, Any],
    mine: dict[str, Any],
    theirs: dict[str, Any],
    choices: Mapping[str, str] | None = None,
) -> Merge:
    """Combine the changes of both sides since `base`.

    `choices` resolves conflicts: it maps the keys of their places to MINE or THEIRS. Other keys and
    values count for nothing.
    """
    merging = _Merging(choices or {})
    fields = {
        name: merging.pick(Place("", name), base.get(name), mine.get(name), theirs.get(name))
        for name in DIGEST_FIELDS
    }
    before, own, other = articles_of(base), articles_of(mine), articles_of(theirs)
    contents = {
        uid: merging.article(uid, *(_content(side.get(uid)) for side in (before, own, other)))
        for uid in {**other, **own}
    }
    articles = []
    for uid in merging.order(before, own, other, contents):
        if (content := contents.get(uid)) is not None:
            articles.append({**(other.get(uid) or own[uid]), **content})
    data = {**theirs, **fields, "articles": articles}
    return Merge(data, merging.asked, merging.chosen, merging.kept)


def articles_of(data: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The articles of a snapshot by uid, in their order."""
    return {article["uid"]: article for article in (data or {}).get("articles", [])}


def with_values_of(
    base: dict[str, Any], other: dict[str, Any], places: Collection[Place]
) -> dict[str, Any]:
    """The base with what another version has at places, so that a merge sees no change of that side
    there. The order of the articles stays."""
    own_fields = {p.field: other[p.field] for p in places if not p.uid and p.field != ORDER}
    articles = {uid: dict(article) for uid, article in articles_of(base).items()}
    there = articles_of(other)
    for place in places:
        if place.uid not in articles or place.uid not in there:
            continue
        own, theirs = articles[place.uid], there[place.uid]
        name, _, part = place.field.partition(".")
        if not name:
            own |= theirs
        elif name == WHOLE_PICTURE:
            own |= _picture(theirs)
        elif part:
            own[name] = [row for row in own[name] if row["after"] != part] + _box(
                theirs[name], part
            )
        else:
            own[name] = theirs[name]
    return {**base, **own_fields, "articles": list(articles.values())}


def value_at(data: dict[str, Any], place: Place) -> Any:
    """What a snapshot has at a place: the value of a field, the values of an article or a whole
    picture by name (None if it lacks the article), or the uids of the articles in their order."""
    if place == Place("", ORDER):
        return list(articles_of(data))
    if not place.uid:
        return data.get(place.field)
    content = _content(articles_of(data).get(place.uid))
    if content is None or not place.field:
        return content
    if place.field == WHOLE_PICTURE:
        return _picture(content)
    name, _, part = place.field.partition(".")
    return _box(content[name], part) if part else content[name]


class _Merging:
    """One merge, with what it has met so far."""

    def __init__(self, choices: Mapping[str, str]) -> None:
        self._choices = choices
        self.asked: list[Place] = []
        self.chosen: dict[Place, str] = {}
        self.kept: list[Place] = []

    def pick(
        self, place: Place, before: Any, own: Any, other: Any, combine: Combine | None = None
    ) -> Any:
        """The value that a place gets. `combine` merges lists."""
        if own == other:
            return other
        if own == before:
            self.kept.append(place)
            return other
        if other == before:
            return own
        merged = combine(before, own, other) if combine and before is not None else None
        if merged is None:
            return own if self.choose(place) == MINE else other
        if merged != own:
            self.kept.append(place)
        return merged

    def choose(self, place: Place) -> str:
        """The choice made for a place in question; empty if there is none yet."""
        self.asked.append(place)
        choice = self._choices.get(place.key, "")
        if choice not in (MINE, THEIRS):
            return ""
        self.chosen[place] = choice
        return choice

    def article(
        self, uid: str, before: Content | None, own: Content | None, other: Content | None
    ) -> Content | None:
        """The fields of an article; None if it is deleted. If both sides added it, each field in
        which they differ is asked about."""
        if own is None or other is None:
            picked: Content | None = self.pick(Place(uid), before, own, other)
            return picked
        base, content = before or dict.fromkeys(ARTICLE_FIELDS), dict[str, Any]()
        if _is_torn(base, own, other):
            place = Place(uid, WHOLE_PICTURE)
            content |= self.pick(place, _picture(base), _picture(own), _picture(other))
        for name in ARTICLE_FIELDS:
            place, texts = Place(uid, name), (base[name], own[name], other[name])
            if name in _BOXED:
                content[name] = self.boxes(place, *texts)
            elif name not in content:
                content[name] = self.pick(place, *texts, _COMBINE.get(name))
        return content

    def boxes(self, place: Place, before: Rows | None, own: Rows, other: Rows) -> Rows:
        """The texts of an article beside its parts: each part has a box of its own on the form. The
        order of the boxes says nothing; that of a side stays if it can."""
        picked: Rows = []
        for part in dict.fromkeys(row["after"] for row in [*own, *other, *(before or ())]):
            box = Place(place.uid, f"{place.field}.{part}")
            base = None if before is None else _box(before, part)
            picked += self.pick(box, base, _box(own, part), _box(other, part))
        for side in (other, own) if own == before else (own, other):
            if sorted(side, key=_part) == sorted(picked, key=_part):
                return side
        return picked

    def order(
        self, base: Content, mine: Content, theirs: Content, contents: Mapping[str, Content | None]
    ) -> list[str]:
        """The uids of all articles, also of deleted ones, in the order that they get."""
        in_question = {place.uid for place in self.asked}
        stay = {uid for uid, content in contents.items() if content or uid in in_question}
        order, place = merge_order(list(base), list(mine), list(theirs), stay), Place("", ORDER)
        if order.is_torn:
            is_mine = self.choose(place) == MINE
        else:
            is_mine = order.i_moved
            if order.they_moved and not order.i_moved:
                self.kept.append(place)
        return order.led_by_mine if is_mine else order.led_by_theirs


def _content(article: dict[str, Any] | None) -> Content | None:
    """The fields of an article that editors write; None if there is no such article."""
    return article and {name: article.get(name) for name in ARTICLE_FIELDS}


def _picture(article: Content) -> Content:
    return {name: article[name] for name in PICTURE}


def _is_torn(base: Content, own: Content, other: Content) -> bool:
    """Whether one side put in another picture while the other side changed the old one or its
    texts, which would then be about a picture that they do not describe."""

    def is_changed(side: Content) -> bool:
        return _picture(side) != _picture(base)

    def has_another(side: Content) -> bool:
        return side["picture"] not in ("", base["picture"])

    return own["picture"] != other["picture"] and (
        (has_another(own) and is_changed(other)) or (has_another(other) and is_changed(own))
    )


def _lines(base: list[Any], mine: list[Any], theirs: list[Any]) -> list[Any] | None:
    return _fitting(merge_lines(base, mine, theirs))


def _citations(base: list[Any], mine: list[Any], theirs: list[Any]) -> list[Any] | None:
    return _fitting(merge_lines(base, mine, theirs, _cited))


def _tags(base: list[str], mine: list[str], theirs: list[str]) -> list[str] | None:
    return _fitting(merge_names(base, mine, theirs, fold))


def _fitting(merged: list[Any] | None) -> list[Any] | None:
    return None if merged is None or len(merged) > MAX_LINES else merged


def _cited(citation: dict[str, Any]) -> object:
    """What a citation is about: its page. A line that is no citation yet is about itself."""
    url = citation.get("url")
    return comparison_key(url) if url else repr(citation)


def _part(row: dict[str, str]) -> str:
    return row["after"]


def _box(rows: Rows, part: str) -> Rows:
    """The texts after one part of an article."""
    return [row for row in rows if row["after"] == part]


_KINDS: dict[Kind, Combine] = {
    Kind.POINTS: _lines,
    Kind.CITATIONS: _citations,
    Kind.TAGS: _tags,
}
_BOXED = names(In.DIFF, Kind.OTHER)
_COMBINE = {field.name: _KINDS[field.kind] for field in ARTICLE if field.kind in _KINDS}
