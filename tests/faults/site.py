"""The pieces of a site under fault: PostgreSQL, nodes, nginx, and readers who keep asking.

All are context managers, and whatever they started is gone when they end. Ports are chosen freely.
"""

import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from articles.changes.current_link import CurrentLink
from articles.serving.page_store.files import name_of
from newsroom.run import serving
from tests.faults.result import Answer, Counts
from tests.support import nginx, postgresql
from tests.support.waiting import NeverHappened
from tests.support.waiting import wait_until as wait_for_so_long

ROOT = Path(__file__).parents[2]
SECRET_KEY = secrets.token_urlsafe(50)
EDITOR, PASSWORD = "editor", "correct horse battery"
HOME, FEED = "/", "/feeds/digests.rss"
# What has not come about after so many seconds never will, on however busy a machine.
PATIENCE = 900.0


def wait_until(happens):
    """Wait until a callable returns something true, and return that. Raises NeverHappened."""
    return wait_for_so_long(happens, PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# PostgreSQL


class Database:
    """A private PostgreSQL with a site's tables, the demo archive and a superuser, EDITOR."""

    def __init__(self, **settings):
        """Settings of postgresql.conf, such as `max_connections=12`."""
        self.binaries = postgresql.find_binaries(os.environ.get("PATH"))
        self.prefix = postgresql.unprivileged_prefix(os.geteuid())
        self.folder = postgresql.socket_directory()
        self.url = postgresql.server_url(self.folder).replace("/newsroom", "/postgres")
        self.settings = settings

    def __enter__(self):
        shutil.copytree(prepared() / "data", self.folder / "data")
        with (self.folder / "data/postgresql.conf").open("a") as file:
            file.write(f"unix_socket_directories = '{self.folder}'\n")
            file.writelines(f"{name} = {value}\n" for name, value in self.settings.items())
        self.start()
        return self

    def __exit__(self, *error):
        postgresql.remove(self.binaries, self.prefix, self.folder)

    def start(self):
        self._pg_ctl("--log", self.folder / "log", "start")

    def stop(self, mode="fast"):
        self._pg_ctl("--mode", mode, "stop")

    def restart(self, mode="fast"):
        self._pg_ctl("--mode", mode, "--log", self.folder / "log", "restart")

    def latest_digest(self):
        """(id, date as YYYY-MM-DD) of the newest published digest."""
        with psycopg.connect(self.url) as connection:
            query = "SELECT id, date::text FROM articles_digest WHERE status = 'published'"
            return connection.execute(f"{query} ORDER BY date DESC LIMIT 1").fetchone()

    def _pg_ctl(self, *words):
        command = [*self.prefix, self.binaries / "pg_ctl", "--pgdata", self.folder / "data"]
        postgresql.run([*command, *postgresql.WAIT, *words], log=self.folder / "log")


_prepared: dict[str, Path] = {}


def prepared() -> Path:
    """The folder with a stopped cluster (`data`) that holds a site, and collected static files
    (`static`), made once a run below `tempfile.gettempdir()`; `forget_prepared` removes it."""
    if "folder" not in _prepared:
        folder = _prepared["folder"] = postgresql.socket_directory()
        binaries = postgresql.find_binaries(os.environ.get("PATH"))
        prefix = postgresql.unprivileged_prefix(os.geteuid())
        postgresql.create_cluster(binaries, prefix, folder)
        try:
            url = postgresql.server_url(folder).replace("/newsroom", "/postgres")
            environ = environment(folder, url)
            python(environ, "-m", "tests.faults.prepare")
        finally:
            pg_ctl = [*prefix, binaries / "pg_ctl", "--pgdata", folder / "data"]
            postgresql.run([*pg_ctl, *postgresql.WAIT, "--mode", "fast", "stop"])
    return _prepared["folder"]


def forget_prepared():
    if folder := _prepared.pop("folder", None):
        shutil.rmtree(folder, ignore_errors=True)


# The site


def environment(data_dir: Path, database_url: str, site_url="http://127.0.0.1:8000", **more):
    """The environment of a node, and nothing of this shell's but the path."""
    static = _prepared.get("folder", data_dir) / "static"
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir),
        "STATIC_ROOT": str(static),
        "SITE_URL": site_url,
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


def python(environ, *words, tree=ROOT):
    """Run Python in a tree of the product to its end; returns what it printed."""
    done = subprocess.run(
        [sys.executable, *words], cwd=tree, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NeverHappened(f"{' '.join(words)} failed: {done.stderr[-2000:]}")
    return done.stdout


class Process:
    """A program in a process group of its own, of which nothing is left at the end. What it says
    goes to the file `log`."""

    def __init__(self, command, log: Path, environ=None, tree=ROOT):
        self.command, self.log, self.environ, self.tree = command, log, environ, tree
        self.process: subprocess.Popen | None = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        if self.process:
            self.kill()

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in self.command],
                cwd=self.tree,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def signal(self, number):
        """Send a signal to the main process."""
        self.process.send_signal(number)

    def stop(self, seconds=PATIENCE):
        """Ask to end (SIGTERM) and wait; returns the seconds that took. Raises TimeoutExpired."""
        start = time.monotonic()
        self.process.terminate()
        self.process.wait(seconds)
        return time.monotonic() - start

    def kill(self):
        """End the whole group at once, as by kill -9."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


class Node(Process):
    """The server as it is deployed, with a DATA_DIR and a PAGES_DIR of its own below `folder`;
    `tree` is the product that it serves. Ready when the `with` begins."""

    def __init__(self, folder: Path, database_url: str, *, port=None, tree=ROOT, **more):
        self.port = port or free_port()
        self.data_dir = folder / f"node-{self.port}"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        more = {"PAGES_DIR": str(self.data_dir / "pages")} | more
        self.pages = Path(more["PAGES_DIR"])
        environ = environment(self.data_dir, database_url, **more)
        command = serving_of(tree, self.port, environ)
        super().__init__(command, folder / f"node-{self.port}.log", environ, tree)

    def start(self):
        super().start()
        self.wait_until_up()

    def wait_until_up(self, path="/healthz"):
        wait_until(lambda: status_of(self.port, path) == 200)

    def file_of(self, path) -> bytes | None:
        """What a web server finds for a path; None if it has to ask the node."""
        with contextlib.suppress(OSError):
            return (CurrentLink(self.pages).path / name_of(path)).read_bytes()
        return None

    def answer(self, path):
        """(status, body) of the node. Raises OSError or HTTPException."""
        status, _headers, body = get(self.port, path)
        return status, body

    def sent(self, path):
        """The same as a web server before the node sends it, from its file if there is one."""
        body = self.file_of(path)
        return self.answer(path) if body is None else (200, body)


def serving_of(tree: Path, port: int, environ) -> list[str]:
    """The command by which a product starts its server."""
    if tree == ROOT:
        return serving("127.0.0.1", port)
    code = f"import json, newsroom.run as run; print(json.dumps(run.serving('127.0.0.1', {port})))"
    return json.loads(python(environ, "-c", code, tree=tree))


class Nginx(Process):
    """nginx with the shipped configuration in front of the nodes at the ports; finished pages are
    taken from `pages` if that is given."""

    def __init__(self, folder: Path, ports: list[int], pages: Path | None = None):
        if nginx.NGINX is None:
            raise NeverHappened("nginx was not found: apt-get install nginx-light.")
        self.port = free_port()
        folder = folder / f"nginx-{self.port}"
        folder.mkdir()
        for part in (folder, *folder.parents[:2]):
            part.chmod(0o755)  # nginx may run as somebody else
        command = nginx.configure(
            folder,
            self.port,
            [f"127.0.0.1:{port}" for port in ports],
            pages=pages,
            options=" backlog=1024",
        )
        super().__init__(command, folder / "nginx.log")

    def start(self):
        super().start()
        wait_until(lambda: accepts(self.port))

    def answer(self, path):
        """(status, body). Raises OSError or HTTPException."""
        status, _headers, body = get(self.port, path)
        return status, body


def accepts(port) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


# Readers


def get(port, path=HOME, headers=(), timeout=PATIENCE):
    """(status, headers, body) of a GET over a connection of its own; raises OSError or
    HTTPException."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", quote(path, safe="/?&=%"), headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def status_of(port, path=HOME, timeout=PATIENCE):
    """The status of a GET; the name of the exception if there is no answer."""
    try:
        return get(port, path, timeout=timeout)[0]
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__


class Readers:
    """So many threads that ask for the paths in turn, until the `with` ends or `stop` is called.

    Connections are kept open if `keep_alive`, as browsers and proxies do, and opened anew after a
    failure; nothing is asked twice. `pause` is between two requests of a thread, in seconds, so
    that the clients leave something of the machine to what they ask.
    """

    def __init__(
        self, port, paths=(HOME, FEED), *, threads=8, pause=0.01, keep_alive=True, good=(200, 304)
    ):
        self.port, self.paths, self.pause, self.keep_alive = port, paths, pause, keep_alive
        self.good = good
        self._answers: list[Answer] = []
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(n,), daemon=True) for n in range(threads)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.stop()

    def stop(self):
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    @property
    def counts(self) -> Counts:
        return Counts(list(self._answers), self.good)

    def _ask(self, turn):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while not self._over.is_set():
            path = self.paths[turn % len(self.paths)]
            turn += 1
            started = time.monotonic()
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException) as error:
                status = type(error).__name__
            now = time.monotonic()
            self._answers.append(Answer(path, status, now, now - started))
            if not self.keep_alive or isinstance(status, str):
                connection.close()
            self._over.wait(self.pause)
        connection.close()


def scratch_folder() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="newsroom-faults-", ignore_cleanup_errors=True)
