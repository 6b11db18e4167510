"""Counts requests in memory and writes the counts to the database at intervals."""

import datetime as dt
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.util import Finalize
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from articles.feeds.readers.names import OTHER, told_by
from articles.models import FeedReading
from articles.rules import failures
from articles.rules.addresses import path_from_wsgi

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 60
MAX_COUNTED = 1_000  # different kinds that one process keeps between two flushes
MAX_ROWS_A_DAY = 2_000
MAX_PATH = 200
MAX_AGENT = 500
QUARTER = 15 * 60
_FEEDS, _ANSWERED = ("/feeds/", "/tags/"), ("200", "304")
_FEED = re.compile(r"/(?:feeds/[a-z]+|tags/[^/]+/feed)\.(?:rss|atom|json)")


@dataclass(frozen=True, order=True)
class Kind:
    """The key of a count."""

    day: dt.date
    feed: str
    reader: str
    feed_id: str = ""

    @property
    def remainder(self):
        """The kind that is counted instead of this one once there are too many kinds."""
        return Kind(self.day, "", OTHER)


@dataclass
class Count:
    requests: int = 0
    subscribers: int | None = None

    def add(self, other: "Count") -> None:
        self.requests += other.requests
        reported = [n for n in (self.subscribers, other.subscribers) if n is not None]
        self.subscribers = max(reported, default=None)


class _Counter:
    """The counts of this process since the last flush; thread-safe.

    A request is only tallied by day, path and user agent, which takes about a microsecond. User
    agents are read when the tally is full or is flushed.
    """

    def __init__(self):
        self._counting, self._flushing = threading.Lock(), threading.Lock()
        self._tally: dict[tuple[dt.date, str, str], int] = {}
        self._counts: dict[Kind, Count] = {}
        self._timer: threading.Timer | None = None

    def note(self, day: dt.date, path: str, user_agent: str) -> None:
        asked = (day, path, user_agent)
        with self._counting:
            self._tally[asked] = self._tally.get(asked, 0) + 1
            if len(self._tally) > MAX_COUNTED:
                self._read_tally()
            self._start_timer()

    def _start_timer(self):
        if self._timer is not None:
            return
        self._timer = threading.Timer(FLUSH_SECONDS, self.flush_in_thread)
        self._timer.daemon = True
        self._timer.start()

    def _read_tally(self):
        for (day, path, user_agent), requests in self._tally.items():
            reader, feed_id, subscribers = told_by(user_agent)
            self._add(Kind(day, path, reader, feed_id), Count(requests, subscribers))
        self._tally = {}

    def _add(self, kind, count):
        if kind not in self._counts and len(self._counts) >= MAX_COUNTED:
            kind = kind.remainder
        self._counts.setdefault(kind, Count()).add(count)

    def flush(self) -> None:
        """Write the counts to the database; if it is unavailable, keep them for the next flush."""
        with self._flushing:
            with self._counting:
                self._read_tally()
                counts, self._counts, self._timer = self._counts, {}, None
            if not counts:
                return
            try:
                store(counts)
            except Error as error:
                trace = None if failures.passes(error) else error
                logger.warning("Requests for feeds could not be written down.", exc_info=trace)
                with self._counting:
                    for kind, count in counts.items():
                        self._add(kind, count)
                    self._start_timer()

    def flush_in_thread(self) -> None:
        """Flush and close the connection, which Django does only at the end of a request."""
        try:
            self.flush()
        finally:
            connection.close()


_counter = _Counter()
_at_exit = None  # a Finalize also runs in a server's worker process, where `atexit` does not


def note(path: str, user_agent: str) -> None:
    """Count an answered request for a feed. `path` is the decoded path of its address; paths of
    other pages are ignored. Makes no query and raises no database error."""
    global _at_exit
    if not _is_counted(path):
        return
    _counter.note(_day(time.time() // QUARTER, settings.TIME_ZONE), path, user_agent[:MAX_AGENT])
    if _at_exit is None:
        _at_exit = Finalize(None, flush, exitpriority=100)


@lru_cache(maxsize=512)
def _is_counted(path):
    return len(path) <= MAX_PATH and _FEED.fullmatch(path) is not None


@lru_cache(maxsize=4)
def _day(quarter, zone):
    """The site's day for a quarter-hour since 1970: time zones change the day only between two."""
    return dt.datetime.fromtimestamp(quarter * QUARTER, ZoneInfo(zone)).date()


def flush() -> None:
    """Write the counts of this process to the database now."""
    _counter.flush()


def _begin_in_child():
    """Start from zero in a forked process; the parent writes the counts up to the fork."""
    global _counter, _at_exit
    _counter, _at_exit = _Counter(), None


os.register_at_fork(after_in_child=_begin_in_child)


class Counting:
    """WSGI middleware that counts answered feed requests, also those answered from a cache."""

    def __init__(self, application: Callable):
        self.application = application

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(_FEEDS) or environ["REQUEST_METHOD"] != "GET":
            return self.application(environ, start_response)

        def noticing(status, headers, exc_info=None):
            if status.startswith(_ANSWERED):
                note(path_from_wsgi(path), environ.get("HTTP_USER_AGENT", ""))
            return start_response(status, headers, exc_info)

        return self.application(environ, noticing)


@transaction.atomic
def store(counts: dict[Kind, Count]) -> None:
    """Add counts to the rows of their days. All processes use the same order, against deadlocks."""
    for kind, count in sorted(_within_limits(counts).items()):
        is_that = {"day": kind.day, "feed": kind.feed, "reader": kind.reader}
        row, _made = FeedReading.objects.get_or_create(**is_that, feed_id=kind.feed_id)
        change = {"requests": F("requests") + count.requests}
        if count.subscribers is not None:
            most = Greatest(Coalesce("subscribers", 0), count.subscribers)
            change["subscribers"] = most
        FeedReading.objects.filter(pk=row.pk).update(**change)


def _within_limits(counts):
    """The counts; those for which their day has no room left in the table are merged."""
    kept: dict[Kind, Count] = {}
    for day in {kind.day for kind in counts}:
        rows = FeedReading.objects.filter(day=day)
        known = {Kind(day, *row) for row in rows.values_list("feed", "reader", "feed_id")}
        room = MAX_ROWS_A_DAY - len(known)
        for kind in sorted(kind for kind in counts if kind.day == day):
            if kind not in known and room <= 0:
                place = kind.remainder
            else:
                place, room = kind, room - (kind not in known)
            kept.setdefault(place, Count()).add(counts[kind])
    return kept
