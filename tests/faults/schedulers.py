"""Eight schedulers at once, killed and started again, and none at all for two hours."""

import datetime as dt
import random
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from tests.faults.engines import SQLITE, engines
from tests.faults.forked import some
from tests.faults.making import FIRST
from tests.faults.result import Result
from tests.faults.site import Node, Process, environment, get, python, status_of, wait_until

NAME = "schedulers"
SCHEDULERS, WAVES, A_WAVE = 8, 5, 4
KILLED_A_WAVE = 2
OUTAGE = dt.timedelta(hours=2)
RUN_DUE = [sys.executable, "manage.py", "run_due", "--every", "1"]


def run(folder: Path) -> list[Result]:
    with engines(folder) as both:
        return [result for engine in both for result in run_on(engine, folder / engine.name)]


def run_on(engine, folder):
    folder.mkdir()
    site = engine.site()
    environ = environment(folder, site.url)
    python(environ, "-m", "tests.faults.making", "scheduled", f"{WAVES * A_WAVE + 2}", "3")
    with ExitStack() as stack:
        workers = [
            stack.enter_context(Process(RUN_DUE, folder / f"{number}.log", environ))
            for number in range(SCHEDULERS)
        ]
        kills = sum(wave(engine, site, workers, number) for number in range(WAVES))
        time.sleep(1.5)  # whoever would do something twice has had the time for it
    found = published(site, range(WAVES * A_WAVE))
    yield result_of(engine, found, kills)
    yield outage(engine, site, environ, folder)


def nothing_is_due(engine, site):
    now = "STRFTIME('%Y-%m-%d %H:%M:%f', 'now')" if engine.name == SQLITE else "now()"
    due = f"SELECT id FROM articles_digest WHERE status = 'scheduled' AND publish_at <= {now}"  # noqa: S608
    return not site.rows(due)


def wave(engine, site, workers, number):
    """Let the hour of some digests come while workers die, and wait until they are published;
    returns how many workers were killed."""
    come(site, range(number * A_WAVE, (number + 1) * A_WAVE), dt.timedelta())
    for worker in random.sample(workers, KILLED_A_WAVE):
        time.sleep(some(1 / KILLED_A_WAVE))
        worker.kill()
        worker.start()
    wait_until(lambda: nothing_is_due(engine, site))
    return KILLED_A_WAVE


def come(site, numbers, ago):
    """Make it the hour of digests, or so long ago."""
    hour = site.moment(dt.datetime.now(dt.UTC) - ago)
    for number in numbers:
        date = FIRST + dt.timedelta(days=number)
        site.rows("UPDATE articles_digest SET publish_at = ? WHERE date = ?", hour, f"{date}")


def published(site, numbers):
    """Of every digest its status, version, and the numbers of audit rows and revisions."""
    dates = [f"{FIRST + dt.timedelta(days=number)}" for number in numbers]
    return [
        site.rows(
            "SELECT status, version, published_at = publish_at,"
            " (SELECT count(*) FROM articles_auditentry a"
            "  WHERE a.digest_id = d.id AND a.action = 'published'),"
            " (SELECT count(*) FROM articles_revision r WHERE r.digest_id = d.id)"
            " FROM articles_digest d WHERE date = ?",
            date,
        )[0]
        for date in dates
    ]


# A digest is scheduled with version 2 and its first revision, and published with the next ones.
ONCE = ("published", 3, True, 1, 2)


def result_of(engine, found, kills):
    once = sum(tuple(row) == ONCE for row in found)
    return Result(
        f"schedulers ({engine.name})",
        f"{SCHEDULERS} × run_due at once on {len(found)} due digests, {kills} of them killed (-9) "
        "at random and started again",
        f"{once} of {len(found)} with one audit row, one revision, one version more",
        "each published exactly once",
        held=once == len(found),
    )


def outage(engine, site, environ, folder):
    """Nothing runs for two hours in which the hour of two digests comes."""
    late = range(WAVES * A_WAVE, WAVES * A_WAVE + 2)
    come(site, late, OUTAGE)
    page = f"/{FIRST + dt.timedelta(days=late[0]):%Y/%m/%d}/"
    with Node(folder, site.url) as node:
        seen, before = status_of(node.port, page), readiness(node.port)
        log = folder / "back.log"
        with Process(RUN_DUE, log, environ):
            wait_until(lambda: nothing_is_due(engine, site))
            time.sleep(1.5)
        after = readiness(node.port)
    once = sum(tuple(row) == ONCE for row in published(site, late))
    flagged = sum(lateness(site, number) >= OUTAGE.total_seconds() for number in late)
    warned = log.read_text().count("seconds after its hour")
    return Result(
        f"no scheduler for two hours ({engine.name})",
        "the hours of 2 digests came and nothing ran; then one run_due",
        f"page meanwhile {seen}, /readyz {before}, afterwards {after}; {once} published once, "
        f"{flagged} flagged late in the audit trail, {warned} warnings",
        "readers had them on time; published once, flagged late; alarm until then",
        held=(seen, before, after, once, flagged, warned) == (200, 503, 200, 2, 2, 2),
    )


def readiness(port):
    return get(port, "/readyz")[0]


def lateness(site, number):
    """By how many seconds a digest was late, as the audit trail has it."""
    date = FIRST + dt.timedelta(days=number)
    [(detail,)] = site.rows(
        "SELECT a.detail FROM articles_auditentry a JOIN articles_digest d ON d.id = a.digest_id"
        " WHERE d.date = ? AND a.action = 'published'",
        f"{date}",
    )
    return site.json(detail)["late_seconds"]
