"""Waits for other processes and threads.

No test depends on the speed of the machine. A test waits until a condition holds, and gives up only
after so long that nothing but a hang can be the reason.
"""

import select
import subprocess
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

from django.db import connection

# The only limit in seconds in the tests. Ordinary waits take a small part of it, even with twenty
# programs on two processors.
PATIENCE = 600.0


class NeverHappened(Exception):
    """The condition did not become true in time."""


def wait_until(happens: Callable, seconds: float = PATIENCE, every: float = 0.02):
    """Wait until a callable returns a true value, and return that value. Raises NeverHappened.

    Tests use PATIENCE; a scenario of `tests/faults` that measures may give up sooner.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := happens():
            return found
        time.sleep(every)
    raise NeverHappened(f"{happens} was not true within {seconds} s.")


def somebody_waits_for_a_lock() -> bool:
    """On PostgreSQL, whether a session waits for a lock of another one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def wait_for_event(event: threading.Event) -> None:
    """Wait until an event is set. Raises NeverHappened."""
    if not event.wait(PATIENCE):
        raise NeverHappened(f"The event was not set within {PATIENCE} s.")


def wait_for_thread(thread: threading.Thread) -> None:
    """Wait until a thread has ended. Raises NeverHappened."""
    thread.join(PATIENCE)
    if thread.is_alive():
        raise NeverHappened(f"{thread} had not ended after {PATIENCE} s.")


def end_of(process: subprocess.Popen) -> int:
    """Wait until a process has ended, and return its status. Raises NeverHappened."""
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise NeverHappened(f"{process.args} had not ended after {PATIENCE} s.") from error


def next_line(stream: BinaryIO) -> bytes:
    """The next line of a process's output; empty once nobody can write to the stream any more. The
    stream must be unbuffered, since this cannot see lines in a buffer. Raises NeverHappened."""
    readable, _, _ = select.select([stream], [], [], PATIENCE)
    if not readable:
        raise NeverHappened(f"Nothing was said within {PATIENCE} s.")
    return stream.readline()
