"""Public issues with their parts, kept in the memory of a process from one page to the next.

What readers have of an issue changes with its version, or with a change that is not of one digest:
of a publisher's name, of a topic. Both are counted in the transaction of the change, and never
back. So what was read under one pair of numbers is what it is for as long as they are the same.
Whether readers may see an issue is not told by them: that is asked before, for every page.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from django.db import connection

from articles import parts, site_version
from articles.models import Digest

Made = TypeVar("Made")

KEPT = 200  # with what is made of them about 70 kB each

_kept: OrderedDict[tuple[str, int, int, int], Digest] = OrderedDict()
_lock = threading.Lock()


def with_parts(digests: Iterable[Digest]) -> list[Digest]:
    """The same issues, which were just read and are public, with all that pages and feed items
    show of them. They may be shared with other threads: nothing of them may be changed.

    At most five queries, or one if all of them are kept. In a transaction nothing is kept or taken
    from what is, since what it sees may never have been.
    """
    digests = list(digests)
    if connection.in_atomic_block:
        parts.load(digests)
        return digests
    # Before the parts, which may be newer. Beside a restored backup there are two databases.
    site = str(connection.settings_dict["NAME"]), site_version.changes_of_no_digest()
    keys = {digest.pk: (*site, digest.pk, digest.version) for digest in digests}
    found = {pk: _recall(key) for pk, key in keys.items()}
    missing = [digest for digest in digests if found[digest.pk] is None]
    if missing:
        parts.load(missing)
    for digest in missing:
        digest.made_of_it = {}
        found[digest.pk] = digest
        _keep(keys[digest.pk], digest)
    return [found[digest.pk] for digest in digests]


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
    with _lock:
        _kept.clear()


def _recall(key):
    with _lock:
        digest = _kept.get(key)
        if digest is not None:
            _kept.move_to_end(key)
        return digest


def _keep(key, digest):
    with _lock:
        _kept[key] = digest
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
