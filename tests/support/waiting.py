"""Waiting for what other processes and threads bring about.

No test depends on how fast the machine is. A test waits until what it needs is there, and gives up
only after so long a time that nothing but a hang can be the reason.
"""

import select
import subprocess
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

# The one limit in seconds that tests have. Ordinary waiting takes a small part of it, even with
# twenty programs on two processors.
PATIENCE = 600.0


class NeverHappened(Exception):
    """What was waited for did not come about in its time."""


def wait_until(happens: Callable, seconds: float = PATIENCE, every: float = 0.02):
    """Wait until a callable returns something true, and return that. Raises NeverHappened.

    Tests keep to PATIENCE; a scenario of `tests/faults` that measures may give up sooner.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := happens():
            return found
        time.sleep(every)
    raise NeverHappened(f"{happens} was not true within {seconds} s.")


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
    """The next line that a process says; empty when nobody who could say something is left. The
    stream must have no buffer: what lies in one is not seen here. Raises NeverHappened."""
    readable, _, _ = select.select([stream], [], [], PATIENCE)
    if not readable:
        raise NeverHappened(f"Nothing was said within {PATIENCE} s.")
    return stream.readline()
