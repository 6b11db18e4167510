"""Sends pings that are due. Each is retried until a hub accepts it or a day is over."""

import datetime as dt
import logging
import random
import time

from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from articles.changes.hubs.request import Answer, post
from articles.models import HubAttempt, HubPing

logger = logging.getLogger(__name__)
State = HubPing.State

FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=4)
GIVE_UP_AFTER = dt.timedelta(hours=24)
# Longer than an attempt can take. A sender that died loses its ping after this time.
LEASE = dt.timedelta(minutes=2)
KEPT_FOR = dt.timedelta(days=30)
TURN_SECONDS = 20
SECOND = dt.timedelta(seconds=1)
# Responses about the hub's own state, not about the message.
_NOT_NOW = {408, 429}
_jitter = random.SystemRandom()


def send_due() -> int:
    """Send the pings that are due, for about TURN_SECONDS. Returns how many the hubs accepted. Call
    it outside a transaction, because other processes must see which pings are being sent.

    Any number of processes may run this at the same time; each ping is sent by one of them.
    """
    _give_up()
    until, accepted = time.monotonic() + TURN_SECONDS, 0
    for hub in settings.WEBSUB_HUBS:
        while time.monotonic() < until and (ping := _take(hub)):
            answer = post(hub, _message(ping.topic))
            if answer.is_ok:
                accepted += _accept(ping, answer)
            elif _postpone(ping, answer):
                break
    return accepted


def forget() -> int:
    """Delete the pings that were finished a month ago. Returns their number."""
    old = HubPing.objects.filter(queued_at__lte=timezone.now() - KEPT_FOR)
    done = old.filter(state__in=[State.ACCEPTED, State.GIVEN_UP])
    return done.delete()[1].get(HubPing._meta.label, 0)


def pause_after(failures: int) -> dt.timedelta:
    """The pause after so many consecutive failures. It doubles each time, with 50 percent jitter,
    so that many senders do not return at the same moment."""
    pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE)
    return pause * _jitter.uniform(0.5, 1.5)


def _message(topic: str) -> dict[str, str]:
    """The form fields of a ping. The Recommendation does not define how a publisher notifies its
    hub. Hubs from before it read `hub.url`, later ones `hub.topic`."""
    return {"hub.mode": "publish", "hub.topic": topic, "hub.url": topic}


@transaction.atomic
def _take(hub: str) -> HubPing | None:
    """The ping to a hub that has waited longest and that no other process is sending."""
    now = timezone.now()
    due = HubPing.objects.select_for_update(skip_locked=True).filter(
        hub=hub, next_at__lte=now, state__in=[State.WAITING, State.SENDING]
    )
    ping = due.order_by("next_at", "pk").first()
    if ping:
        ping.state, ping.next_at, ping.tries = State.SENDING, now + LEASE, ping.tries + 1
        ping.save(update_fields=["state", "next_at", "tries"])
    return ping


@transaction.atomic
def _accept(ping: HubPing, answer: Answer) -> bool:
    """Record that a hub accepted a ping. Returns whether this process still held the ping."""
    HubAttempt.objects.create(ping=ping, at=timezone.now(), status=answer.status)
    return bool(_ours(ping).update(state=State.ACCEPTED))


@transaction.atomic
def _postpone(ping: HubPing, answer: Answer) -> bool:
    """Record a failed attempt. Returns whether to leave the hub alone for now.

    If so, all other pings to the hub wait too. They go before this one, in case this ping is the
    one that makes the hub fail.
    """
    now = timezone.now()
    HubAttempt.objects.create(ping=ping, at=now, status=answer.status, error=answer.error)
    is_down = answer.status is None or answer.status >= 500 or answer.status in _NOT_NOW
    failures = max(ping.tries, _failures_in_a_row(ping.hub)) if is_down else ping.tries
    until = now + pause_after(failures)
    _ours(ping).update(state=State.WAITING, next_at=until + SECOND)
    if is_down:
        waiting = HubPing.objects.filter(hub=ping.hub, state=State.WAITING).exclude(pk=ping.pk)
        waiting.update(next_at=Greatest(F("next_at"), Value(until)))
    return is_down


def _ours(ping):
    """The row of a ping that this process took, unless another process has taken it since."""
    return HubPing.objects.filter(pk=ping.pk, state=State.SENDING, next_at=ping.next_at)


def _failures_in_a_row(hub):
    attempts = HubAttempt.objects.filter(ping__hub=hub)
    last = attempts.filter(error="").order_by("-pk").values_list("pk", flat=True).first() or 0
    return attempts.filter(pk__gt=last).count()


def _give_up():
    """Give up the pings that no hub accepted for a day, and those for hubs that are no longer
    configured."""
    now = timezone.now()
    free = HubPing.objects.filter(state=State.WAITING) | HubPing.objects.filter(
        state=State.SENDING, next_at__lte=now
    )
    old = free.filter(queued_at__lte=now - GIVE_UP_AFTER)
    for hub in set(old.filter(tries__gt=0).values_list("hub", flat=True).order_by()):
        logger.warning(
            "The hub %s took no message for a day. What its subscribers were to be told was given "
            "up; they see it when they look themselves. The attempts are listed at the desk.",
            hub,
        )
    old.update(state=State.GIVEN_UP)
    free.exclude(hub__in=settings.WEBSUB_HUBS).update(state=State.GIVEN_UP)
