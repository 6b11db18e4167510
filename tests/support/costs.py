"""Whether work costs no more than it may, on a machine of any speed, however busy it is.

Nothing is counted in seconds, but in two other ways:

- in calls, of functions in Python and of those in C. Their number is the same in every run.
- in yardsticks: CPU time beside that of a fixed piece of work, which the same thread does just
  before. What a single call does in C or Rust, such as a search by a regular expression, can be a
  blow-up that no number of calls shows. A processor that is slow, or shared, takes longer for both.
"""

import cProfile
import re
import time
from contextlib import ExitStack
from functools import cache

from django.db import transaction

# In yardsticks, what is certainly cheap: nearly everything. To count its calls would take longer
# than the work.
CHEAP = 70
# What only a blow-up takes. The dearest work there is needs half of the calls and a third of the
# yardsticks.
MOST_CALLS, MOST_YARDSTICKS = 5_000_000, 1_500

_TEXT = "가나다라 ab, 12:30 (한빛) " * 400
_WORDS = re.compile(r"(?:\w+|[^\w\s])\s*")


def assert_cheap(test, work, *arguments, name="", undone=False):
    """The result of `work`, which must not blow up.

    It is done once as a rule, and again if it took long: once to count its calls, and up to twice
    to see whether it takes as long each time. With `undone`, what it wrote is taken back before it
    is done again, so that it starts where it did.
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
    """How many functions the work calls: the same number in every run."""
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
    """The CPU time of the fixed piece of work, about as much of it in Python as in C."""
    return min(_timed(_count_words, ())[1] for _ in range(3))


@cache
def _first_yardstick():
    """As it was when it was first needed: to take it again for everything would take longer."""
    return _yardstick()


def _count_words():
    lengths = {}
    for word in _WORDS.findall(_TEXT):
        lengths[word] = lengths.get(word, 0) + len(word)
    return lengths
