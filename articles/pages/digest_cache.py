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
    # Read the counter before the parts, which may be newer. The key has the database's name,
    # because a restored backup is checked beside the present database.
    site = str(connection.settings_dict["NAME"]), site_version.changes_of_no_digest()
    places = [_place(*site, digest.pk, digest.version) for digest in digests]
    missing = [digest for digest, place in zip(digests, places, strict=True) if not place]
    if missing:
        parts.load(missing)
    for digest, place in zip(digests, places, strict=True):
        if not place:
            digest.made_of_it = {}
            place.append(digest)
    return [place[0] for place in places]


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
    _place.cache_clear()


@lru_cache(maxsize=KEPT)
def _place(database: str, common: int, pk: int, version: int) -> list[Digest]:
    """The cache slot for a digest: empty on a miss, dropped when evicted."""
    return []
