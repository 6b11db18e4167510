"""From changes to pings, one for every feed and hub."""

import datetime as dt
from itertools import product

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from articles.changes.hubs import topics
from articles.models import Digest, FeedChange, HubPing

State = HubPing.State
CHANGES_AT_ONCE = 10_000


def note(digest: Digest | None = None) -> None:
    """Note that readers see something else from the end of this transaction on.

    `digest` is what was changed, None if it was more than one. Nothing is noted without a hub.
    """
    if settings.WEBSUB_HUBS:
        FeedChange.objects.create(digest_id=digest and digest.pk, at=timezone.now())


@transaction.atomic
def queue_pings() -> int:
    """Make pings of all changes that are committed; returns their number.

    Each change is taken by one caller. A ping that waits already is told anew, as of now; one that
    is being sent may have come before the change, so it gets a successor.
    """
    changes = FeedChange.objects.select_for_update(skip_locked=True).order_by("pk")
    taken = dict(changes.values_list("pk", "digest_id")[:CHANGES_AT_ONCE])
    if not taken:
        return 0
    wanted = set(product(settings.WEBSUB_HUBS, topics.of_changes(taken.values())))
    now = timezone.now()
    renewed = _renew(wanted, now)
    HubPing.objects.bulk_create(
        HubPing(hub=hub, topic=topic, queued_at=now, next_at=now)
        for hub, topic in sorted(wanted - renewed)
    )
    FeedChange.objects.filter(pk__in=taken).delete()
    return len(wanted)


def _renew(wanted: set[tuple[str, str]], now: dt.datetime) -> set[tuple[str, str]]:
    """Let those of the pings that wait be as new; returns which those were."""
    waiting = HubPing.objects.select_for_update(skip_locked=True).filter(state=State.WAITING)
    found = {pk: pair for pk, *pair in waiting.values_list("pk", "hub", "topic")}
    found = {pk: tuple(pair) for pk, pair in found.items() if tuple(pair) in wanted}
    HubPing.objects.filter(pk__in=found).update(queued_at=now, next_at=now, tries=0)
    return set(found.values())
