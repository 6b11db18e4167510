"""Lets the live server answer while a test runs, and not while the tables are emptied after it."""

import threading
import time

from django.core.signals import request_finished, request_started

PATIENCE_SECONDS = 10


class Gate:
    """Shut at first; between `open` and `shut` requests are let in.

    A page sends its text once more as it closes, and nobody can tell when that arrives: in the
    middle of emptying the tables it would be a deadlock, after it a row in the next test.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._is_open = False
        self._inside = 0
        request_started.connect(self._enter, weak=False)
        request_finished.connect(self._leave, weak=False)

    def _enter(self, **kwargs):
        with self._lock:
            if not self._is_open:
                # The one kind of error that wsgiref takes for a client gone away.
                raise ConnectionAbortedError
            self._inside += 1

    def _leave(self, **kwargs):
        with self._lock:
            self._inside -= 1

    def open(self):
        self._is_open = True

    def shut(self):
        """Raise TimeoutError if the server is still busy after ten seconds."""
        with self._lock:
            self._is_open = False
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._inside:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self._inside} requests are still under way.")
            time.sleep(0.02)

    def remove(self):
        request_started.disconnect(self._enter)
        request_finished.disconnect(self._leave)
