"""A cache of public digests with their parts, in the memory of a process.

What readers see of a digest changes with its version, or with a change that is not of one digest,
such as a publisher's name or a tag. Both counters increase in the transaction of the change and
never decrease. A cached digest stays valid while both counters are unchanged. The counters do not
say whether readers may see a digest; every page checks that first.
"""

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import TypeVar

from django.conf import settings
from django.db import connection

from articles.changes import site_version
from articles.models import Digest
from articles.pages import parts

Made = TypeVar("Made")

KEPT = 200  # about 70 kB each, with what is rendered from them


def with_parts(digests: Iterable[Digest]) -> list[Digest]:
    """The same digests with everything that pages and feed items show of them.

    The digests must be public and freshly read. The returned objects may be shared with other
    threads: do not change them.

    It takes at most five queries, or one if all digests are cached. Inside a transaction the cache
    is not used, because the transaction may be rolled back. With DEBUG it is not used either,
    because templates may change.
    """
    digests = list(digests)
    if connection.in_atomic_block or settings.DEBUG:
        parts.load(digests)
        return digests
    # Read the counter before the parts, which may be newer. The database's name counts, because a
    # restored backup is checked beside the present database.
    place = _places(str(connection.settings_dict["NAME"]), site_version.changes_of_no_digest())
    kept = [place(digest.pk).get(digest.version) for digest in digests]
    missing = [digest for digest, found in zip(digests, kept, strict=True) if not found]
    if missing:
        parts.load(missing)
    for digest in missing:
        digest.made_of_it = {}
        versions = place(digest.pk)
        versions.clear()  # nobody asks for a former one again
        versions[digest.version] = digest
    return [found or digest for digest, found in zip(digests, kept, strict=True)]


def once(digest: Digest, name: Hashable, make: Callable[[], Made], *, given: object = None) -> Made:
    """The result of `make`, which must depend on nothing but the digest and what is `given`. It is
    cached with a cached digest, until something else is given."""
    made = vars(digest).get("made_of_it")
    if made is None:
        return make()
    found = made.get(name)
    if found is None or found[0] != given:
        made[name] = found = given, make()
    return found[1]


def is_kept(digest: Digest) -> bool:
    return "made_of_it" in vars(digest)


def forget() -> None:
    """Clear the cache. For tests, which empty the tables and restart the counters."""
    _places.cache_clear()


@lru_cache(maxsize=1)
def _places(database: str, common: int) -> Callable[[int], dict[int, Digest]]:
    """Gives the place of a digest by its primary key. All are given up together at a change that
    is not of one digest."""
    return lru_cache(maxsize=KEPT)(_empty)


def _empty(_key: int) -> dict[int, Digest]:
    return {}
