"""Whether a digest already has all that a post says."""

import datetime as dt
from collections import Counter
from typing import Any

from articles.fields import In, columns
from articles.rules.text import fold

_DIGEST_FIELDS = ("date", "title", "introduction", "language", "front_matter", "layout")
_ARTICLE_FIELDS = ("uid", *columns(In.DIFF), "layout", "citations", "picture")


def has_all_of(present: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether an import of the snapshot `wanted` would change nothing of `present`.

    Corrections that were made here, and the moment at which the digest came out, are no
    differences.
    """
    if any(present[name] != wanted[name] for name in _DIGEST_FIELDS):
        return False
    if [_own(article) for article in present["articles"]] != [
        _own(article) for article in wanted["articles"]
    ]:
        return False
    return not missing_corrections(present["corrections"], wanted["corrections"])


def missing_corrections(
    present: list[dict[str, Any]], wanted: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The wanted corrections that are not among the present ones. Equal ones are counted."""
    left = Counter(map(_key, present))
    missing = []
    for correction in wanted:
        key = _key(correction)
        if not left[key]:
            missing.append(correction)
        left[key] -= left[key] > 0
    return missing


def _own(article: dict[str, Any]) -> dict[str, Any]:
    """What a document says of an article; names as they are compared. The layout names publishers
    of linked headlines, which the document does not."""
    own = {name: article[name] for name in _ARTICLE_FIELDS}
    layout = dict(article["layout"])
    if "linked" in layout:
        headline, *linked = layout["linked"]
        layout["linked"] = [headline, *(url for url, _name in linked)]
    tags = list(dict.fromkeys(map(fold, article["tags"])))
    return own | {"layout": layout, "tags": tags, "storyline": fold(article["storyline"])}


def _key(correction: dict[str, Any]) -> tuple[str | None, str, dt.datetime]:
    moment = dt.datetime.fromisoformat(correction["corrected_at"])
    return correction["article"], correction["text"], moment
