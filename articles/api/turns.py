"""Pushes take turns, so that a crowd of programs leaves threads for readers and editors.

A server process has four threads or more, and SQLite has one writer. In each process one push is
worked on, and two more may wait for it. Further ones are told to come again. They are not counted:
that would be a write for each of them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from articles.api.problems import Problem

MOST_WAITING = 2
WAIT_SECONDS = 20.0
RETRY_AFTER = 2  # seconds

_places = threading.BoundedSemaphore(1 + MOST_WAITING)
_turn = threading.Lock()


@contextmanager
def one() -> Iterator[None]:
    """Wait for the turn and hold it. Raises Problem."""
    if not _places.acquire(blocking=False):
        raise _too_many()
    try:
        if not _turn.acquire(timeout=WAIT_SECONDS):
            raise _too_many()
        try:
            yield
        finally:
            _turn.release()
    finally:
        _places.release()


def _too_many():
    message = _("Too many pushes are coming in. Send the same again in %(seconds)d seconds.")
    headers = {"Retry-After": str(RETRY_AFTER)}
    return Problem("too-many", message % {"seconds": RETRY_AFTER}, headers=headers)
