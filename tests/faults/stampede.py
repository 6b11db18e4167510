"""Two hundred clients ask at once for a page that was changed a moment before."""

import threading
import time
from pathlib import Path

from tests.faults.desk import Editor
from tests.faults.result import Answer, Counts, Result
from tests.faults.site import FEED, HOME, PATIENCE, Database, Node, get, status_of

NAME = "stampede on a cold page"
CLIENTS = 200
ROUNDS = 3
WORKERS = 2  # as `newsroom.run.serving` starts
# What every rendering of a page with articles asks, once or some times.
MARK = 'FROM "articles_article"'


def run(folder: Path) -> list[Result]:
    conf = {"log_statement": "all", "log_line_prefix": "'%a '"}
    with Database(**conf) as database:
        log = Statements(database.folder / "log")
        return [one_path(folder, database, log, path) for path in (HOME, FEED)]


class Statements:
    """How often PostgreSQL's log has the mark of a rendering for readers since the last look."""

    def __init__(self, path):
        self.path, self.read = path, 0

    def new(self):
        time.sleep(0.3)  # the log is written behind
        with self.path.open("rb") as file:
            file.seek(self.read)
            text = file.read()
        self.read += len(text)
        lines = text.decode(errors="replace").splitlines()
        return sum(line.startswith("readers ") and MARK in line for line in lines)


def one_path(folder, database, log, path):
    """Readers and the editor have servers of their own, on one machine: they share a DATA_DIR, by
    which the readers' one learns of a change with the next request."""
    shared = {"DATA_DIR": str(folder)}
    with (
        Node(folder, f"{database.url}?application_name=readers", **shared) as node,
        Node(folder, f"{database.url}?application_name=desk", **shared) as desk,
    ):
        editor, (pk, _date) = Editor(desk.port).log_in(), database.latest_digest()
        log.new()
        get(node.port, f"{path}?x=")  # a query is never stored: one rendering
        once = log.new()
        answers, rendered = at_once(node.port, path), []
        for number in range(ROUNDS):
            log.new()
            change(editor, pk, f"몰려오는 {number} {path}")
            answers += at_once(node.port, path)
            rendered.append(log.new() / once)
    counts = Counts(answers, (200,))
    return Result(
        NAME,
        f"{CLIENTS} clients at once for {path}: cold, then right after each of {ROUNDS} changes",
        f"{counts}; renderings after each change: {', '.join(f'{n:g}' for n in rendered)}",
        f"all 200; 1 rendering a process, of which there are {WORKERS}",
        not counts.errors and all(1 <= number <= WORKERS for number in rendered),
    )


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
