"""Public digests with their parts, kept in the memory of a process from one page to the next.

What readers have of a digest changes with its version, or with a change that is not of one digest:
of a publisher's name, of a tag. Both are counted in the transaction of the change, and never
back. So what was read under one pair of numbers is what it is for as long as they are the same.
Whether readers may see a digest is not told by them: that is asked before, for every page.
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

KEPT = 200  # with what is made of them about 70 kB each


def with_parts(digests: Iterable[Digest]) -> list[Digest]:
    """The same digests, which were just read and are public, with all that pages and feed items
    show of them. They may be shared with other threads: nothing of them may be changed.

    At most five queries, or one if all of them are kept. In a transaction nothing is kept or taken
    from what is, since what it sees may never have been. With DEBUG templates change meanwhile.
    """
    digests = list(digests)
    if connection.in_atomic_block or settings.DEBUG:
        parts.load(digests)
        return digests
    # Before the parts, which may be newer. Beside a restored backup there are two databases.
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


def once(digest: Digest, name: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` makes of nothing but a digest, made once of one that is kept."""
    made = vars(digest).get("made_of_it")
    if made is None:
        return make()
    if name not in made:
        made[name] = make()
    return made[name]


def is_kept(digest: Digest) -> bool:
    return "made_of_it" in vars(digest)


def forget() -> None:
    """For tests, whose tables are emptied and count from the beginning."""
    _place.cache_clear()


@lru_cache(maxsize=KEPT)
def _place(database: str, common: int, pk: int, version: int) -> list[Digest]:
    """Where a digest is kept, if it is: the same list until others were asked for."""
    return []
