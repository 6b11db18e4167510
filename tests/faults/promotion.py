"""The machine of the database dies under load, and its replica takes over.

PostgreSQL with a synchronous replica, as docs/operations.md sets them up: a save is answered once
both have it. The primary is killed as a machine that loses its power, an operator promotes the
replica, and the node finds it by itself, since its DATABASE_URL names both.
"""

import contextlib
import http.client
import os
import signal
import threading
import time
from pathlib import Path

import psycopg

from benchmarks.processes import family
from tests.faults import pace
from tests.faults.desk import Editor
from tests.faults.result import Result
from tests.faults.site import FEED, HOME, Database, Node, Readers, free_port, status_of, wait_until
from tests.support import postgresql

NAME = "the database's machine dies, a replica is promoted"
ARCHIVE = "/archive/?x="  # never stored: it needs the database
# What an operator is given to see what happened, and to decide.
DECISION = 2.0
RECOVERY = 3.0
# As on a machine that can lose its power; the tests' servers do without.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


class Primary(Database):
    """A PostgreSQL that other machines can reach, here at a `port` of this one."""

    def __init__(self):
        self.port = free_port()
        super().__init__(**DURABLE, listen_addresses="'127.0.0.1'", port=self.port)
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def wait_for_replica(self):
        """Wait until the replica has all that there is, and answer nobody before it from now on."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")
            states = "SELECT sync_state FROM pg_stat_replication"
            wait_until(lambda: connection.execute(states).fetchall() == [("sync",)])

    def lose_power(self):
        """End all its processes at once, without a word to anybody."""
        postmaster = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        for process in family(postmaster):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        (self.folder / "data/postmaster.pid").unlink()  # nobody stops it again


class Replica(Primary):
    """A copy of a primary that follows it until it is promoted."""

    def __init__(self, primary: Primary):
        super().__init__()
        self.primary = primary

    def __enter__(self):
        copied = ["--pgdata", self.folder / "data", "--write-recovery-conf", "--checkpoint=fast"]
        # Its place is beside the program that a link may lead to.
        program = (self.binaries / "initdb").resolve().with_name("pg_basebackup")
        postgresql.run([*self.prefix, program, "--dbname", self.primary.url, *copied])
        with (self.folder / "data/postgresql.conf").open("a") as file:
            file.write(f"port = {self.port}\nunix_socket_directories = '{self.folder}'\n")
        self.start()
        return self

    def promote(self):
        self._pg_ctl("promote")


class Saver(threading.Thread):
    """An editor who saves the draft again and again, each time with another text. `answers` are
    (text, status, moment of the answer); the status is None if there was none."""

    def __init__(self, editor: Editor, address: str):
        super().__init__(daemon=True)
        self.editor, self.address = editor, address
        self.answers: list[tuple[str, int | None, float]] = []
        self._over = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self._over.set()
        self.join()

    def run(self):
        while not self._over.wait(0.05):
            text, status = f"글 {len(self.answers)}", None
            # The form is not to be had while the database is away.
            with contextlib.suppress(AssertionError, OSError, http.client.HTTPException):
                form = self.editor.form(self.address) | {"introduction": text, "_continue": "1"}
                status = self.editor.ask(self.address, form)[0]
            self.answers.append((text, status, time.monotonic()))

    def saved(self, since=0.0) -> list[tuple[str, float]]:
        """The texts that were answered as saved, with the moments."""
        return [(text, at) for text, status, at in self.answers if status == 302 and at >= since]


def run(folder: Path) -> list[Result]:
    with Primary() as primary, Replica(primary) as replica:
        primary.wait_for_replica()
        with Node(folder, url_of_both(primary, replica)) as node:
            return under_load(primary, replica, node)


def url_of_both(*servers: Primary) -> str:
    ports = ",".join(str(server.port) for server in servers)
    hosts = ",".join("127.0.0.1" for _server in servers)
    where = f"host={hosts}&port={ports}&target_session_attrs=read-write"
    return f"postgresql://postgres@/postgres?{where}"


def under_load(primary, replica, node):
    editor = Editor(node.port).log_in()
    address = editor.new_digest("2031-05-05", "넘겨받기 전의 제목")
    for path in (HOME, FEED):
        status_of(node.port, path)
    with Readers(node.port, (HOME, FEED)) as readers, Saver(editor, address) as saver:
        wait_until(lambda: len(saver.saved()) >= 10)
        primary.lose_power()
        dead = time.monotonic()
        time.sleep(DECISION)
        decided = time.monotonic()
        replica.promote()
        promoted = time.monotonic()
        wait_until(lambda: len(saver.saved(since=promoted)) >= 10)
    unstored = status_of(node.port, ARCHIVE)
    [(_text, first), *_more] = saver.saved(since=decided)
    lost = {text for text, _at in saver.saved()} - kept(replica)
    return [
        Result(
            NAME,
            "8 readers of home and feed go on",
            str(readers.counts),
            "0 errors",
            not readers.counts.errors,
        ),
        Result(
            NAME,
            "an editor saves on and on",
            f"{len(saver.answers)} tries, {len(saver.saved())} answered as saved, {len(lost)} lost",
            "none of them is lost",
            not lost,
        ),
        Result(
            NAME,
            f"the replica is promoted {decided - dead:.1f} s later, which takes "
            f"{promoted - decided:.2f} s",
            f"saved {first - decided:.2f} s after that was asked for, {first - dead:.2f} s after "
            f"the end of the primary; an unstored page then {unstored}",
            f"within {pace.shown(RECOVERY)} of being asked for; 200",
            first - decided <= pace.limit(RECOVERY) and unstored == 200,
        ),
    ]


def kept(server: Primary) -> set[str]:
    """The introductions of all revisions that a server has."""
    with psycopg.connect(server.url) as connection:
        return {
            row[0]
            for row in connection.execute("SELECT data->>'introduction' FROM articles_revision")
        }
