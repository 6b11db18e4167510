"""PostgreSQL answers and takes no writes, as a standby does; then there is a server that does."""

from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.faults.desk import Editor, fields_of
from tests.faults.result import Result
from tests.faults.site import FEED, HOME, Database, Node, Readers, get, status_of, wait_until

NAME = "PostgreSQL read-only"
SEARCH = "/search/?q=AI"  # never stored: it needs the database
SETTING = "default_transaction_read_only"
WITHOUT_WRITES = "/readyz?exclude=writes&exclude=schedule&exclude=deadline"
SAVES = 9  # one more than the node has threads


def run(folder: Path) -> list[Result]:
    with Database() as database, Node(folder, database.url) as node:
        editor = Editor(node.port).log_in()
        address = editor.new_digest("2031-05-05", "쓸 수 있을 때의 제목")
        text = "쓸 수 없는 동안에 쓴 글"
        form = editor.form(address) | {"introduction": text, "_continue": "1"}
        for path in (HOME, FEED):
            status_of(node.port, path)
        # Few of the second, so that there are threads left for the editor.
        making = Readers(node.port, (SEARCH,), threads=2, pause=0.2)
        with Readers(node.port, (HOME, FEED), threads=4, pause=0.05) as stored, making as made:
            with read_only(database):
                wait_until(lambda: status_of(node.port, "/readyz") == 503)
                status, headers, page = editor.ask(address, form)
                refused = [editor.ask(address, form)[0] for _number in range(SAVES)]
                ready = status_of(node.port, "/readyz"), status_of(node.port, WITHOUT_WRITES)
                lines = get(node.port, "/readyz")[2].decode().splitlines()
                says = "".join(line for line in lines if line.startswith("writes: "))
            again, _headers, _page = editor.ask(address, fields_of(page, form_id=None))
            saves = [save(editor, address, number) for number in range(SAVES)]
            healed = status_of(node.port, "/readyz?exclude=schedule&exclude=deadline")
    is_kept = status == 503 and "Retry-After" in headers and text in page
    counts = [stored.counts, made.counts]
    return [
        Result(
            NAME,
            "4 readers of home and feed and 2 of an unstored page go on",
            "; ".join(map(str, counts)),
            "0 errors",
            not any(each.errors for each in counts),
        ),
        Result(
            NAME,
            f"an editor saves meanwhile, and {SAVES} times more",
            f"{status}, text {'kept' if is_kept else 'LOST'}, then {sorted(set(refused))}; "
            f"readyz {ready[0]} “{says}”, without that check {ready[1]}",
            "503 that keeps the text, each time; readyz 503, without that check 200",
            is_kept and set(refused) == {503} and ready == (503, 200) and says != "",
        ),
        Result(
            NAME,
            "new connections take writes, old ones would not: the form is sent again, and "
            f"{SAVES} others",
            f"{again}, then {sorted(set(saves))}; readyz {healed}",
            "stored with the first request; readyz 200",
            again == 302 and set(saves) == {302} and healed == 200,
        ),
    ]


def save(editor, address, number):
    form = editor.form(address) | {"title": f"다시 쓸 수 있을 때의 제목 {number}", "_continue": "1"}
    return editor.ask(address, form)[0]


@contextmanager
def read_only(database):
    """All sessions are read-only in the `with`. Those that begin in it stay so for as long as they
    last, like connections to a standby that was reached through an address that then moved."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(f"SET {SETTING} = off")
        connection.execute(f"ALTER DATABASE postgres SET {SETTING} = on")
        connection.execute(f"ALTER SYSTEM SET {SETTING} = on")
        connection.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE postgres RESET {SETTING}")
            connection.execute(f"ALTER SYSTEM RESET {SETTING}")
            connection.execute("SELECT pg_reload_conf()")
