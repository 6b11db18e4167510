"""PostgreSQL is restarted under load, and while nobody asks anything."""

import time
from pathlib import Path

from tests.faults import pace
from tests.faults.desk import Editor, fields_of
from tests.faults.result import Result
from tests.faults.site import FEED, HOME, Database, Node, Readers, status_of, wait_until

NAME = "PostgreSQL restarted"
SEARCH = "/search/?q=AI"  # never stored: it needs the database
ARCHIVE = "/archive/?x="  # nor is what is asked with a query
RECOVERY = 1.0


def run(folder: Path) -> list[Result]:
    results = []
    with Database() as database, Node(folder, database.url) as node:
        editor = Editor(node.port).log_in()
        address = editor.new_digest("2031-05-05", "재시작 전의 제목")
        for mode in ("fast", "immediate"):
            results += under_load(database, node, editor, address, mode)
        results.append(while_idle(database, node))
    return results


def under_load(database, node, editor, address, mode):
    """Down for a second in the middle of the load, with a save that meets it."""
    text = f"재시작({mode}) 중에 쓴 글"
    form = editor.form(address) | {"introduction": text, "_continue": "1"}
    for path in (HOME, FEED):
        status_of(node.port, path)
    with Readers(node.port, (HOME, FEED)) as readers:
        time.sleep(1)
        database.stop(mode)
        status, headers, page = editor.ask(address, form)
        is_kept = status == 503 and "Retry-After" in headers and text in page
        ready = status_of(node.port, "/readyz"), status_of(node.port, "/healthz")
        time.sleep(0.5)
        database.start()
        back = time.monotonic()
        wait_until(lambda: status_of(node.port, SEARCH) == 200)
        recovered = time.monotonic() - back
        again, _headers, _page = editor.ask(address, fields_of_kept(page) if is_kept else form)
        time.sleep(1)
    is_saved = editor.form(address)["introduction"] == text
    counts = readers.counts
    return [
        Result(
            f"{NAME} (`-m {mode}`)",
            "8 readers of home and feed go on",
            str(counts),
            "0 errors",
            not counts.errors,
        ),
        Result(
            f"{NAME} (`-m {mode}`)",
            "an editor saves meanwhile, and sends it again",
            f"{status}, text {'kept' if is_kept else 'LOST'}, then {again}, "
            f"{'stored' if is_saved else 'NOT stored'}; readyz {ready[0]}, healthz {ready[1]}",
            "503 that keeps the text; sent again it is stored; readyz 503, healthz 200",
            is_kept and again == 302 and is_saved and ready == (503, 200),
        ),
        Result(
            f"{NAME} (`-m {mode}`)",
            "an unstored page is asked for as soon as PostgreSQL is back",
            f"200 after {recovered:.2f} s",
            f"within {pace.shown(RECOVERY)}",
            recovered <= pace.limit(RECOVERY),
        ),
    ]


def fields_of_kept(page):
    """The fields of the form on the page that keeps what was typed."""
    return fields_of(page, form_id=None)


def while_idle(database, node):
    """Every thread of the node has a connection that is dead when it is asked next."""
    with Readers(node.port, (ARCHIVE,), threads=16, pause=0) as before:
        time.sleep(2)
    database.restart("fast")
    with Readers(node.port, (ARCHIVE,), threads=16, pause=0) as after:
        time.sleep(2)
    both = f"before: {before.counts}; after: {after.counts}"
    return Result(
        "PostgreSQL restarted while idle",
        "16 clients ask for an unstored page, pause for the restart, and ask on",
        both,
        "0 errors",
        not before.counts.errors and not after.counts.errors,
    )
