"""Words with the same meaning, as the desk keeps them, for the search.

The list of spellings says that two words are the same (`콘텐츠`, `컨텐츠`): their hits are mixed.
The aliases of tags are looser (`통신`, `5G`), so what only they find comes last. Only names of tags
and publishers that readers know are used: nothing else may be told by what is found. Domains of
publishers are not, since one may come from a draft.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.db import connection

from articles.changes import site_version
from articles.models import PublisherRedirect, Spelling, TagAlias
from articles.search import terms

Names = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Spellings:
    """Other names by the key of a name: `same` mean the same, `wider` are found last."""

    same: Names = field(default_factory=dict)
    wider: Names = field(default_factory=dict)


NONE = Spellings()


def key_of(name: str) -> str:
    """The form in which names are compared: folded, without blanks; empty if nothing is left."""
    return terms.canonical(name).replace(" ", "")


def known(version: str | None = None) -> Spellings:
    """The spellings as they are now. Kept by the process for a version of the site, which takes a
    query if the caller does not know it; inside a transaction or with DEBUG they are read."""
    if connection.in_atomic_block or settings.DEBUG:
        return _read()
    version = version or str(site_version.current())
    return _kept(str(connection.settings_dict["NAME"]), version)


@lru_cache(maxsize=2)
def _kept(database: str, version: str) -> Spellings:
    return _read()


def _read() -> Spellings:
    same: dict[str, dict[str, None]] = {}
    for spelling in Spelling.objects.order_by("pk"):
        _join(same, spelling.names)
    wider: dict[str, dict[str, None]] = {}
    aliases = TagAlias.objects.filter(tag__is_known=True).order_by("pk")
    former = PublisherRedirect.objects.filter(is_known=True, publisher__is_known=True)
    for name, alias in aliases.values_list("tag__name", "name"):
        _join(wider, (name, alias))
    for name, slug in former.order_by("pk").values_list("publisher__name", "slug"):
        _lead(wider, slug.replace("-", " "), name)
    return Spellings(_settled(same), _settled(wider))


def _join(names: dict[str, dict[str, None]], group: Iterable[str]) -> None:
    """Let every name of a group lead to the others."""
    group = tuple(group)
    for name in group:
        for other in group:
            _lead(names, name, other)


def _lead(names: dict[str, dict[str, None]], name: str, other: str) -> None:
    key = key_of(name)
    if key and key_of(other) not in ("", key):
        names.setdefault(key, {})[other] = None


def _settled(names: dict[str, dict[str, None]]) -> Names:
    return {key: tuple(others) for key, others in names.items()}
