"""What the list of candidates costs, and how long it takes to poll feeds.

    python benchmarks/inbox.py [--candidates 10000] [--feeds 200] [--rounds 5]

writes into the database that the environment names, which must be migrated and empty. The feeds
come from a server on this machine in a process of its own, so WEBHOOK_PRIVATE_NETWORKS is set here.
A page of the list has the lowest, the median and the highest of all rounds, in CPU milliseconds of
this process; polling everything that is due has seconds and CPU seconds. The CPU of PostgreSQL is
not counted; SQLite's is.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
os.environ["WEBHOOK_PRIVATE_NETWORKS"] = "127.0.0.0/8"

from benchmarks import goals  # noqa: E402

ORIGINS = 25
ENTRIES = 30
WORDS = (
    *("반도체", "로봇", "모델", "공개", "투자", "전력", "규제", "협의", "양산", "수율", "공장"),
    *("데이터센터", "병원", "은행", "드론", "배송"),
)
SERVER = """
import sys
from benchmarks.inbox import ENTRIES, title
from tests.support.strange_server import StrangeServer, response, rss

with StrangeServer() as server:
    for feed in range(int(sys.argv[1])):
        pages = [(f"https://n{feed}.example/{n}", title(37 * feed + n)) for n in range(ENTRIES)]
        server.says[f"/{feed}"] = response(rss(*pages))
    print(server.port, flush=True)
    sys.stdin.read()
"""


def title(number):
    """One of many titles, some of which are similar."""
    return f"{WORDS[number % 16]} {WORDS[number // 16 % 16]} {number}번째 소식"


def main():
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    options = parse()
    user = User.objects.create_superuser("benchmark", password=None)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    write_candidates(options.candidates)
    spent = {
        name: [page(client, query) for _round in range(options.rounds)]
        for name, query in (
            ("list of new ones", ""),
            ("filtered by an origin", "?origin=feed:3"),
            ("filtered by words", "?q=반도체"),
            ("rejected ones", "?state=rejected"),
        )
    }
    for name, values in spent.items():
        show(name, values, "ms CPU")
    goals.tell(f"CPU of a list of candidates, {connection.vendor}", chain(*spent.values()))
    seconds = list(poll(options))
    goals.tell(f"polling of 200 feeds, {connection.vendor}", seconds)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=10_000)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def write_candidates(count):
    """Of several days and origins; a tenth is rejected."""
    import datetime as dt

    import time_machine

    from articles.inbox import arriving
    from articles.inbox.arriving import Found
    from articles.models import Candidate

    per_day = ORIGINS * 100
    now = dt.datetime.now(dt.UTC)
    for first in range(0, count, 100):
        pages = [
            Found(
                f"https://many.example/{number}",
                title(number),
                "한빛일보",
                excerpt="한 달에 웨이퍼 4만 장을 만든다. " * 20,
            )
            for number in range(first, min(first + 100, count))
        ]
        with time_machine.travel(now - dt.timedelta(days=first // per_day), tick=True):
            arriving.take(pages, f"feed:{first // 100 % ORIGINS}")
    some = Candidate.objects.filter(
        pk__in=list(Candidate.objects.values_list("pk", flat=True))[::10]
    )
    some.update(state="rejected", reason="광고")


def page(client, query):
    from django.urls import reverse

    before = time.process_time()
    response = client.get(reverse("admin:articles_candidate_changelist") + query)
    spent = 1000 * (time.process_time() - before)
    assert response.status_code == 200, response  # noqa: S101 - else it measures nothing
    return spent


def poll(options):
    """Poll all feeds, with new entries in each, then with none. Yields the seconds of both."""
    from django.utils import timezone

    from articles.models import Candidate, FollowedFeed

    command = [sys.executable, "-c", SERVER, str(options.feeds)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as each:
        origin = f"http://127.0.0.1:{each.stdout.readline().strip()}"
        for name in ("new", "the same"):
            FollowedFeed.objects.all().delete()
            FollowedFeed.objects.bulk_create(
                FollowedFeed(name=f"{n}", address=f"{origin}/{n}", next_at=timezone.now())
                for n in range(options.feeds)
            )
            before = Candidate.objects.count()
            seconds, spent = turn()
            new = Candidate.objects.count() - before
            sys.stdout.write(
                f"{options.feeds} feeds of {ENTRIES} entries, {name}: "
                f"{seconds:.1f} s, {spent:.1f} s CPU, {new} new candidates\n"
            )
            yield seconds
        each.stdin.close()


def turn():
    """Seconds, and CPU seconds of this process, until nothing is due any more."""
    from articles.inbox import polling

    started, before = time.monotonic(), time.process_time()
    while polling.due().exists():
        poller = polling.Poller()
        poller.start()
        poller.finish()
    return time.monotonic() - started, time.process_time() - before


def show(name, values, unit):
    middle = statistics.median(values)
    sys.stdout.write(f"{name}: {min(values):.0f} {middle:.0f} {max(values):.0f} {unit}\n")


if __name__ == "__main__":
    main()
