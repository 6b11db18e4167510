"""Two hundred clients ask at once for a page that nobody has asked for, and for pages that were
changed a moment before.

`/metrics` tells how many pages each process made. After a change those pages are made again that
the change touches, whether or not somebody asks: some by one process for all, the rest by each. On
a busy machine a process may wait in vain for the other one, and makes its own. So what a stampede
adds is the difference to the same change without clients.
"""

import re
import secrets
import threading
import time
from pathlib import Path

from tests.faults import pace
from tests.faults.desk import Editor
from tests.faults.engines import engines
from tests.faults.result import Answer, Counts, Result
from tests.faults.site import FEED, HOME, PATIENCE, Node, get, status_of, wait_until

NAME = "stampede on a cold page"
CLIENTS = 200
ROUNDS = 3
WORKERS = 2  # as `newsroom.run.serving` starts
TOKEN = secrets.token_hex(20)
MADE = re.compile(r'^newsroom_pages_made_total\{process="(\d+)"\} (\d+)$', re.M)
# A process writes its counts once a second, and looks for a change as often.
SETTLING = 8.0


def run(folder: Path) -> list[Result]:
    with engines(folder) as found:
        return [row for engine in found for row in on_engine(folder / engine.name, engine)]


def on_engine(folder, engine):
    """Readers and the editor have servers of their own, on one machine: they share a DATA_DIR, by
    which the readers' one learns of a change with the next request."""
    folder.mkdir()
    site = engine.site()
    readers, desk = ({"DATA_DIR": str(folder), "PAGES_DIR": ""} for _ in range(2))
    readers |= {"METRICS_TOKEN": TOKEN}
    with Node(folder, site.url, **readers) as node, Node(folder, site.url, **desk) as at_desk:
        made = Made(node.port)
        editor = Editor(at_desk.port).log_in()
        return [cold(engine, site, node, made), *changed(engine, site, node, made, editor)]


class Made:
    """How many pages the processes of a node made since the last look."""

    def __init__(self, port):
        self.port, self.seen = port, 0
        wait_until(lambda: len(self.by_process()) == WORKERS)
        self.new()

    def by_process(self):
        _status, _headers, body = get(self.port, "/metrics", {"Authorization": f"Bearer {TOKEN}"})
        return dict(MADE.findall(body.decode()))

    def new(self):
        """Once nothing has been made for a while."""
        before, at = None, time.monotonic()
        while before is None or time.monotonic() - at < pace.usual(SETTLING):
            total = sum(map(int, self.by_process().values()))
            if total != before:
                before, at = total, time.monotonic()
            time.sleep(0.2)
        seen, self.seen = self.seen, before
        return before - seen


def cold(engine, site, node, made):
    path = oldest(site)
    counts = Counts(at_once(node.port, path), (200,))
    number = made.new()
    return Result(
        f"{NAME} ({engine.name})",
        f"{CLIENTS} clients at once for a page that nobody has asked for",
        f"{counts}; made {number} times",
        f"all 200; made once a process, of which there are {WORKERS}",
        not counts.errors and 1 <= number <= WORKERS,
    )


def changed(engine, site, node, made, editor):
    [(pk,)] = site.rows(
        "SELECT id FROM articles_digest WHERE status = 'published' ORDER BY date DESC LIMIT 1"
    )
    change(editor, pk, "첫 제목")  # a first title touches more pages than another one
    made.new()
    for path in (HOME, FEED):
        change(editor, pk, f"조용한 {path}")
        quiet, stampedes, answers = made.new(), [], []
        for number in range(ROUNDS):
            change(editor, pk, f"몰려오는 {number} {path}")
            answers += at_once(node.port, path)
            stampedes.append(made.new())
        counts = Counts(answers, (200,))
        yield Result(
            f"{NAME} ({engine.name})",
            f"{CLIENTS} clients at once for {path}, right after each of {ROUNDS} changes",
            f"{counts}; pages made: {', '.join(map(str, stampedes))}, without clients {quiet}",
            f"all 200; at most what {WORKERS} processes make if each makes all",
            not counts.errors and quiet >= WORKERS and max(stampedes) <= WORKERS * quiet,
        )


def oldest(site):
    """The path of a page that a new process does not make by itself."""
    [(date,)] = site.rows(
        "SELECT date FROM articles_digest WHERE status = 'published' ORDER BY date LIMIT 1"
    )
    return f"/{str(date).replace('-', '/')}/"


def change(editor, pk, title):
    """A typo is mended in what readers have."""
    address = f"/admin/articles/digest/{pk}/change/"
    form = editor.form(address) | {"title": title, "change_kind": "typo", "_continue": "1"}
    status, _headers, text = editor.ask(address, form)
    assert status == 302, (status, text[-2000:])


def at_once(port, path):
    barrier, answers = threading.Barrier(CLIENTS), []

    def ask():
        barrier.wait(PATIENCE)
        started = time.monotonic()
        status = status_of(port, path)
        now = time.monotonic()
        answers.append(Answer(path, status, now, now - started))

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return answers
