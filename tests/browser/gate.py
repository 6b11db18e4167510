"""Lets the live server answer while a test runs, and not while the tables are emptied after it."""

import threading

from django.core.signals import request_finished, request_started

from tests.support.waiting import wait_until


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
        """Let nothing more in, and wait until the server has answered all that is inside."""
        with self._lock:
            self._is_open = False
        wait_until(lambda: not self._inside)

    def remove(self):
        request_started.disconnect(self._enter)
        request_finished.disconnect(self._leave)
