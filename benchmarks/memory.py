"""How much memory the site needs under everything that happens to it, and whether it grows.

    python benchmarks/memory.py [--minutes 10] [--posts FOLDER]

Starts the site as `make run` does. Four readers ask for public pages of every kind, some more often
than others, for feeds, and for searches, each of which is a new one. An editor opens forms, lists
and histories, and saves a public digest every few seconds. Prints the PSS of each worker, of both
and of all processes in MB (1,000,000 bytes) at the start, each minute and at the end, after a rest.
The last line says how many times as much the workers have at the end as in the middle.
"""

import argparse
import contextlib
import itertools
import random
import re
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import goals, pages, processes, publishing  # noqa: E402
from tests.faults import desk, site  # noqa: E402
from tests.support import served  # noqa: E402

READERS = 4
BETWEEN_REQUESTS = 0.02  # seconds
BETWEEN_SAVES = 3.0
REST = 5.0
KIB = 1024 / 1e6  # MB
OFTEN = ["/", "/feeds/digests.rss", "/feeds/articles.atom", "/feeds/digests.json", "/archive/"]
ALONE = ["/tags/", "/publishers/", "/corrections/", "/subscribe/", "/search/", "/sitemap.xml"]
DESK = ["/admin/", "/admin/articles/digest/", "/admin/articles/tag/", "/admin/articles/publisher/"]
WORDS = ["반도체", "AI", "모델", "투자", "규제", "연구", "로봇", "데이터", "시장", "공개"]


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        folder, port = Path(folder), pages.free_port()
        server = stack.enter_context(pages.started_site(folder, port, options.posts))
        publishing.prepare(folder, port)
        create_editor()
        site.wait_until(lambda: len(served.workers_of(server.pid)) == 2)
        write("minute", "workers", "both", "all")
        start = report("start", server.pid)
        with mixed_load(port) as failures:
            measured = [start, *each_minute(server.pid, options.minutes)]
        time.sleep(REST)
        measured.append(report("end", server.pid))
    growth = measured[-1] / measured[len(measured) // 2]
    write("errors", len(failures), *failures[:3])
    write("end ÷ middle", f"{growth:.2f}")
    goals.tell("memory of both workers", measured)
    goals.tell("memory at the end ÷ in the middle", [growth])


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--posts", type=Path, help="a folder of posts instead of the demo")
    return parser.parse_args()


def create_editor():
    from django.contrib.auth.models import User

    user, _is_new = User.objects.get_or_create(
        username="measured", is_staff=True, is_superuser=True
    )
    user.set_password(site.PASSWORD)
    user.save()


# Load


@contextlib.contextmanager
def mixed_load(port):
    """Readers and an editor at work. Gives the list of what was not answered as it should be."""
    is_over, failures = threading.Event(), []
    work = [threading.Thread(target=edit, args=(port, is_over, failures))]
    paths = public_paths(port)
    for number in range(READERS):
        work.append(threading.Thread(target=read, args=(port, paths, number, is_over, failures)))
    for thread in work:
        thread.start()
    try:
        yield failures
    finally:
        is_over.set()
        for thread in work:
            thread.join()


def public_paths(port):
    """All pages that the site map names."""
    maps, found = ["/sitemap.xml"], []
    for address in maps:
        text = pages.fetch(port, address).decode()
        for location in re.findall(r"<loc>http://[^/]+([^<]+)</loc>", text):
            (maps if location.endswith(".xml") else found).append(location)
    return found


def read(port, paths, number, is_over, failures):
    chance = random.Random(number)  # noqa: S311 - no secret
    while not is_over.wait(BETWEEN_REQUESTS):
        query = urllib.parse.quote(f"{chance.choice(WORDS)} {chance.randrange(1000)}")
        kinds = (OFTEN, paths, ALONE, [f"/search/?q={query}"])
        path = chance.choice(chance.choices(kinds, weights=(5, 3, 1, 1))[0])
        status = site.status_of(port, urllib.parse.unquote(path))
        if status != 200:
            failures.append((path, status))


def edit(port, is_over, failures):
    """Open what an editor opens, and save one public digest after the other."""
    from django.db import connection

    from articles.models import Digest

    editor = desk.Editor(port).log_in("measured")
    newest = Digest.objects.published().order_by("-date").values_list("pk", flat=True)[:20]
    addresses = [f"/admin/articles/digest/{pk}/change/" for pk in newest]
    connection.close()
    for turn, address in enumerate(itertools.cycle(addresses)):
        if is_over.wait(BETWEEN_SAVES):
            return
        changed = editor.form(address) | {
            "introduction": f"{turn}번째로 고친 글",
            "_continue": "1",
            "change_kind": "typo",
        }
        history = address.replace("/change/", "/history/")
        asked = [(address, changed), (history, None), (DESK[turn % len(DESK)], None)]
        for path, data in asked:
            status = editor.ask(path, data)[0]
            if status != (302 if data else 200):
                failures.append((path, status))


# Measuring


def each_minute(pid, minutes):
    begun = time.monotonic()
    for minute in range(1, minutes + 1):
        time.sleep(max(0, begun + 60 * minute - time.monotonic()))
        yield report(minute, pid)


def report(when, pid):
    """Print a line; returns MB of both workers."""
    workers = [KIB * processes.pss(worker) for worker in sorted(served.workers_of(pid))]
    everything = KIB * processes.memory(pid)
    each = " + ".join(f"{one:.1f}" for one in workers)
    write(when, each, f"{sum(workers):.1f}", f"{everything:.1f}")
    return sum(workers)


def write(*cells):
    sys.stdout.write("\t".join(map(str, cells)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
