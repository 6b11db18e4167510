"""Names of publishers and tags that were changed here for the whole site, so not in one digest."""

from typing import Any

from articles.models import Publisher, Tag
from articles.rules.text import fold


def with_names_here(
    said: dict[str, Any], imported: dict[str, Any] | None, present: dict[str, Any]
) -> dict[str, Any]:
    """A snapshot with the names that its publishers and tags have here by now.

    `imported` is the digest as it was imported last, `present` as it is. A name is replaced if
    `said` has it where `imported` had it, and no publisher or tag has it any more: it was renamed,
    merged or deleted.
    """
    former = _by_uid(imported or {})
    current = _by_uid(present)
    articles = [
        _with_names(article, former[uid], current[uid])
        if (uid := article["uid"]) in former and uid in current
        else article
        for article in said["articles"]
    ]
    return said | {"articles": articles}


def _by_uid(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {article["uid"]: article for article in data.get("articles", [])}


def _with_names(
    said: dict[str, Any], imported: dict[str, Any], present: dict[str, Any]
) -> dict[str, Any]:
    names = {_address(one): one["publisher"] for one in present["citations"]}
    citations = [
        one | {"publisher": names[_address(one)]}
        if one in imported["citations"] and _is_gone(one, names)
        else one
        for one in said["citations"]
    ]
    return said | {"citations": citations, "tags": _tags(said, imported, present)}


def _address(citation: dict[str, Any]) -> tuple[str, str | None]:
    return citation["url"], citation["published_on"]


def _is_gone(citation: dict[str, Any], names: dict[tuple[str, str | None], str]) -> bool:
    """Whether the digest cites the same address, and no publisher has the name any more."""
    name = citation["publisher"]
    if not citation["url"] or names.get(_address(citation), name) == name:
        return False
    return not Publisher.objects.filter(name=name).exists()


def _tags(said: dict[str, Any], imported: dict[str, Any], present: dict[str, Any]) -> list[str]:
    """The tags of `present` if they are those of `said` with other names."""
    wanted, before, now = (
        list(dict.fromkeys(map(fold, article["tags"]))) for article in (said, imported, present)
    )
    if wanted != before or wanted == now:
        return said["tags"]
    missing = set(wanted) - set(now)
    is_renamed = missing and len(set(now) - set(wanted)) <= len(missing)
    if not is_renamed or Tag.objects.filter(folded__in=missing).exists():
        return said["tags"]
    return present["tags"]
