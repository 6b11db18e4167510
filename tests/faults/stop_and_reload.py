"""The server is stopped with clients connected, and reloaded while they ask."""

import contextlib
import math
import signal
import socket
import time
from pathlib import Path

from newsroom.run import READY_SECONDS
from tests.faults import pace
from tests.faults.result import Result
from tests.faults.site import HOME, PATIENCE, Database, Nginx, Node, Readers, status_of, wait_until

NAME = "stopped, reloaded"
OPEN = 20
LIMIT = 5.0
START_SECONDS = 4  # more than enough for a worker on a machine that does nothing else
REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def run(folder: Path) -> list[Result]:
    with Database() as database:
        with Node(folder, database.url) as node:
            results = [stopped(node)]
        patient = Node(folder, database.url)
        seconds = max(READY_SECONDS, math.ceil(pace.usual(START_SECONDS)))
        set_option(patient, "--respawn-interval", seconds)
        with patient as node, Nginx(folder, [node.port]) as nginx:
            return [*results, *reloaded(node, nginx)]


def set_option(node, name, value):
    """A busy machine takes longer to have new workers ready."""
    node.command[node.command.index(name) + 1] = f"{value}"


def stopped(node):
    """Every client has had an answer and keeps its connection; half of them have asked again, but
    not to the end."""
    with contextlib.ExitStack() as stack:
        for number in range(OPEN):
            client = stack.enter_context(
                socket.create_connection(("127.0.0.1", node.port), PATIENCE)
            )
            client.sendall(REQUEST)
            assert client.recv(20).startswith(b"HTTP/1.1 200")
            client.sendall(REQUEST[:20] if number % 2 else b"")
        seconds, left = node.stop(), workers(node)
    return Result(
        "server stopped",
        f"SIGTERM with {OPEN} connections open, half of them in the middle of a request",
        f"ended after {seconds:.1f} s, {len(left)} processes left",
        f"within {pace.shown(LIMIT)}, none left",
        seconds < pace.limit(LIMIT) and not left,
    )


def reloaded(node, nginx):
    status_of(nginx.port, HOME)
    before = workers(node)
    with (
        Readers(node.port, threads=4, keep_alive=False) as direct,
        Readers(nginx.port, threads=4) as proxied,
    ):
        time.sleep(1)
        node.signal(signal.SIGHUP)
        wait_until(lambda: len(workers(node)) == len(before) and not before & workers(node))
        time.sleep(1)
    return [
        Result(
            "server reloaded",
            f"SIGHUP under 8 readers, half of them asking {how}",
            f"{readers.counts}, slowest {readers.counts.slowest:.2f} s",
            "0 errors, until all workers are new ones",
            not readers.counts.errors,
        )
        for how, readers in (("the server", direct), ("nginx", proxied))
    ]


def workers(node):
    """The ids of a node's processes but the first."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if fields[0] != "Z" and int(fields[2]) == node.process.pid:
                found.add(int(stat.parent.name))
    return found - {node.process.pid}
