"""Who is told what: one row for each event and target, made from the audit trail.

Nothing is hooked into the steps of a digest. They write their audit rows; `run_due` reads the
recent ones, and a unique constraint lets each be told to each target once. `sending.py` sends.
"""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol, cast

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone

from articles.changes import audit
from articles.models import AuditEntry, Delivery, Webhook
from articles.notices import bodies, campaigns, events, mailing, webhooks
from articles.notices.events import Event
from articles.notices.parcels import Parcel
from articles.operations import heartbeats
from articles.outgoing import lanes
from articles.outgoing.messages import FINISHED, UNFINISHED
from articles.outgoing.requests import Answer

logger = logging.getLogger(__name__)
State = Delivery.State

# Rows may appear later than their time says: a transaction takes its time.
OVERLAP = dt.timedelta(hours=1)
# What happened while `run_due` was away for longer is told to nobody.
LONGEST_AWAY = dt.timedelta(hours=24)
SHOWN_FOR = dt.timedelta(days=3)


class Sender(Protocol):
    """A way to tell somebody. Modules are senders."""

    def targets(self, events: Iterable[Event]) -> Iterable[tuple[Event, str]]:
        """Each event with each target that wants it."""

    def live(self) -> set[str]:
        """The targets to which anything may be sent."""

    def lane(self, target: str) -> str:
        """What waits together when the receiver fails."""

    def at_once(self, due: int) -> int:
        """How many deliveries to a target go in one message, if so many are due."""

    def begins_at(self, event: Event, target: str, now: dt.datetime) -> dt.datetime:
        """Not before this moment is the target told."""

    def send(self, target: str, parcels: Sequence[Parcel]) -> Answer: ...


# By the beginning of their targets.
SENDERS: dict[str, Sender] = {
    "webhook": webhooks,
    "mail": mailing,
    campaigns.LANE: campaigns,
}


def sender_of(target: str) -> Sender:
    return SENDERS[target.partition(":")[0]]


def targets_of(found: Sequence[Event]) -> list[tuple[Event, str]]:
    """Each event with each target that is to be told of it."""
    return [pair for sender in SENDERS.values() for pair in sender.targets(found)]


def queue() -> int:
    """Make deliveries of what happened since a while before the last turn of `run_due`. Returns
    their number. Any number of processes may run this at the same time."""
    wanted = targets_of(events.fresh(_since()))
    pairs = {(event.entry.pk, target) for event, target in wanted}
    made_before = Delivery.objects.filter(entry__in={pk for pk, _target in pairs})
    known = set(made_before.values_list("entry", "target"))
    now = timezone.now()
    made = [
        _new(event, target, now)
        for event, target in wanted
        if (event.entry.pk, target) not in known
    ]
    Delivery.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _since() -> dt.datetime:
    """The moment from which audit rows are looked at."""
    now = timezone.now()
    last = heartbeats.last().get(heartbeats.RUN_DUE) or now
    return max(min(now, last) - OVERLAP, now - LONGEST_AWAY)


def _new(event: Event, target: str, now: dt.datetime) -> Delivery:
    sender = sender_of(target)
    at = sender.begins_at(event, target, now)
    return Delivery(
        entry=event.entry,
        kind=event.kind,
        target=target,
        lane=sender.lane(target),
        queued_at=at,
        next_at=at,
    )


@transaction.atomic
def queue_test(webhook: Webhook, *, by: AbstractUser | None) -> Delivery:
    """Queue a test for a webhook."""
    entry = audit.record("webhook-tested", by=by, target=str(webhook))
    event = Event(bodies.TEST, cast(AuditEntry, entry))
    delivery = _new(event, webhooks.target_of(webhook), timezone.now())
    delivery.save()
    return delivery


@transaction.atomic
def again(delivery: Delivery, *, by: AbstractUser | None) -> bool:
    """Queue a finished delivery once more, under the same id. Returns whether it was finished and
    its target is still told anything."""
    now = timezone.now()
    finished = Delivery.objects.filter(pk=delivery.pk, state__in=FINISHED)
    if delivery.target not in sender_of(delivery.target).live():
        return False
    if not finished.update(state=State.WAITING, tries=0, queued_at=now, next_at=now):
        return False
    audit.record("delivery-repeated", by=by, target=str(delivery))
    return True


def give_up() -> int:
    """Give up what no receiver took for a day, and what is for targets that are told nothing any
    more. Returns how many were given up."""
    alive = set().union(*(sender.live() for sender in SENDERS.values()))
    free, lost = lanes.free(Delivery), defaultdict(list)
    lost_keys = set(lanes.too_old(Delivery).values_list("pk", flat=True))
    lost_keys |= set(free.exclude(target__in=alive).values_list("pk", flat=True))
    found = lanes.free(Delivery).filter(pk__in=lost_keys)
    for target, entry in found.order_by("pk").values_list("target", "entry"):
        lost[target].append(str(entry))
    for target, entries in lost.items():
        logger.warning(
            "%s was not told of %d events, which were given up: audit rows %s. The attempts are "
            "listed at the desk.",
            target,
            len(entries),
            ", ".join(entries),
        )
        if sender_of(target) is campaigns:
            campaigns.record_lost(target, map(int, entries))
    return found.update(state=State.GIVEN_UP)


def forget() -> int:
    """Delete the deliveries that were finished a month ago. Returns their number."""
    return lanes.forget(Delivery)


def waiting() -> int:
    """How many deliveries no receiver has taken yet."""
    return Delivery.objects.filter(state__in=UNFINISHED).count()


def given_up() -> int:
    """How many deliveries that were queued in the last three days were given up."""
    since = timezone.now() - SHOWN_FOR
    return Delivery.objects.filter(state=State.GIVEN_UP, queued_at__gte=since).count()
