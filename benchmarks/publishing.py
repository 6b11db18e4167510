"""How soon readers see what was published, on the machine where it was.

    python benchmarks/publishing.py POSTS [--times 10]

imports the posts (a folder, such as ten years of them) into a site of its own, starts the site as
`make run` does, and publishes digests of eight articles from another process, as the scheduler and
the desk do. Each figure is in milliseconds, the median and the worst: what publishing takes, and
from its commit on the time until the home page, the day's page and the feed show the digest, for
which three readers ask at the same time. Run it alone on the machine.
"""

import argparse
import contextlib
import datetime as dt
import http.client
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import goals, pages  # noqa: E402

PATIENCE = 10.0
PLACES = ("publishing", "home page", "day page", "feed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("posts", type=Path)
    parser.add_argument("--times", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder, port = Path(folder), pages.free_port()
        with pages.started_site(folder, port, options.posts):
            prepare(folder, port)
            rounds = [publish_one(port, number) for number in range(options.times)]
    for place, times in zip(PLACES, zip(*rounds, strict=True), strict=True):
        middle, worst = statistics.median(times), max(times)
        sys.stdout.write(f"{place}: {middle:.0f} ms, worst {worst:.0f} ms\n")
        if place != "publishing":
            goals.tell(f"{place} shows a new digest after", times)


def prepare(folder, port):
    """Let this process be another one of that site."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "DATA_DIR": str(folder / "data"),
        "PAGES_DIR": str(folder / "pages"),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": os.urandom(40).hex(),
    }
    import django

    django.setup()
    for path in ("/", "/feeds/digests.rss", "/archive/"):
        pages.fetch(port, path)


def publish_one(port, number):
    """Milliseconds for each of PLACES."""
    from articles.digests import publishing
    from tests.support import factories

    digest = factories.make_digest(next_day(), articles=8, published=False)
    title = digest.title = f"{number + 1}번째로 잰 다이제스트"
    digest.save()
    started = time.perf_counter()
    digest = publishing.publish(digest, unchecked=True)
    committed = time.perf_counter()
    paths = ("/", digest.get_absolute_url(), "/feeds/digests.rss")
    with ThreadPoolExecutor(len(paths)) as readers:
        seen = list(readers.map(lambda path: until_shown(port, path, title, committed), paths))
    return [1000 * seconds for seconds in (committed - started, *seen)]


def next_day():
    """The day after the last digest."""
    from articles.models import Digest

    return Digest.objects.order_by("-date").first().date + dt.timedelta(days=1)


def until_shown(port, path, title, committed):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        while time.perf_counter() < committed + PATIENCE:
            connection.request("GET", path)
            if title.encode() in connection.getresponse().read():
                return time.perf_counter() - committed
    raise SystemExit(f"{path} did not show the digest within {PATIENCE:.0f} s.")


if __name__ == "__main__":
    main()
