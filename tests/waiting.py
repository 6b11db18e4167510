"""Waiting for what other processes and threads bring about."""

import time


class NeverHappened(Exception):
    """What was waited for did not come about in its time."""


def wait_until(happens, seconds=30.0, every=0.02):
    """Wait until a callable returns something true, and return that; the seconds it took are
    for the caller to take. Raises NeverHappened."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := happens():
            return found
        time.sleep(every)
    raise NeverHappened(f"{happens} was not true within {seconds} s.")
