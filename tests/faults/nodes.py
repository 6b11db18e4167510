"""Three nodes with one PostgreSQL and nginx in front: publishing, a dead node, an upgrade."""

import contextlib
import http.client
import shutil
import threading
import time
from pathlib import Path

import psycopg

from tests.faults import pace
from tests.faults.desk import Editor
from tests.faults.result import Result
from tests.faults.site import (
    FEED,
    HOME,
    PATIENCE,
    ROOT,
    Database,
    Nginx,
    Node,
    Readers,
    environment,
    python,
    status_of,
    wait_until,
)

NAME = "three nodes"
ROUNDS = 3
VISIBLE = 2.0  # seconds
NOT_COPIED = (".git", ".venv", "var", "node_modules", "__pycache__", ".pytest_cache", ".hypothesis")
# What the next release has: a column that the present one does not know.
FIELD = '    next_release = models.TextField("next release", null=True, editable=False)\n'
MIGRATION = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "{last}")]
    operations = [
        migrations.AddField("digest", "next_release", models.TextField(null=True, editable=False))
    ]
"""


def run(folder: Path) -> list[Result]:
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(Database())
        nodes = [stack.enter_context(Node(folder, database.url)) for _number in range(3)]
        nginx = stack.enter_context(Nginx(folder, [node.port for node in nodes]))
        return [
            *published(database, nodes),
            node_killed(nodes, nginx),
            *upgraded(folder, database, nodes, nginx),
        ]


# Publishing


def published(database, nodes):
    """A digest is withdrawn and published again at one node, all nodes being asked all the time."""
    pk, date = database.latest_digest()
    day, address = f"/{date.replace('-', '/')}/", f"/admin/articles/digest/{pk}/change/"
    editor = Editor(nodes[0].port).log_in()
    seconds, half = {"withdraw": [], "publish": []}, 0
    with contextlib.ExitStack() as stack:
        watches = [stack.enter_context(Watch(day, node.answer, node.sent)) for node in nodes]
        for _round in range(ROUNDS):
            for step, is_there in (("withdraw", False), ("publish", True)):
                for watch in watches:
                    watch.expect(is_there=is_there)
                getattr(editor, step)(address)
                done = time.monotonic()
                wait_until(lambda: all(watch.is_over for watch in watches))
                time.sleep(1.5)  # long enough for an old page to come up again
                seconds[step].append(max(watch.seen - done for watch in watches))
                half += sum(watch.went_back for watch in watches)
        asked = sum(watch.asked for watch in watches)
    return [
        Result(
            NAME,
            f"{ROUNDS} times {step} at one node",
            f"on all nodes after {', '.join(f'{s:.2f}' for s in seconds[step])} s",
            f"within {pace.shown(VISIBLE)}",
            max(seconds[step]) <= pace.limit(VISIBLE),
        )
        for step in seconds
    ] + [
        Result(
            NAME,
            "page and feed of every node, and as files for a web server, asked in turn meanwhile",
            f"{asked} requests, {half} old answers of a node after its first new one",
            "none: never half",
            not half,
        )
    ]


class Thread:
    """Does what `do` says until the `with` ends; `do` looks at `over`."""

    def __init__(self):
        self.over = threading.Event()
        self._thread = threading.Thread(target=self.do, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self._thread.join(PATIENCE)


class Watch(Thread):
    """Asks for a day's page and for the feed in turn, each in all the ways given: callables that
    take a path and return (status, body)."""

    def __init__(self, day, *ways):
        self.day, self.ways, self.asked = day, ways, 0
        self.expect(is_there=True)
        super().__init__()

    def expect(self, *, is_there):
        """From now on look for answers that have the digest, or have it not: `seen` is the moment
        of the first one, `went_back` the number of others after that."""
        self.seen, self.went_back, self.is_there, self._new = None, 0, is_there, set()

    @property
    def is_over(self):
        """Whether both have been seen in all ways as they are expected."""
        return len(self._new) == 2 * len(self.ways)

    def do(self):
        while not self.over.wait(0.005):
            for path in (self.day, FEED):
                for way in self.ways:
                    self._look(path, way)

    def _look(self, path, way):
        expected = self.is_there
        status, body = way(path)
        has_it = status == 200 if path == self.day else self.day.encode() in body
        self.asked += 1
        if expected != self.is_there:
            return  # asked before, answered after
        if has_it == expected:
            self.seen = self.seen or time.monotonic()
            self._new.add((path, way))
        elif self.seen:
            self.went_back += 1


# A node dies


def node_killed(nodes, nginx):
    status_of(nginx.port, HOME)
    with Readers(nginx.port) as readers:
        time.sleep(1.5)
        nodes[1].kill()
        time.sleep(4)
        nodes[1].start()
        time.sleep(1.5)
    counts = readers.counts
    return Result(
        NAME,
        "kill -9 of one under 8 readers through nginx, started again after 4 s",
        f"{counts}, slowest {counts.slowest:.2f} s",
        "0 errors",
        not counts.errors,
    )


# A new release


def upgraded(folder, database, nodes, nginx):
    """The next release migrates, then takes one node after the other; an editor saves all along."""
    tree = next_release(folder / "next")
    with Saves(nginx.port) as saves, Readers(nginx.port, (HOME, FEED, "/archive/?x=")) as readers:
        time.sleep(1)
        environ = environment(nodes[0].data_dir, database.url)
        python(environ, "manage.py", "migrate", "--noinput", tree=tree)
        time.sleep(1)
        for node in nodes:
            node.stop()
            node.tree = tree
            node.start()
        time.sleep(2)
    counts, lost = readers.counts, saves.lost(database)
    return [
        Result(
            NAME,
            "rolling upgrade with a migration, 8 readers through nginx",
            f"{counts}, slowest {counts.slowest:.2f} s",
            "0 errors",
            not counts.errors,
        ),
        Result(
            NAME,
            "an editor saves through nginx during the upgrade",
            f"{saves.confirmed} confirmed, {saves.kept} refused with the text kept, "
            f"{len(lost)} lost" + (f" ({lost[0]})" if lost else ""),
            "0 lost",
            saves.confirmed > 3 and not lost,
        ),
    ]


def next_release(tree):
    """A copy of the product whose digests have one more column, with its migration."""
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*NOT_COPIED))
    model = tree / "articles/models/digest.py"
    lines = model.read_text().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if line.startswith("    version = "))
    model.write_text("".join([*lines[:place], FIELD, *lines[place:]]))
    migrations = tree / "articles/migrations"
    last = max(path.stem for path in migrations.glob("[0-9]*.py"))
    (migrations / f"{int(last[:4]) + 1:04}_next_release.py").write_text(MIGRATION.format(last=last))
    return tree


class Saves(Thread):
    """An editor who saves another text again and again."""

    def __init__(self, port):
        self.editor = Editor(port).log_in()
        self.address = self.editor.new_digest("2031-06-06", "갱신 중에 쓰는 호")
        self.outcomes: dict[str, str] = {}
        super().__init__()

    def do(self):
        number = 0
        while not self.over.wait(0.05):
            number += 1
            text = f"저장 {number:04}."
            try:
                form = self.editor.form(self.address) | {"introduction": text, "_continue": "1"}
            except (AssertionError, OSError, http.client.HTTPException) as error:
                self.outcomes[f"form {number}"] = f"the form did not open: {error!r}"
                continue
            try:
                status, _headers, page = self.editor.ask(self.address, form)
            except (OSError, http.client.HTTPException) as error:
                self.outcomes[text] = repr(error)
                continue
            kept = "kept" if status >= 400 and text in page else f"status {status}"
            self.outcomes[text] = "confirmed" if status == 302 else kept

    @property
    def confirmed(self):
        return sum(outcome == "confirmed" for outcome in self.outcomes.values())

    @property
    def kept(self):
        return sum(outcome == "kept" for outcome in self.outcomes.values())

    def lost(self, database):
        """What was neither refused with the text kept nor is in the history."""
        with psycopg.connect(database.url) as connection:
            rows = connection.execute("SELECT data::text FROM articles_revision").fetchall()
        history = "\n".join(row[0] for row in rows)
        history += history.encode().decode("unicode_escape", "replace")
        return [
            f"{text}: {outcome}"
            for text, outcome in self.outcomes.items()
            if outcome != "kept" and text not in history
        ]
