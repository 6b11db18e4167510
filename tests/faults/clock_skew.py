"""Two nodes on one PostgreSQL, the clock of one 90 seconds ahead.

Read in turn around the hour of a scheduled digest, and after a digest was published at the node
that is ahead.
"""

import datetime as dt
import time
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from tests.faults import pace
from tests.faults.desk import Editor
from tests.faults.engines import POSTGRESQL, engines
from tests.faults.killed_writes import day, key_of, sent_to_press
from tests.faults.making import FIRST
from tests.faults.result import Result
from tests.faults.site import FEED, HOME, PATIENCE, NeverHappened, Node, environment, python

NAME = "clock skew"
AHEAD = 90
BEFORE, AFTER = 3.0, 4.0  # seconds of reading around the hour
WITHIN = 2.0  # seconds: every process looks at the database once a second


def run(folder: Path) -> list[Result]:
    with engines(folder, POSTGRESQL) as [engine]:
        site = engine.site()
        environ = environment(folder, site.url)
        python(environ, "-m", "tests.faults.making", "scheduled", "1", "2")
        right = Node(folder, site.url)
        ahead = Node(folder, site.url, CLOCK_AHEAD=f"{AHEAD}")
        ahead.command[-1] = "tests.faults.skewed:application"
        with right, ahead, steady_clock():
            return [scheduled(site, right, ahead), published(site, right, ahead)]


@contextmanager
def steady_clock():
    """The hour is told by this machine's clock, which nobody may set meanwhile."""
    before = distance_of_clocks()
    yield
    moved = distance_of_clocks() - before
    if abs(moved) > WITHIN / 10:
        raise NeverHappened(f"The clock of this machine was set by {moved:.1f} s meanwhile.")


def distance_of_clocks():
    """The smallest of some, since the process may be held up between the two."""
    return min(time.time() - time.monotonic() for _ in range(20))


def scheduled(site, right, ahead):
    """Nothing runs at the hour; the digest comes out all the same."""
    hour = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=BEFORE)
    site.rows("UPDATE articles_digest SET publish_at = ? WHERE date = ?", hour, day(0))
    seen = read(right, ahead, hour, 0)
    first = {name: appearance(of) for name, of in seen.items()}
    gone = sum(disappearances(of) for of in seen.values())
    early = sum(moment < 0 for moment in first.values())
    return Result(
        "clock skew, scheduled",
        f"two nodes, one {AHEAD} s ahead, read in turn around the hour of a digest: "
        f"{sum(map(len, seen.values()))} answers",
        f"seen after the hour by: {listed(first)}; {early} before it; {gone} times gone again",
        f"on both within {pace.shown(WITHIN)} of the hour by the database's clock, not gone again",
        held=not early and not gone and all(s <= pace.limit(WITHIN) for s in first.values()),
    )


def published(site, right, ahead):
    """At once, by an editor at the node that is ahead."""
    python(right.environ, "-m", "tests.faults.making", "drafts", "1", "2", f"{FIRST.year + 1}")
    number = 365
    editor = Editor(ahead.port).log_in()
    path, data = sent_to_press(editor, key_of(site, number))
    read_before(right, ahead, number)
    status, _headers, _text = editor.ask(path, data)
    seen = read(right, ahead, dt.datetime.now(dt.UTC), number)
    first = {name: appearance(of) for name, of in seen.items()}
    gone = sum(disappearances(of) for of in seen.values())
    return Result(
        "clock skew, published",
        f"published at the node whose clock is {AHEAD} s ahead (HTTP {status}), read in turn",
        f"seen after: {listed(first)}; {gone} times gone again",
        f"on both within {pace.shown(WITHIN)}",
        held=status == 302 and not gone and all(s <= pace.limit(WITHIN) for s in first.values()),
    )


def read(right, ahead, hour, number):
    """Read in turn until so long after the hour, and until it is there; (seconds after the hour,
    whether it was there) by the node and page. A web server's answers are read too."""
    seen = {}
    now = dt.datetime.now(dt.UTC)
    until, at_most = hour + dt.timedelta(seconds=AFTER), now + dt.timedelta(seconds=PATIENCE)
    while now < until or (now < at_most and not all(found[-1][1] for found in seen.values())):
        for page in pages(number):
            for name, node in (("right", right), ("ahead", ahead)):
                for how, ask in (("", node.answer), (" by nginx", node.sent)):
                    status, body = ask(page)
                    is_there = status == 200 and day(number) in body.decode()
                    since = (dt.datetime.now(dt.UTC) - hour).total_seconds()
                    seen.setdefault(f"{page} {name}{how}", []).append((since, is_there))
        time.sleep(0.01)
        now = dt.datetime.now(dt.UTC)
    return seen


def read_before(right, ahead, number):
    """So that there are finished pages without it."""
    for node in (right, ahead):
        for page in pages(number):
            node.sent(page)


def pages(number):
    return f"/{day(number).replace('-', '/')}/", HOME, FEED


def appearance(seen):
    """When it was first there, in seconds; for ever if it never was."""
    return next((since for since, is_there in seen if is_there), float("inf"))


def disappearances(seen):
    """How often it was gone after it had been there."""
    return sum(before and not now for (_, before), (_, now) in pairwise(seen))


def listed(first):
    return ", ".join(f"{name} {seconds:.2f} s" for name, seconds in first.items())
