"""Whether work costs no more than it may."""

import time
from contextlib import ExitStack

from django.db import transaction

ATTEMPTS = 3


def assert_cheap(test, seconds, work, *arguments, name="", undone=False):
    """The result of `work`, which must take less CPU time of its own thread than so many seconds.

    A core that is shared is slower at times, while what costs too much costs it every time: the
    best of a few attempts counts. With `undone`, what an attempt wrote is taken back before the
    next one, which so starts where it did.
    """
    taken = []
    for attempt in range(1, ATTEMPTS + 1):
        with ExitStack() as stack:
            if undone:
                stack.enter_context(transaction.atomic())
            start = time.thread_time()
            result = work(*arguments)
            taken.append(time.thread_time() - start)
            if taken[-1] < seconds:
                return result
            if undone and attempt < ATTEMPTS:
                transaction.set_rollback(True)
    test.assertLess(min(taken), seconds, name)
    return result
