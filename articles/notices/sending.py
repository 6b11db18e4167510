"""Sends deliveries, each lane in a thread of its own, so that a slow receiver delays only itself.

The threads belong to `run_due`. It goes on with its turns meanwhile, so that no receiver delays a
digest. Threads are daemons: a process that ends leaves what it was sending, and another one sends
that again after its lease, under the same id.
"""

import logging
import threading
import time

from django.db import connection, connections
from django.db.models import Min
from django.utils import timezone

from articles.models import Delivery
from articles.notices import deliveries, parcels
from articles.outgoing import lanes
from articles.outgoing.messages import UNFINISHED
from articles.rules import failures

logger = logging.getLogger(__name__)

# Threads at a time, each with its own connection of the database.
MAX_LANES = 8
# After that a lane makes room for others; it continues in a later turn.
LANE_SECONDS = 20
# How long a process that ends waits for requests that have begun.
FINISH_SECONDS = 5


class Lanes:
    """The lanes that this process sends at the moment."""

    def __init__(self) -> None:
        self._threads: dict[str, threading.Thread] = {}
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._accepted = 0
        self.is_hale = True  # whether no lane has failed, as by a fault of the database

    def start(self) -> None:
        """Begin to send every lane that has something due and that this process does not send yet,
        at most `MAX_LANES` at a time."""
        self._threads = {lane: each for lane, each in self._threads.items() if each.is_alive()}
        for lane in due_lanes():
            if connection.in_atomic_block:  # other connections would not see the rows
                self._accepted += send_lane(lane, self._stop)
            elif lane not in self._threads and len(self._threads) < MAX_LANES:
                name = f"lane {lane}"
                thread = threading.Thread(target=self._run, args=[lane], name=name, daemon=True)
                self._threads[lane] = thread
                thread.start()

    def finish(self) -> None:
        """Wait until all threads have ended."""
        for thread in self._threads.values():
            thread.join()

    def stop(self) -> None:
        """Let the threads end after the request that they are at, and wait a moment for that."""
        self._stop.set()
        until = time.monotonic() + FINISH_SECONDS
        for thread in self._threads.values():
            thread.join(max(0, until - time.monotonic()))

    def accepted(self) -> int:
        """How many deliveries were accepted since the last call."""
        with self._lock:
            count, self._accepted = self._accepted, 0
            return count

    def _run(self, lane: str) -> None:
        try:
            count = send_lane(lane, self._stop)
            with self._lock:
                self._accepted += count
        except Exception as error:
            self.is_hale = False
            if failures.passes(error):
                logger.error("Failed: %s: %s", lane, " ".join(str(error).split()))
            else:
                logger.exception("Failed: %s", lane)
        finally:
            connections.close_all()


def due_lanes() -> list[str]:
    """The lanes that have something to send now, the one that has waited longest first."""
    now = timezone.now()
    due = Delivery.objects.filter(state__in=UNFINISHED, next_at__lte=now)
    longest = due.order_by().values("lane").annotate(since=Min("next_at"))
    return list(longest.order_by("since", "lane").values_list("lane", flat=True))


def send_lane(lane: str, stop: threading.Event) -> int:
    """Send what is due in a lane, for about LANE_SECONDS or until `stop`. Returns how many
    deliveries were accepted. Call it outside a transaction, since other processes must see what is
    being sent."""
    until, accepted = time.monotonic() + LANE_SECONDS, 0
    waiting = lanes.Lane(Delivery, lane=lane)
    sender = deliveries.sender_of(lane)
    while not stop.is_set() and time.monotonic() < until:
        taken = waiting.take("target", sender.at_once)
        if not taken:
            break
        answer = sender.send(taken[0].target, parcels.of(taken))
        if answer.is_ok:
            accepted += waiting.accept(taken, answer)
        elif waiting.postpone(taken, answer):
            break
    return accepted
