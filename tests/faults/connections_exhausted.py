"""Somebody holds every connection that PostgreSQL gives."""

import contextlib
import time
from pathlib import Path

import psycopg

from tests.faults import pace
from tests.faults.result import Result
from tests.faults.site import FEED, HOME, Database, Node, Readers, get, status_of, wait_until

NAME = "all connections taken"
MAX = 15
UNSTORED = "/archive/?x="
LIMIT = 1.0  # seconds
BACKENDS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND NOT pid = ANY(%s)"


def run(folder: Path) -> list[Result]:
    with Database(max_connections=MAX) as database, Node(folder, database.url) as node:
        for path in (HOME, FEED, UNSTORED):
            status_of(node.port, path)
        # Stored pages in every process of the node.
        with Readers(node.port, (HOME, FEED)):
            time.sleep(1)
        with contextlib.ExitStack() as held:
            number = take_all(database, held)
            with (
                Readers(node.port, (HOME, FEED)) as stored,
                Readers(node.port, (UNSTORED,), good=(503,)) as unstored,
            ):
                time.sleep(3)
                probes = {path: probe(node.port, path) for path in ("/readyz", "/healthz")}
            _status, headers, _body = get(node.port, UNSTORED)
        released = time.monotonic()
        wait_until(lambda: status_of(node.port, UNSTORED) == 200)
        recovered = time.monotonic() - released
        with Readers(node.port, (UNSTORED,)) as after:
            time.sleep(1)
    return rows(number, stored.counts, unstored.counts, headers, probes, recovered, after.counts)


def take_all(database, held):
    """Hold all connections and end those that are not ours, until there are none."""
    own = []

    def is_taken():
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                connection = psycopg.connect(database.url, autocommit=True)
                own.append(held.enter_context(connection))
        pids = [connection.info.backend_pid for connection in own]
        own[0].execute(f"SELECT pg_terminate_backend(pid) {BACKENDS}", [pids])
        return len(own) == MAX

    wait_until(is_taken)
    return len(own)


def probe(port, path):
    started = time.monotonic()
    return status_of(port, path), time.monotonic() - started


def rows(number, stored, unstored, headers, probes, recovered, after):
    (ready, ready_in), (alive, alive_in) = probes["/readyz"], probes["/healthz"]
    limit = pace.limit(LIMIT)
    done = f"{number} of {MAX} held"
    return [
        Result(
            NAME,
            f"{done}; 8 readers of home and feed, 8 of an unstored page beside them",
            f"stored: {stored}, slowest {stored.slowest:.2f} s",
            f"0 errors, none over {pace.shown(LIMIT)}",
            not stored.errors and stored.slowest < limit,
        ),
        Result(
            NAME,
            "the unstored page",
            f"{len(unstored.answers)} requests, {len(unstored.errors)} other than 503, "
            f"p95 {unstored.p95:.2f} s, Retry-After: {headers.get('Retry-After')}",
            f"503 with Retry-After in under {pace.shown(LIMIT)}",
            not unstored.errors and unstored.p95 < limit and "Retry-After" in headers,
        ),
        Result(
            NAME,
            "/readyz and /healthz",
            f"{ready} in {ready_in:.2f} s, {alive} in {alive_in:.2f} s",
            f"503 and 200 in under {pace.shown(LIMIT)}",
            (ready, alive) == (503, 200) and max(ready_in, alive_in) < limit,
        ),
        Result(
            NAME,
            "all released",
            f"unstored page 200 after {recovered:.2f} s, then {after}",
            f"200 within {pace.shown(LIMIT)}, then 0 errors",
            recovered < limit and not after.errors,
        ),
    ]
