"""The feeds that the desk follows: added, told of a move, and polled at once."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.changes import audit
from articles.digests.permissions import require
from articles.models import FollowedFeed

MOST_FEEDS = 1_000
CHANGE = "articles.change_followedfeed"


@transaction.atomic
def add(feeds: Sequence[tuple[str, str]], *, by: User | None) -> int:
    """Follow feeds by name and address; those that are followed already stay as they are. Returns
    how many are new. Raises PermissionDenied."""
    require(by, "articles.add_followedfeed")
    room, now = MOST_FEEDS - FollowedFeed.objects.count(), timezone.now()
    new: list[str] = []
    for name, address in feeds:
        if len(new) >= room:
            break
        values = {"name": name, "next_at": now}
        _feed, is_new = FollowedFeed.objects.get_or_create(address=address, defaults=values)
        new += [address] if is_new else []
    if new:
        audit.record("feeds-added", by=by, detail={"addresses": new})
    return len(new)


@transaction.atomic
def go_along(feed: FollowedFeed, *, by: User | None) -> bool:
    """Follow a feed to the address to which it has moved. Returns whether it had moved. If that
    address is followed already, the feed is switched off. Raises PermissionDenied."""
    require(by, CHANGE)
    feed = FollowedFeed.objects.select_for_update().get(pk=feed.pk)
    if not feed.moved_to:
        return False
    others = FollowedFeed.objects.exclude(pk=feed.pk)
    if others.filter(address=feed.moved_to).exists():
        feed.is_active = False
    else:
        feed.address = feed.moved_to
        feed.etag = feed.last_modified = ""
    former, feed.moved_to = feed.address, ""
    feed.next_at = timezone.now()
    feed.save()
    audit.record("feed-moved", by=by, target=feed.name, note=former)
    return True


@transaction.atomic
def poll_now(feed: FollowedFeed, *, by: User | None) -> None:
    """Let the next turn of `run_due` poll a feed, whatever failed before. Raises
    PermissionDenied."""
    require(by, CHANGE)
    rows = FollowedFeed.objects.filter(pk=feed.pk)
    rows.update(next_at=timezone.now(), failures=0, is_active=True, is_gone=False)
    audit.record("feed-polled", by=by, target=feed.name)
