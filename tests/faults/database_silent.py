"""PostgreSQL is stopped in its tracks: it takes connections and questions, and answers nothing."""

import os
import signal
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults import pace
from tests.faults.desk import Editor, fields_of
from tests.faults.result import Result
from tests.faults.site import (
    FEED,
    HOME,
    PATIENCE,
    Database,
    Node,
    Readers,
    get,
    status_of,
    wait_until,
)

NAME = "PostgreSQL silent"
SEARCH = "/search/?q=AI"  # never stored: it needs the database
SECONDS = 10
NOTICED = 4.0  # two seconds without an answer, and the second between two questions


def run(folder: Path) -> list[Result]:
    with Database() as database, Node(folder, database.url) as node:
        editor = Editor(node.port).log_in()
        address = editor.new_digest("2031-05-05", "멈추기 전의 제목")
        text = "멈춘 동안에 쓴 글"
        form = editor.form(address) | {"introduction": text, "_continue": "1"}
        for path in (HOME, FEED):
            status_of(node.port, path)
        with Readers(node.port, (HOME, FEED)) as readers:
            time.sleep(1)
            with stopped(database):
                begun = time.monotonic()
                noticed = first_refusal(node.port) - begun
                status, headers, page = editor.ask(address, form)
                is_kept = status == 503 and "Retry-After" in headers and text in page
                quick = seconds_of(node.port, SEARCH)
                ready = status_of(node.port, "/readyz"), status_of(node.port, "/healthz")
                time.sleep(max(0, begun + SECONDS - time.monotonic()))
            back = time.monotonic()
            wait_until(lambda: status_of(node.port, SEARCH) == 200)
            recovered = time.monotonic() - back
            again, _headers, _page = editor.ask(address, fields_of(page, form_id=None))
            time.sleep(1)
        is_saved = editor.form(address)["introduction"] == text
    counts = readers.counts
    return [
        Result(
            NAME, f"8 readers go on for {SECONDS} s", str(counts), "0 errors", not counts.errors
        ),
        Result(
            NAME,
            "pages that have to be made are asked for",
            f"503 from {noticed:.1f} s on, then within {quick:.3f} s; "
            f"readyz {ready[0]}, healthz {ready[1]}",
            f"503 after {pace.shown(NOTICED)} at most, then at once; readyz 503, healthz 200",
            noticed <= pace.limit(NOTICED) and quick < pace.limit(0.5) and ready == (503, 200),
        ),
        Result(
            NAME,
            "an editor saves meanwhile, and sends it again",
            f"{status}, text {'kept' if is_kept else 'LOST'}, then {again}, "
            f"{'stored' if is_saved else 'NOT stored'}",
            "503 that keeps the text; sent again it is stored",
            is_kept and again == 302 and is_saved,
        ),
        Result(
            NAME,
            "an unstored page is asked for as soon as PostgreSQL answers again",
            f"200 after {recovered:.2f} s",
            f"within {pace.shown(1)}",
            recovered <= pace.limit(1),
        ),
    ]


@contextmanager
def stopped(database):
    """All of its processes, as the kernel or a hung disk stops them."""
    main = int((database.folder / "data/postmaster.pid").read_text().split()[0])
    pids = [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def first_refusal(port):
    """The moment of the first 503 for a page that has to be made; some wait for their answer."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError):
            if get(port, SEARCH, timeout=pace.limit(0.5))[0] == 503:
                return time.monotonic()
    return float("inf")


def seconds_of(port, path):
    started = time.monotonic()
    status_of(port, path)
    return time.monotonic() - started
