"""How long the first readers of a new worker wait.

    python benchmarks/warm.py [--posts FOLDER] [--rounds 3]

Starts the site as `make run` does. In each round it asks for a page of every kind after a start,
after a reload (SIGHUP), and after one worker was killed, as soon as all workers are new ones and
answer. Each kind is asked for on as many connections as it takes for both workers to have answered,
and its figure is the slowest answer in milliseconds. Prints the lowest, the median and the highest
of all kinds and rounds for each of the three.
"""

import argparse
import contextlib
import http.client
import os
import signal
import statistics
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import goals, pages  # noqa: E402
from tests.faults.site import wait_until  # noqa: E402
from tests.support import served  # noqa: E402

ALONE = ("/feeds/articles.rss", "/feeds/digests.json", "/archive/", "/tags/", "/publishers/")
# Connections go to either worker by chance: with so many, one is left out in one of 30,000 tries.
CONNECTIONS = 16
WORKERS = 2


def main():
    options = arguments()
    with site(options.posts) as (_server, port):
        asked_for = paths(port)
    found = {"start": [], "reload": [], "respawn": []}
    for _round in range(options.rounds):
        with site(options.posts) as (server, port):
            for begin in (start, reload, respawn):
                begin(server, port)
                found[begin.__name__] += [slowest(port, path) for path in asked_for]
    for name, times in found.items():
        spread = f"{min(times):.1f} / {statistics.median(times):.1f} / {max(times):.1f}"
        sys.stdout.write(f"{name}: {spread} ms\n")
    goals.tell("first page of each kind in a new worker", chain(*found.values()))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--posts", type=Path, help="a folder of posts instead of the demo")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


# New workers


@contextlib.contextmanager
def site(posts):
    """The process id of the server of a new site, and its port."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        port = pages.free_port()
        yield stack.enter_context(pages.started_site(Path(folder), port, posts)).pid, port


def start(server, port):
    wait_until(lambda: len(served.workers_of(server)) == WORKERS)
    settle(port)


def reload(server, port):
    renewed(server, port, lambda before: os.kill(server, signal.SIGHUP), WORKERS)


def respawn(server, port):
    renewed(server, port, lambda before: os.kill(min(before), signal.SIGKILL), 1)


def renewed(server, port, act, number):
    """Wait until so many workers are others than before."""
    before = set(served.workers_of(server))
    act(before)

    def are_new():
        now = set(served.workers_of(server))
        return len(now) == WORKERS and len(now - before) == number

    wait_until(are_new)
    settle(port)


def settle(port):
    """Wait until every connection is answered at once. Asking for `/healthz` makes no page."""
    wait_until(lambda: all(asked(port, "/healthz") < 20 for _ in range(CONNECTIONS)))


# Asking


def paths(port):
    """A page of every kind. To find them, it asks for some of them."""
    kinds = pages.kinds(port)
    return [*(path for path, headers in kinds.values() if not headers), *ALONE]


def slowest(port, path):
    return max(asked(port, path) for _connection in range(CONNECTIONS))


def asked(port, path):
    """Milliseconds until the last byte, on a new connection."""
    begun = time.perf_counter()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", path, headers={"Accept-Encoding": "br, gzip"})
        connection.getresponse().read()
    return 1000 * (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
