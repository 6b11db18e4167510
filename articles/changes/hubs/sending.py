"""Sends pings that are due. Each is retried until a hub accepts it or a day is over."""

import logging
import time
from urllib.parse import urlencode

from django.conf import settings

from articles.models import HubPing
from articles.outgoing import lanes
from articles.outgoing.requests import post

logger = logging.getLogger(__name__)
State = HubPing.State

TURN_SECONDS = 20
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def send_due() -> int:
    """Send the pings that are due, for about TURN_SECONDS. Returns how many the hubs accepted. Call
    it outside a transaction, because other processes must see which pings are being sent.

    Any number of processes may run this at the same time; each ping is sent by one of them.
    """
    _give_up()
    until, accepted = time.monotonic() + TURN_SECONDS, 0
    for hub in settings.WEBSUB_HUBS:
        lane = lanes.Lane(HubPing, hub=hub)
        while time.monotonic() < until and (taken := lane.take()):
            answer = post(hub, _message(taken[0].topic), FORM)
            if answer.is_ok:
                accepted += lane.accept(taken, answer)
            elif lane.postpone(taken, answer):
                break
    return accepted


def forget() -> int:
    """Delete the pings that were finished a month ago. Returns their number."""
    return lanes.forget(HubPing)


def _message(topic: str) -> bytes:
    """The form of a ping. The Recommendation does not define how a publisher notifies its hub.
    Hubs from before it read `hub.url`, later ones `hub.topic`."""
    fields = {"hub.mode": "publish", "hub.topic": topic, "hub.url": topic}
    return urlencode(fields).encode()


def _give_up():
    """Give up the pings that no hub accepted for a day, and those for hubs that are no longer
    configured."""
    old = lanes.too_old(HubPing)
    for hub in set(old.filter(tries__gt=0).values_list("hub", flat=True).order_by()):
        logger.warning(
            "The hub %s took no message for a day. What its subscribers were to be told was given "
            "up; they see it when they look themselves. The attempts are listed at the desk.",
            hub,
        )
    old.update(state=State.GIVEN_UP)
    lanes.free(HubPing).exclude(hub__in=settings.WEBSUB_HUBS).update(state=State.GIVEN_UP)
