"""How steady the site is for readers while it changes.

    python benchmarks/steady.py [--posts FOLDER] [--rounds 5] [--seconds 8] [--rate 200]

Starts the site as `make run` does, and nginx in files mode in front of it. Readers ask for the day
page, the home page, the feed and twenty older pages, so many requests a second in all, each at its
own moment whether or not the ones before are answered. Rounds alternate: nothing changes, or
another process changes a published digest every second. Prints the median and the 99th percentile
of the milliseconds from a request's moment to the last byte of its answer: lowest, median and
highest of the rounds, and the ratio of the two kinds of rounds. Needs `nginx`.
"""

import argparse
import contextlib
import http.client
import multiprocessing
import queue
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import goals, pages, publishing  # noqa: E402

READERS = 24
EVERY = 1.0  # seconds between two changes
FETCHES = 8  # of each page beforehand: each worker makes its own


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        folder = Path(folder)
        folder.chmod(0o755)  # nginx may run as somebody else
        ports = {name: pages.free_port() for name in ("site", "alone", "front")}
        stack.enter_context(pages.started_site(folder, ports["site"], options.posts))
        (folder / "alone").mkdir()
        stack.enter_context(pages.started(pages.configured(folder, ports)))
        pages.wait_for(ports["front"])
        publishing.prepare(folder, ports["site"])
        paths = popular(ports["site"])
        for kind, port in (("site", ports["site"]), ("files mode", ports["front"])):
            kinds = {"still": contextlib.nullcontext, "changing": changes}
            found = rounds(port, paths, options, kinds)
            report(kind, found, f"p99 with a change a second ÷ without, {kind}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--posts", type=Path, help="a folder of posts instead of the demo")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8, help="of every round")
    parser.add_argument("--rate", type=int, default=200, help="requests a second")
    return parser.parse_args()


def popular(port):
    """Paths of pages as readers want them: the day page and the home page first."""
    from articles.models import Article, Digest

    digests = list(Digest.objects.published().order_by("-date")[:10])
    older = [digest.get_absolute_url() for digest in digests[1:]]
    articles = Article.objects.filter(digest__in=digests).select_related("digest")[:11]
    older += [article.get_absolute_url() for article in articles]
    often = [digests[0].get_absolute_url(), "/", "/feeds/digests.rss"]
    for path in (*often, *older) * FETCHES:
        pages.fetch(port, path)
    return [path for other in older for path in (*often, other)]


def rounds(port, paths, options, kinds):
    """Seconds of every answer, by kind of round, a list for each round. `kinds` has for each kind
    what makes the context of a round."""
    found = {kind: [] for kind in kinds}
    for _ in range(options.rounds):
        for kind, context in kinds.items():
            with context():
                found[kind].append(ask(port, paths, options))
    return found


@contextlib.contextmanager
def changes():
    """A published digest changes every second, in a process of its own: the readers of this one
    must not wait for it."""
    context = multiprocessing.get_context("spawn")
    is_ready, is_over = context.Event(), context.Event()
    changing = context.Process(target=change_until, args=(is_ready, is_over))
    changing.start()
    try:
        is_ready.wait()
        yield
    finally:
        is_over.set()
        changing.join()


def change_until(is_ready, is_over):
    import django

    django.setup()

    from django.db import transaction

    from articles.changes import site_version
    from articles.models import Digest

    is_ready.set()
    number = 0
    while not is_over.wait(EVERY):
        number += 1
        with transaction.atomic():
            digest = Digest.objects.published().latest("date")
            digest.introduction = f"{time.time()}: {number}번째로 고친 글"
            digest.version += 1
            digest.save()
            site_version.move(digest)


def ask(port, paths, options):
    """Seconds of every answer to requests that are sent at a steady rate."""
    waiting, answered = queue.SimpleQueue(), []
    readers = [
        threading.Thread(target=read, args=(port, waiting, answered)) for _ in range(READERS)
    ]
    for reader in readers:
        reader.start()
    begun = time.perf_counter()
    for number in range(int(options.rate * options.seconds)):
        moment = begun + number / options.rate
        time.sleep(max(0, moment - time.perf_counter()))
        waiting.put((moment, paths[number % len(paths)]))
    for _ in readers:
        waiting.put(None)
    for reader in readers:
        reader.join()
    return answered


def read(port, waiting, answered):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        while asked := waiting.get():
            moment, path = asked
            connection.request("GET", path, headers={"Accept-Encoding": "br, gzip"})
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise SystemExit(f"{path} was answered with {response.status}.")
            answered.append(time.perf_counter() - moment)


def report(name, found, goal):
    """Print the figures of each kind of rounds, and tell the ratio of the last to the first."""
    write = sys.stdout.write
    still, *_, other = found
    for percent in (50, 99):
        points = {
            kind: [statistics.quantiles(times, n=100)[percent - 1] * 1000 for times in rounds]
            for kind, rounds in found.items()
        }
        for kind, values in points.items():
            low, middle, high = min(values), statistics.median(values), max(values)
            write(f"{name}, {kind}, p{percent}: {low:.1f} / {middle:.1f} / {high:.1f} ms\n")
        ratios = [one / two for one, two in zip(points[other], points[still], strict=True)]
        low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
        write(f"{name}, {other} ÷ {still}, p{percent}: {low:.2f} / {middle:.2f} / {high:.2f}\n")
        if percent == 99:
            goals.tell(goal, ratios)


if __name__ == "__main__":
    main()
