"""Polls feeds of others, each once at a time, however many nodes do it.

The threads belong to `run_due`, which goes on with its turns meanwhile, as with deliveries: a slow
feed delays neither a digest nor a webhook. What a feed brings and what is noted about it are one
transaction, so that a process that dies loses nothing; after its lease another one polls.
"""

import datetime as dt
import logging
import random
import threading
import time

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles.inbox import arriving, feed_reading, origins
from articles.inbox.arriving import NEW, Found
from articles.inbox.safe_xml import Unsafe
from articles.models import FollowedFeed
from articles.models.followed_feed import MAX_ETAG, MAX_LAST_MODIFIED
from articles.outgoing import fetching, requests
from articles.outgoing.fetching import Fetched
from articles.rules import failures

logger = logging.getLogger(__name__)

EVERY = dt.timedelta(minutes=30)
LONGEST_PAUSE = dt.timedelta(hours=24)
# Longer than a poll can take. A process that died loses its feed after this time.
LEASE = dt.timedelta(minutes=2)
GONE = 410
MAX_THREADS = 4  # at a time, each with its own connection of the database
# After that a thread ends; the next turn begins others.
THREAD_SECONDS = 40
# How long a process that ends waits for polls that have begun.
FINISH_SECONDS = 5
MAX_ERROR = 500
ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/xml;q=0.9, */*;q=0.5"
)
_jitter = random.SystemRandom()


def due() -> QuerySet[FollowedFeed]:
    """The feeds that are due now, the one that has waited longest first."""
    active = FollowedFeed.objects.filter(is_active=True, next_at__lte=timezone.now())
    return active.order_by("next_at", "pk")


@transaction.atomic
def take() -> FollowedFeed | None:
    """The next feed, which belongs to the caller for the time of LEASE; None if none is due."""
    feed = due().select_for_update(skip_locked=True).first()
    if feed is not None:
        feed.next_at = timezone.now() + LEASE
        feed.save(update_fields=["next_at"])
    return feed


def poll(feed: FollowedFeed) -> int:
    """Poll a feed that was taken; returns how many candidates are new. Call it outside a
    transaction, since it waits for another server."""
    asked = {"Accept": ACCEPT}
    if feed.etag:
        asked["If-None-Match"] = feed.etag
    if feed.last_modified:
        asked["If-Modified-Since"] = feed.last_modified
    private = settings.WEBHOOK_PRIVATE_NETWORKS
    fetched = fetching.fetch(feed.address, asked, private=private)
    pages, error = _read(fetched)
    return _note(feed, fetched, pages, error)


def _read(fetched: Fetched) -> tuple[list[Found], str]:
    """The pages of a feed, or why there are none, as a sentence."""
    if fetched.error or fetched.status != 200:
        return [], fetched.error
    charset = requests.charset_of(fetched.headers)
    try:
        return feed_reading.read(fetched.content, fetched.address, charset), ""
    except Unsafe as refusal:
        return [], str(refusal)


@transaction.atomic
def _note(feed: FollowedFeed, fetched: Fetched, pages: list[Found], error: str) -> int:
    """Keep what a feed brought, and when it is polled again; nothing if another process has taken
    it since."""
    rows = FollowedFeed.objects.select_for_update().filter(pk=feed.pk, next_at=feed.next_at)
    feed_now = rows.first()
    if feed_now is None:
        return 0
    now = timezone.now()
    feed_now.polled_at, feed_now.error = now, error[:MAX_ERROR]
    feed_now.failures = feed_now.failures + 1 if error else 0
    if fetched.status == GONE:
        feed_now.is_active, feed_now.is_gone = False, True
    if not error:
        feed_now.answered_at = now
        if fetched.moved_to != feed_now.address:
            feed_now.moved_to = fetched.moved_to
    if fetched.status == 200 and not error:
        feed_now.etag = _kept(fetched, "ETag", MAX_ETAG)
        feed_now.last_modified = _kept(fetched, "Last-Modified", MAX_LAST_MODIFIED)
    feed_now.next_at = now + max(pause_after(feed_now.failures), min(fetched.wait, LONGEST_PAUSE))
    feed_now.save()
    outcomes = arriving.take(pages, origins.of_feed(feed_now)) if pages else []
    return sum(outcome.fate == NEW for outcome in outcomes)


def _kept(fetched: Fetched, header: str, longest: int) -> str:
    """A validator as it was sent; empty if it is too long or cannot be sent back."""
    value = str(fetched.headers.get(header, "")).strip()
    is_fit = value.isascii() and value.isprintable() and len(value) <= longest
    return value if is_fit else ""


def pause_after(failures: int) -> dt.timedelta:
    """The pause after so many consecutive failures, 0 after a success. It doubles each time, with
    some jitter, so that many feeds are not due at the same moment."""
    pause = min(EVERY * 2 ** min(failures, 20), LONGEST_PAUSE)
    return pause * _jitter.uniform(0.85, 1.15)


class Poller:
    """The threads of this process that poll."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._new = 0
        self.is_hale = True  # whether no thread has failed, as by a fault of the database

    def start(self) -> None:
        """Begin to poll what is due, with at most MAX_THREADS threads."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if connection.in_atomic_block:  # other connections would not see the rows
            self._new += self._poll_all()
            return
        free = MAX_THREADS - len(self._threads)
        for number in range(len(due().values_list("pk")[:free]) if free else 0):
            thread = threading.Thread(target=self._run, name=f"poller {number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def finish(self) -> None:
        """Wait until all threads have ended."""
        for thread in self._threads:
            thread.join()

    def stop(self) -> None:
        """Let the threads end after the feed that they are at, and wait a moment for that."""
        self._stop.set()
        until = time.monotonic() + FINISH_SECONDS
        for thread in self._threads:
            thread.join(max(0, until - time.monotonic()))

    def new(self) -> int:
        """How many candidates are new since the last call."""
        with self._lock:
            count, self._new = self._new, 0
            return count

    def _poll_all(self) -> int:
        until, count = time.monotonic() + THREAD_SECONDS, 0
        while not self._stop.is_set() and time.monotonic() < until:
            feed = take()
            if feed is None:
                break
            count += poll(feed)
        return count

    def _run(self) -> None:
        try:
            count = self._poll_all()
            with self._lock:
                self._new += count
        except Exception as error:
            self.is_hale = False
            if failures.passes(error):
                logger.error("Failed: polling: %s", " ".join(str(error).split()))
            else:
                logger.exception("Failed: polling")
        finally:
            connections.close_all()
