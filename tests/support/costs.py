"""Whether work stays cheap, on a machine of any speed and under any load.

Cost is not measured in seconds, but in two other units:

- calls of Python and C functions. Their number is the same in every run.
- yardsticks: CPU time divided by that of a fixed piece of work, which the same thread does just
  before. A single call in C or Rust, such as a regular expression search, can blow up without more
  calls. On a slow or shared processor, both take longer.
"""

import cProfile
import re
import time
from contextlib import ExitStack
from functools import cache

from django.db import transaction

# In yardsticks: work below this is certainly cheap, which is nearly all. The most calls that are
# allowed take longer, even if each does nothing and is made from C, and counting them three times
# as long.
CHEAP = 140
# Only a blow-up exceeds these. The most expensive work takes half of the calls and a third of the
# yardsticks.
MOST_CALLS, MOST_YARDSTICKS = 5_000_000, 1_500

_TEXT = "가나다라 ab, 12:30 (한빛) " * 400
_WORDS = re.compile(r"(?:\w+|[^\w\s])\s*")


def assert_cheap(test, work, *arguments, name="", undone=False):
    """The result of `work`, which must not blow up.

    Usually it runs once. If it took long, it runs again: once to count its calls, and up to twice
    to see whether it takes that long each time. With `undone`, its writes are rolled back before
    each repetition, so that every run starts from the same state.
    """
    ways = (_timed, _counted, _timed, _timed)
    times = []
    for number, measure in enumerate(ways):
        with ExitStack() as stack:
            if undone:
                stack.enter_context(transaction.atomic())
            result, cost = measure(work, arguments)
            if measure is _counted:
                test.assertLess(cost, MOST_CALLS, f"{name} calls")
            else:
                times.append(cost / (_yardstick() if number else _first_yardstick()))
            if min(times) < (MOST_YARDSTICKS if number else CHEAP):
                return result
            if undone and number < len(ways) - 1:
                transaction.set_rollback(True)
    test.assertLess(min(times), MOST_YARDSTICKS, f"{name} yardsticks")
    return result


def calls(work, *arguments):
    """The number of function calls of the work: the same in every run."""
    return _counted(work, arguments)[1]


def _timed(work, arguments):
    start = time.thread_time()
    result = work(*arguments)
    return result, time.thread_time() - start


def _counted(work, arguments):
    profile = cProfile.Profile()
    result = profile.runcall(work, *arguments)
    return result, sum(entry.callcount for entry in profile.getstats())


def _yardstick():
    """The CPU time of the fixed piece of work, about half of it in Python and half in C."""
    return min(_timed(_count_words, ())[1] for _ in range(3))


@cache
def _first_yardstick():
    """The first measurement, cached, since a new one for each test would take too long."""
    return _yardstick()


def _count_words():
    lengths = {}
    for word in _WORDS.findall(_TEXT):
        lengths[word] = lengths.get(word, 0) + len(word)
    return lengths
