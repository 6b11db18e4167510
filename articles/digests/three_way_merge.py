"""A three-way merge of a digest: the version an editor opened, the editor's text, and the current
version.

These are pure functions on snapshots as `revisions` makes them. The unit is the article. Two
editors in different articles of one digest never conflict. Two editors in the same article do, and
then one of them has to choose.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from articles.digests.diffing import ARTICLE_FIELDS, DIGEST_FIELDS

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Merge:
    """`data` is the merged snapshot.

    `conflicts` names what both sides changed: by field name for the digest itself, by uid for its
    articles. For unresolved conflicts, `data` has the other side's value.
    """

    data: dict[str, Any]
    conflicts: list[str]


def merge(
    base: dict[str, Any],
    mine: dict[str, Any],
    theirs: dict[str, Any],
    choices: Mapping[str, str] | None = None,
) -> Merge:
    """Combine the changes of both sides since `base`.

    `choices` resolves conflicts: it maps their names to MINE or THEIRS.
    """
    choices = choices or {}
    conflicts: list[str] = []

    def pick(name: str, before: Any, own: Any, other: Any) -> Any:
        if own in (other, before):
            return other
        if other == before or choices.get(name) == MINE:
            return own
        if choices.get(name) != THEIRS:
            conflicts.append(name)
        return other

    fields = {
        name: pick(name, base.get(name), mine.get(name), theirs.get(name)) for name in DIGEST_FIELDS
    }
    sides = [_by_uid(side) for side in (base, mine, theirs)]
    articles = []
    for uid in _merged_order(*sides):
        contents = [_content(side.get(uid)) for side in sides]
        picked = pick(uid, *contents)
        if picked is not None:
            kept = sides[2].get(uid) or sides[1][uid]
            articles.append({**kept, **picked})
    return Merge({**theirs, **fields, "articles": articles}, conflicts)


def _by_uid(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {article["uid"]: article for article in data.get("articles", [])}


def _content(article: dict[str, Any] | None) -> dict[str, Any] | None:
    """The fields of an article that editors write; None if there is no such article."""
    return article and {name: article[name] for name in ARTICLE_FIELDS}


def _merged_order(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """All ids: in my order if I moved an article, else in their order. New articles of the other
    side follow the article that they follow there."""
    common = [uid for uid in base if uid in mine]
    i_moved = common != [uid for uid in mine if uid in base]
    leading, other = (mine, theirs) if i_moved else (theirs, mine)
    order = list(leading)
    for side in (other, base):
        before = None
        for uid in side:
            if uid not in order:
                order.insert(order.index(before) + 1 if before else 0, uid)
            before = uid
    return order
