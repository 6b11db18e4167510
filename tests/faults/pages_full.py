"""Two nodes, and no room for the finished pages of one, which its web server sends by itself.

Digests are withdrawn at the other node: on a full disk, on one that was mounted read-only, and
while the site of the node was stopped and its web server was not.
"""

import contextlib
import subprocess
from pathlib import Path

from tests.faults.desk import Editor
from tests.faults.disk_full import fill, small_disk
from tests.faults.nodes import Watch
from tests.faults.result import Result
from tests.faults.site import FEED, HOME, Database, Nginx, Node, Readers, get, wait_until

NAME = "PAGES_DIR full"
MEGABYTES, FILES = 2, 1_000
WORKERS = 2  # as `newsroom.run.serving` starts
UNWRITTEN, STALE = "degraded: finished pages cannot be written", "may be sending withdrawn pages"
PAGES = (HOME, FEED, "/archive/", "/tags/", "/feeds/articles.atom")


def run(folder: Path) -> list[Result]:
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(Database())
        disk = stack.enter_context(small_disk(folder / "disk", MEGABYTES, FILES))
        first = stack.enter_context(Node(folder, database.url))
        second = stack.enter_context(Node(folder, database.url, PAGES_DIR=f"{disk}/pages"))
        nginx = stack.enter_context(Nginx(folder, [second.port], second.pages))
        pk, date = database.latest_digest()
        desk = Desk(first, f"/admin/articles/digest/{pk}/change/", f"/{date.replace('-', '/')}/")
        return [
            *full(desk, second, nginx, disk),
            *read_only(desk, second, nginx, disk),
            stopped(desk, second, nginx),
        ]


class Desk:
    """An editor at the first node, with one digest."""

    def __init__(self, node, address, day):
        self.editor, self.address, self.day = Editor(node.port).log_in(), address, day
        self.month = day[: len("/2026/01/")]

    def withdraw(self):
        self.editor.withdraw(self.address)

    def publish(self):
        self.editor.publish(self.address)


def finished(desk, node, nginx):
    """Have the web server send the digest's page and the feed from files."""

    def are_files():
        for path in (desk.day, *PAGES):
            get(nginx.port, path)
        return all(node.file_of(path) for path in (desk.day, FEED))

    wait_until(are_files)


def full(desk, node, nginx, disk):
    finished(desk, node, nginx)
    with Watch(desk.day, nginx.answer) as watch, Readers(nginx.port, PAGES) as readers:
        fill_up(disk)
        watch.expect(is_there=False)
        desk.withdraw()
        wait_until(lambda: watch.is_over)
        fill_up(disk)  # what was removed has left room
        get(nginx.port, desk.month)
        status, _line = wait_until(lambda: told(node, UNWRITTEN))
        lines = said(node, "cannot be written")
        make_room(disk)
        wait_until(lambda: node.file_of(FEED) or not get(nginx.port, FEED))
        wait_until(lambda: readiness(node) == (200, "ok"))
        old, asked = watch.went_back, watch.asked
    counts = readers.counts
    is_in_files = desk.day.encode() in node.file_of(FEED) or node.file_of(desk.day) is not None
    return [
        Result(
            NAME,
            "a digest is withdrawn at the other node, then there is space again",
            f"page and feed of the full node's nginx asked {asked} times: {old} old answers after "
            f"the first new one; {'' if is_in_files else 'not '}in the files afterwards",
            "gone from nginx too, and never back",
            not old and not is_in_files,
        ),
        Result(
            NAME,
            "8 readers of that nginx meanwhile",
            str(counts),
            "0 errors: pages come from memory",
            not counts.errors,
        ),
        Result(
            NAME,
            "what operators are told",
            f"/readyz {status} “{UNWRITTEN} …”, {lines} lines in the log of {WORKERS} processes, "
            "“ok” when there is space",
            "degraded, a line a process at most",
            status == 200 and 1 <= lines <= WORKERS,
        ),
    ]


def fill_up(disk):
    """Neither a byte nor a name, such as that of a directory or a link, has room any more."""
    fill(disk)
    with contextlib.suppress(OSError):
        for number in range(FILES):
            (disk / f"filling-{number}").touch()


def make_room(disk):
    for path in disk.glob("filling*"):
        path.unlink()


def read_only(desk, node, nginx, disk):
    """Not even a link can be removed. That must be told, and be over as soon as it can be."""
    desk.publish()
    wait_until(lambda: get(nginx.port, desk.day)[0] == 200)
    finished(desk, node, nginx)
    # nginx keeps files open that are removed, and with one of those no disk becomes read-only.
    nginx.kill()
    nginx.start()
    with remounted(disk):
        desk.withdraw()
        status, line = wait_until(lambda: told(node, STALE))
        from_memory, from_nginx = get(node.port, desk.day)[0], get(nginx.port, desk.day)[0]
    wait_until(lambda: get(nginx.port, desk.day)[0] == 404)
    wait_until(lambda: readiness(node) == (200, "ok"))
    return [
        Result(
            "PAGES_DIR read-only",
            "a digest is withdrawn at the other node, then the disk can be written again",
            f"/readyz {status} “{line}”, {said(node, 'cannot be removed')} lines in the log; "
            f"the node says {from_memory}, its nginx {from_nginx}; afterwards 404 and “ok”",
            "red, so that the node gets no readers; gone when it can be",
            status == 503 and from_memory == 404,
        )
    ]


@contextlib.contextmanager
def remounted(disk):
    """The disk is read-only while the `with` lasts."""
    mount = ["mount", "-o", "remount,ro", disk]

    def is_read_only():  # as soon as no file is open for writing
        return not subprocess.run(mount, capture_output=True, check=False).returncode

    wait_until(is_read_only)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


def stopped(desk, node, nginx):
    """What nginx sends from files never reaches the site, which has to find out by itself."""
    desk.publish()
    wait_until(lambda: get(nginx.port, desk.day)[0] == 200)
    finished(desk, node, nginx)
    node.kill()
    desk.withdraw()
    meanwhile = get(nginx.port, desk.day)[0]
    node.start()
    wait_until(lambda: node.file_of(desk.day) is None)
    status = get(nginx.port, desk.day)[0]
    return Result(
        "PAGES_DIR of a stopped node",
        "a digest is withdrawn at the other node, then the node is started and nobody asks it",
        f"its nginx said {meanwhile} meanwhile, {status} afterwards",
        "gone from the files without a request",
        status == 404,
    )


def readiness(node):
    """The status, and what is said about the files."""
    status, _headers, body = get(node.port, "/readyz?exclude=deadline&exclude=schedule")
    lines = dict(line.split(": ", 1) for line in body.decode().splitlines())
    return status, lines["page_files"]


def told(node, words):
    """The same, once it has the words: each process knows of the others after a second."""
    status, line = readiness(node)
    return (status, line) if words in line else None


def said(node, words):
    return node.log.read_text().count(words)
