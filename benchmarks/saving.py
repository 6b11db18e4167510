"""How steady the site is for readers while an editor saves what takes long.

    python benchmarks/saving.py [--postgresql] [--articles 40] [--rounds 5] [--seconds 8]

Starts the site as `make run` does, on SQLite or on a private PostgreSQL, and nginx in files mode in
front of it. Readers ask as in `steady.py`. Rounds alternate: nobody is at the desk; nobody is, and
a program that has nothing to do with the site computes without end; or an editor opens and saves
a draft of so many articles again and again, which is about as much work. A draft changes nothing
for readers: what they notice is that the desk needs the same processors, the same processes and
the same database. Prints the same figures as `steady.py`, and how long a save took. Needs `nginx`.
"""

import argparse
import contextlib
import multiprocessing
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import pages, publishing, steady  # noqa: E402
from tests.support import postgresql  # noqa: E402

STILL, COMPUTING, SAVING = "nobody saves", "a program computes", "an editor saves"
DAY = "2031-01-01"


def main():
    options = arguments()
    if options.postgresql:
        url, _origin = postgresql.start_server()
        os.environ["DATABASE_URL"] = url.replace("/newsroom", "/postgres")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        folder = Path(folder)
        folder.chmod(0o755)  # nginx may run as somebody else
        ports = {name: pages.free_port() for name in ("site", "alone", "front")}
        stack.enter_context(pages.started_site(folder, ports["site"], None))
        (folder / "alone").mkdir()
        stack.enter_context(pages.started(pages.configured(folder, ports)))
        pages.wait_for(ports["front"])
        publishing.prepare(folder, ports["site"])
        desk = at_desk(ports["site"], options.articles)
        paths = steady.popular(ports["site"])
        for kind, port in (("site", ports["site"]), ("files mode", ports["front"])):
            kinds = {STILL: contextlib.nullcontext, COMPUTING: computes}
            kinds[SAVING] = lambda: saves(*desk)
            found = steady.rounds(port, paths, options, kinds)
            goal = f"p99 with slow saves ÷ without, {kind}, {engine()}"
            steady.report(kind, found, goal)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8, help="of every round")
    parser.add_argument("--rate", type=int, default=200, help="requests a second")
    return parser.parse_args()


def engine():
    from django.db import connection

    return connection.vendor


def at_desk(port, articles):
    """The port, an editor's name and password, and the address of a draft of so many articles."""
    from django.contrib.auth.models import User

    from tests.support import factories

    name, password = "slow-saves", secrets.token_urlsafe(20)
    User.objects.create_superuser(name, password=password)
    draft = factories.make_digest(DAY, articles=articles, published=False)
    return port, name, password, f"/admin/articles/digest/{draft.pk}/change/"


@contextlib.contextmanager
def computes():
    with subprocess.Popen([sys.executable, "-c", "while True: sum(range(1000))"]) as program:
        try:
            yield
        finally:
            program.kill()


@contextlib.contextmanager
def saves(*desk):
    """An editor saves all the time, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    is_ready, is_over, seconds = context.Event(), context.Event(), context.SimpleQueue()
    saving = context.Process(target=save_until, args=(is_ready, is_over, seconds, *desk))
    saving.start()
    try:
        is_ready.wait()
        yield
    finally:
        is_over.set()
        saving.join()
    times = seconds.get()
    sys.stdout.write(
        f"{len(times)} saves, median {statistics.median(times):.2f} s, worst {max(times):.2f} s\n"
    )


def save_until(is_ready, is_over, seconds, port, name, password, address):
    from tests.faults.desk import Editor

    editor, times = Editor(port).log_in(name, password), []
    form = editor.form(address)
    is_ready.set()
    while not is_over.is_set():
        changed = form | {"articles-0-outlook": f"{len(times)}번째 전망", "_continue": "1"}
        begun = time.perf_counter()
        status, _headers, text = editor.ask(address, changed)
        if status != 302:
            raise SystemExit(f"A save was answered with {status}: {text[-1000:]}")
        times.append(time.perf_counter() - begun)
        form = editor.form(address)
    seconds.put(times)


if __name__ == "__main__":
    main()
