"""Which state of the site the cache serves, without a database query for every page.

A state is the site version plus what changes on pages by time alone: the hour (which defines the
last two days, weeks or year) and whether today's digest is late.

A change on this machine is seen at the next request, through the signal that is given when its
transaction commits. A change on another machine, or by the clock, is seen by polling every second.
The process that sees it first gives the signal.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db import DatabaseError, connection
from django.db.utils import InterfaceError
from django.utils import timezone

from articles.changes import site_version
from articles.changes.change_signal import ChangeSignal
from articles.changes.site_version import Version
from articles.digests import deadlines
from articles.serving.page_store.faults import FaultLog

logger = logging.getLogger(__name__)

LONGEST_HOLD = 1.0  # seconds from a change until whoever made it must have signalled it
SILENT_AFTER = 2.0  # seconds without a response of the database, which normally needs milliseconds


@dataclass(frozen=True)
class State:
    version: Version
    hour: str
    is_late: bool

    @property
    def surroundings(self) -> Hashable:
        """What a page may show without a query of its own; see `inputs`."""
        return self.version.of_no_digest, self.hour, self.is_late


def current() -> State:
    """What readers would see now; at most two queries."""
    hour = f"{timezone.localtime():%Y-%m-%dT%H%z}"
    return State(site_version.current(), hour, deadlines.missed_hour() is not None)


class Versions:
    """Finds new states and announces them.

    `on_change` is called with every new state, in the thread that found it, before the state is
    served. It is called with None when the last known state is no longer served. Calls never
    overlap. If a call fails, the state is found again. `on_look` is called after every look at the
    database, and `on_watch` when a process begins to look regularly.

    `look_every` is the number of seconds between two looks; None means that only requests look.
    """

    def __init__(
        self,
        signal: ChangeSignal,
        on_change: Callable[[State | None], None],
        look_every: float | None = None,
        on_look: Callable[[], None] = lambda: None,
        on_watch: Callable[[], None] = lambda: None,
    ):
        self._signal, self._on_change, self._look_every = signal, on_change, look_every
        self._on_look, self._on_watch, self._log = on_look, on_watch, FaultLog(logger)
        self._lock, self._starting = threading.Lock(), threading.Lock()
        self._known: State | None = None
        self._stamp: int | None = None
        self._watcher_pid: int | None = None
        self._asked_at: float | None = None
        self._held_until = 0.0

    def is_database_silent(self) -> bool:
        """Whether the database has accepted a query but not answered it. A further query would hang
        too."""
        asked_at = self._asked_at
        return asked_at is not None and time.monotonic() - asked_at > SILENT_AFTER

    def known(self) -> State | None:
        """The state to serve. None if it is unknown: before the first answer of the database, or
        after a change on this machine while the database does not answer."""
        self.watch()
        stamp = self._signal.value()
        if stamp is not None and stamp == self._stamp and self._known is not None:
            return self._known
        return None if self.is_database_silent() else self.read()

    def read(self, *, may_wait: bool = False) -> State | None:
        """Ask the database. If it does not answer, keep the last state, unless this machine changed
        something since: it may have been a withdrawal. With `may_wait`, a state whose pages are
        being made is left for a moment, and one that the clock begins has its pages made first."""
        stamp = self._signal.value()
        try:
            state = _ask()
        except (DatabaseError, InterfaceError) as error:
            self._log.mention("The site version cannot be read", error)
            with self._lock:
                if stamp != self._stamp and self._known is not None:
                    self._known = None
                    self._on_change(None)
            return self._known
        self._asked_at = None
        if may_wait and self._is_held(stamp):
            return self._known
        self._tell(state, stamp, may_wait)
        with self._lock:
            if self._is_new(state):
                self._begin(state)
            self._stamp = stamp
        return self._known

    def coming(self) -> tuple[State | None, State | None]:
        """The present state, and the one that a committed change begins as soon as it is signalled;
        None if nobody can tell, or if it has begun.

        Until then the present state goes on being served, for `LONGEST_HOLD` seconds at most, or
        until a reader asks for a page that is not stored: the other processes of the machine do the
        same, and all begin the new one at a time.
        """
        present, stamp = self.known(), self._signal.value()
        if present is None or stamp is None or stamp != self._stamp:
            return present, None
        self._held_until = time.monotonic() + LONGEST_HOLD
        with contextlib.suppress(DatabaseError, InterfaceError):
            state = _ask()
            if state != present:
                return present, state
        self._held_until = 0.0
        return present, None

    def _is_held(self, stamp):
        is_same = stamp is not None and stamp == self._stamp and self._known is not None
        return is_same and time.monotonic() < self._held_until

    def holds(self, state: State) -> bool:
        """Whether a state is the current one. It asks the database."""
        try:
            return _ask() == state
        except (DatabaseError, InterfaceError):
            return False

    def _begin(self, state):
        try:
            self._on_change(state)
        except BaseException:
            self._known = None  # neither the old nor the new state is served
            raise
        self._known = state

    def _tell(self, state, stamp, may_wait):
        """Signal a new state to the other processes of this machine before it is served here,
        unless they already have a signal. Otherwise one process could show a new page and another
        an old feed."""
        known = self._known
        if known is None or stamp != self._stamp or not self._is_new(state):
            return
        is_by_clock = state.version.number == known.version.number  # so nothing was withdrawn
        with contextlib.suppress(OSError):
            if may_wait and is_by_clock:
                site_version.show()
            else:
                self._signal.change()

    def _is_new(self, state):
        # Versions only increase; a smaller one was read earlier by another thread.
        is_history = self._known is not None and state.version < self._known.version
        return not is_history and state != self._known

    def watch(self) -> None:
        """Start looking regularly. Each process has one thread for this; a thread does not survive
        a fork."""
        pid = os.getpid()
        if self._watcher_pid == pid or not self._look_every:
            return
        with self._starting:
            if self._watcher_pid == pid:
                return
            thread = threading.Thread(target=self._keep_looking, name="site-version", daemon=True)
            thread.start()  # fails if the system gives no more threads; then the next call tries
            self._watcher_pid = pid
            self._on_watch()

    def _keep_looking(self):
        while True:
            time.sleep(self._look_every)
            self.look()

    def look(self) -> None:
        """Ask the database like `read`, and record since when it has not answered."""
        asked_at = time.monotonic()
        self._asked_at = self._asked_at or asked_at
        read = partial(self.read, may_wait=True)
        for step in (self._signal.open, read, self._on_look):
            try:
                step()
            except Exception as error:  # noqa: BLE001 - the thread that looks must never end
                self._log.tell("Looking for a new site version failed; trying again.", error)
        if time.monotonic() - asked_at < SILENT_AFTER:  # it refused at once, so queries do not hang
            self._asked_at = None


def _ask():
    with connection_looked_after():
        return current()


@contextlib.contextmanager
def connection_looked_after() -> Iterator[None]:
    """Treat this thread's connection as a request does, for queries outside of requests."""
    was_open = connection.connection is not None
    _look_after_connection()  # as at the start of a request
    try:
        yield
    finally:
        if not was_open:
            _look_after_connection()  # as at the end of a request


def _look_after_connection():
    """Close a connection that is broken or too old."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
