"""The addresses that imported digests had on their old site. They lead to the digest.

An address belongs to the first digest that claims it. Once readers have a digest, it keeps its old
addresses, whatever is imported later. A draft has only those of its last import.
"""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from articles.models import Digest, OldAddress
from articles.rules.paths import is_own, path_to
from articles.rules.permalinks import MAX_LENGTH, OldPaths, key_of, path_from
from articles.rules.text import find_forbidden

MOST = 100  # that a post may state


def digest_at(path: str) -> Digest | None:
    """The public digest that an old path (percent-decoded) leads to, or None. One small query for a
    path that never existed, since strangers ask for many of these."""
    if len(path) > MAX_LENGTH or find_forbidden(path):
        return None
    key = key_of(path)
    row = OldAddress.objects.filter(path=key).first() if len(key) > 1 else None
    if row is None:
        return None
    return Digest.objects.published().filter(pk=row.digest_id).only("date").first()


def claim(digest: Digest, posts: Iterable[OldPaths], *, is_new: bool) -> list[str]:
    """Let the old paths of an imported digest lead to it. It must be locked, unless it is new.
    `posts` has the paths of each post that it is made of.

    Returns a sentence for each path that a post states and that cannot lead there. Paths that
    Jekyll would give to the post are left out silently if they are taken.
    """
    keys: dict[str, str] = {}
    notices: list[str] = []
    for paths in posts:
        found, refused = _keys(digest, paths)
        keys |= {key: written or keys.get(key, "") for key, written in found.items()}
        notices += refused
    rows = OldAddress.objects.filter(path__in=keys).select_related("digest")
    taken = {row.path: row.digest for row in rows}
    for key, written in keys.items():
        if written and taken.get(key, digest).pk != digest.pk:
            message = _("The old address “%(path)s” leads to the digest of %(date)s already.")
            notices.append(message % {"path": written, "date": taken[key].date})
    if digest.first_public_at is None and not is_new:
        digest.old_addresses.exclude(path__in=keys).delete()
    add(digest, keys.keys() - taken.keys())
    return notices


def add(digest: Digest, keys: Iterable[str]) -> None:
    """Let free old addresses lead to a digest."""
    OldAddress.objects.bulk_create(OldAddress(path=key, digest=digest) for key in sorted(keys))


def add_free(digest: Digest, keys: Iterable[str]) -> None:
    """Let those old addresses lead to a digest that are free."""
    wanted = set(keys)
    add(digest, wanted - set(_taken(wanted)))


def keep_day(digest: Digest, date: dt.date) -> None:
    """Let the page of a digest that readers once had lead on, before it moves to another day. The
    digest must be locked; `date` is its next day."""
    if digest.published_at and date != digest.date:
        former, following = (key_of(path_to("day", day)) for day in (digest.date, date))
        digest.old_addresses.filter(path=following).delete()
        OldAddress.objects.update_or_create(path=former, defaults={"digest": digest})


def of(digest: Digest) -> list[str]:
    """The old addresses of a digest, for `add_free`."""
    return list(digest.old_addresses.order_by("pk").values_list("path", flat=True))


def _taken(keys: Iterable[str]) -> Iterable[str]:
    return OldAddress.objects.filter(path__in=keys).values_list("path", flat=True)


def _keys(digest: Digest, paths: OldPaths) -> tuple[dict[str, str], list[str]]:
    """The keys of the paths, each with the path as the post states it, or an empty text; and a
    sentence for each path that cannot be an old address."""
    keys: dict[str, str] = {}
    notices: list[str] = []
    own = key_of(digest.get_absolute_url())
    stated = list(dict.fromkeys(paths.stated))
    for written in stated[:MOST]:
        path = path_from(written)
        key = key_of(path)
        if not path:
            message = _("“%(path)s” is no path of a site, so it is not kept as an old address.")
            notices.append(message % {"path": written[:MAX_LENGTH]})
        elif key != own and is_own(key):
            message = _("“%(path)s” is an address of this site, so it is not kept as an old one.")
            notices.append(message % {"path": written})
        elif key != own and key not in keys:
            keys[key] = written
    if len(stated) > MOST:
        message = _("The post names more than %(limit)d old addresses. The rest is not kept.")
        notices.append(message % {"limit": MOST})
    for path in paths.usual:
        key = key_of(path)
        if len(path) <= MAX_LENGTH and not find_forbidden(path) and key != own and not is_own(key):
            keys.setdefault(key, "")
    return keys, notices
