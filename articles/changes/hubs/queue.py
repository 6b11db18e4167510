"""Turns changes into pings: one for every feed and hub."""

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
    """Record that readers see something different after this transaction.

    `digest` is the changed digest, None if there are several. Nothing is recorded if there is no
    hub.
    """
    if settings.WEBSUB_HUBS:
        FeedChange.objects.create(digest_id=digest and digest.pk, at=timezone.now())


@transaction.atomic
def queue_pings() -> int:
    """Create pings for committed changes. Returns the number of pings, new and renewed.

    Each change is taken by one process only. A waiting ping is renewed with the present time. A
    ping that is being sent may have left before the change, so another ping follows it.
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
    """Renew the wanted pings that are already waiting. Returns their pairs of hub and topic."""
    waiting = HubPing.objects.select_for_update(skip_locked=True).filter(state=State.WAITING)
    found = {pk: pair for pk, *pair in waiting.values_list("pk", "hub", "topic")}
    found = {pk: tuple(pair) for pk, pair in found.items() if tuple(pair) in wanted}
    HubPing.objects.filter(pk__in=found).update(queued_at=now, next_at=now, tries=0)
    return set(found.values())
