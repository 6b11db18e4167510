"""A program that lets the site run for long, with crowds and pauses, and sees whether it grows.

`make soak` starts the server on each database as `make run` and as the unit do, and sends a crowd
to each every 35 to 45 seconds. In between, the threads that came with a crowd end. It prints a
table of what the servers had of the machine at rest, after a quarter of the time and at the end. It
ends with 1 if anything had grown by more than a twentieth, if an answer was not right, or if a
worker was lost.
"""

import argparse
import os
import random
import secrets
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg

from benchmarks.processes import family, memory
from tests.support import served
from tests.support.postgresql import start_server

PAUSE = (35.0, 45.0)  # seconds, more than the half minute after which idle threads end
# Before a measurement. Requests of clients that went away may be worked on for longer than those of
# the others, and the threads idle for half a minute after that.
REST = 45.0
MOST_GROWTH = 1.05
PATHS = [f"/search/?q=AI+{n}" for n in range(8)] + [
    "/",
    "/feeds/digests.rss",
    "/archive/",
    "/tags/",
]
COMMANDS = {"run": served.command_of_run, "unit": served.command_of_unit}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float)
    minutes = parser.parse_args().minutes
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="newsroom-soak-")))
        url = stack.enter_context(served.empty_database(start_server()[0]))
        sites = [Site(stack, folder, "SQLite"), Site(stack, folder, "PostgreSQL", url)]
        say("database", "what", "after a quarter of the time", "at the end", "holds")
        say(*["---"] * 5)
        with ThreadPoolExecutor(len(sites)) as pool:
            holds = list(pool.map(lambda site: site.soak(60 * minutes), sites))
    sys.exit(not all(holds))


def say(*cells):
    print("|", *(f"{cell} |" for cell in cells), flush=True)  # noqa: T201


class Site:
    """One database, and a server for each way of starting one."""

    def __init__(self, stack: ExitStack, folder: Path, name: str, url: str = ""):
        self.name, self.url, self.data = name, url, folder / name
        environ = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(self.data),
            "SITE_URL": "http://127.0.0.1:8000",
            "METRICS_TOKEN": secrets.token_urlsafe(),
            **({"DATABASE_URL": url} if url else {}),
        }
        self.servers = [
            stack.enter_context(served.Server(command(), environ, folder, f"{name}-{way}"))
            for way, command in COMMANDS.items()
        ]

    def soak(self, seconds: float) -> bool:
        """Whether all went well; prints the rows of the table."""
        workers = {server: server.workers() for server in self.servers}
        begin, early, crowds, wrong = time.monotonic(), None, 0, 0
        while (gone := time.monotonic() - begin) < seconds or early is None:
            if gone >= seconds / 4 and early is None:
                early = self.measured()
            for server in self.servers:
                wrong += sum(status != 200 for status, _body in server.burst(PATHS))
            crowds += 1
            time.sleep(random.uniform(*PAUSE))  # noqa: S311 - no secret
        end = self.measured()
        holds = self.told("answers other than 200", "", wrong, not wrong)
        for server in self.servers:
            lost = workers[server] - server.workers()
            holds &= self.told(f"{server.name}, workers lost", "", len(lost), not lost)
            complaints = server.complaints()
            holds &= self.told(f"{server.name}, complaints", "", len(complaints), not complaints)
        self.told("crowds", "", crowds, True)
        for what, number in end.items():
            grown = number > MOST_GROWTH * early[what]
            holds &= self.told(what, early[what], number, not grown)
        return holds

    def told(self, what, early, end, holds):
        say(self.name, what, early, end, "yes" if holds else "NO")
        return holds

    def measured(self) -> dict[str, int]:
        """What there is at rest."""
        time.sleep(REST)
        found = {"connections": self.connections()}
        for server in self.servers:
            pids = family(server.pid)
            found[f"{server.name}, PSS in KiB"] = memory(server.pid)
            found[f"{server.name}, threads"] = sum(len(entries(pid, "task")) for pid in pids)
            found[f"{server.name}, open files"] = sum(len(entries(pid, "fd")) for pid in pids)
        return found

    def connections(self) -> int:
        """To the database, of all servers. SQLite keeps the database's own file open for the next
        connection of a process, but every connection has the write-ahead log open."""
        if self.url:
            server, _, name = self.url.rpartition("/")
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
            with psycopg.connect(f"{server}/postgres") as connection:
                return connection.execute(query, [name]).fetchone()[0]
        files = [
            Path(f"/proc/{pid}/fd/{number}").resolve()
            for server in self.servers
            for pid in family(server.pid)
            for number in entries(pid, "fd")
        ]
        return files.count((self.data / "db.sqlite3-wal").resolve())


def entries(pid, kind):
    """The names in a directory of a process, none if it has just ended."""
    try:
        return os.listdir(f"/proc/{pid}/{kind}")  # noqa: PTH208
    except FileNotFoundError:
        return []


if __name__ == "__main__":
    main()
