"""Keeps the database connections of server threads, and closes them after the threads end.

The server creates these threads, not Python. When such a thread ends, Python frees its
thread-locals while the thread is already partly destroyed. Code that runs then can crash the
process. One example is closing an SQLite connection with Python functions on Python 3.11, and on
3.12 before 3.12.4.

So no code may run at the end of a thread. A list of this process also holds every connection and
outlives the thread. A separate thread looks for ended threads and closes their connections.
"""

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds


class ConnectionsEndWithThreads:
    """A WSGI callable around another one. Connections that requests open in a thread are closed
    after the thread has ended."""

    def __init__(self, application: Callable):
        self.application = application
        self._thread = threading.local()
        self._lock = threading.Lock()
        self._kept: list[tuple[weakref.ref, list[BaseDatabaseWrapper]]] = []
        self._closer_pid: int | None = None

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if not hasattr(self._thread, "mark"):
            self._keep()
        return self.application(environ, start_response)

    def close_what_is_left(self) -> None:
        """Close the connections of threads that have ended."""
        with self._lock:
            left = [kept for mark, kept in self._kept if mark() is None]
            self._kept = [(mark, kept) for mark, kept in self._kept if mark() is not None]
        for connection in (connection for kept in left for connection in kept):
            try:
                connection.inc_thread_sharing()  # allows this thread to close it
                connection.close()
            except Exception:
                logger.exception("A connection of a thread that is gone could not be closed.")

    def _keep(self):
        """Register the connections of this thread. Django creates the objects now and opens them
        when they are needed."""
        mark = self._thread.mark = _Mark()
        with self._lock:
            self._kept.append((weakref.ref(mark), connections.all()))
        self._start_closer()

    def _start_closer(self):
        """Start one closing thread per process, from the process that serves: no thread survives a
        fork."""
        with self._lock:
            if self._closer_pid == os.getpid():
                return
            self._closer_pid = os.getpid()
        threading.Thread(target=self._keep_closing, name="connections", daemon=True).start()

    def _keep_closing(self):
        while True:
            time.sleep(LOOK_EVERY)
            self.close_what_is_left()


class _Mark:
    """Exists as long as its thread. It must have no finalizer, and references to it no callback:
    both would run at the end of the thread."""

    __slots__ = ("__weakref__",)
