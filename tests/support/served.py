"""The real server, started with the shipped commands and observed from outside. Needs /proc."""

import contextlib
import json
import os
import shlex
import signal
import socket
import struct
import subprocess
from concurrent.futures import ThreadPoolExecutor
from configparser import RawConfigParser
from io import StringIO
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from tests.faults.site import free_port, get, status_of
from tests.support.serving_python import GRANIAN, PYTHON
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
PROCESSES = Path("/proc")
# Seconds; too long even for the slowest machine.
LONG = 600
NAMED_BY_CONTENT = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


def command_of_unit() -> list[str]:
    """The command that systemd starts."""
    unit = RawConfigParser(strict=False)
    unit.optionxform = str
    unit.read(ROOT / "deploy/systemd/newsroom.service")
    return shlex.split(unit["Service"]["ExecStart"])


def command_of_image() -> list[str]:
    """The command that a container starts."""
    text = (ROOT / "Dockerfile").read_text()
    return json.loads(text[text.rindex("CMD [") + 4 :].replace("\\\n", " "))


def command_of_run() -> list[str]:
    """The command that `make run` starts; it reads PORT."""
    return [PYTHON, "-m", "newsroom.run"]


def here(command: list[str], port: int) -> list[str]:
    """A granian command that uses this machine's granian and an address of this test."""
    command = [GRANIAN, *command[1:]]
    for name, value in (("--host", "127.0.0.1"), ("--port", str(port))):
        command[command.index(name) + 1] = value
    return command


class Server:
    """A server in a process group of its own, which is ended completely."""

    def __init__(self, command: list[str], environ: dict[str, str], folder: Path, name: str):
        """Its output goes to files in `folder`, with errors in a separate one."""
        self.port = free_port()
        is_run = command == command_of_run()
        self._command = command if is_run else here(command, self.port)
        self._environ = environ | {"PORT": str(self.port)}
        self.said, self.complained = folder / f"{name}.said", folder / f"{name}.complained"
        self.name, self.pid = name, 0

    def __enter__(self):
        with self.said.open("wb") as said, self.complained.open("wb") as complained:
            self._process = subprocess.Popen(
                self._command,
                env=self._environ,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=complained,
                start_new_session=True,
            )
        self.pid = self._process.pid
        try:
            wait_until(lambda: not self.is_running() or self.status("/healthz") == 200, LONG)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def is_running(self) -> bool:
        return self._process.poll() is None

    def status(self, path: str):
        return status_of(self.port, path, timeout=LONG)

    def get(self, path: str, **headers) -> tuple:
        """(status, headers, body)"""
        return get(self.port, path, headers.items(), timeout=LONG)

    def complaints(self) -> list[str]:
        """Lines on standard error."""
        return self.complained.read_text().splitlines()

    def workers(self) -> set[int]:
        """The processes that answer requests."""
        return workers_of(self.pid)

    def threads(self) -> dict[int, int]:
        """The number of threads of each worker."""
        return {pid: len(list((PROCESSES / f"{pid}/task").iterdir())) for pid in self.workers()}

    def burst(self, paths: list[str]) -> list[tuple[int, bytes]]:
        """Request all paths at once, while other clients disconnect early; returns the answers."""
        with ThreadPoolExecutor(2 * len(paths)) as pool:
            gone = [pool.submit(self._ask_and_go, path) for path in paths]
            answers = [pool.submit(self.get, path) for path in paths]
            for future in gone:
                future.result()
            return [(future.result()[0], future.result()[2]) for future in answers]

    def _ask_and_go(self, path):
        """Send a request and reset the connection, like a browser whose tab is closed."""
        with socket.create_connection(("127.0.0.1", self.port), LONG) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())


def workers_of(pid: int) -> set[int]:
    """The children of a server's first process that answer requests."""
    children = (PROCESSES / f"{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in children if _is_worker(child)}


def _is_worker(pid):
    """Whether a child of the server is a worker; multiprocessing may start a helper, too."""
    with contextlib.suppress(OSError):
        line = (PROCESSES / pid / "cmdline").read_text()
        return "run_due" not in line and "resource_tracker" not in line and bool(line)
    return False


def collect_static_files(folder: Path) -> None:
    """As a site finds them that was prepared before, but not compressed, which takes long."""
    folder.mkdir(parents=True)
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": NAMED_BY_CONTENT}}
    with override_settings(STATIC_ROOT=folder, STORAGES=storages):
        call_command("prepare", static_only=True, verbosity=0, stdout=StringIO())


@contextlib.contextmanager
def empty_database(url):
    """The URL of a new database on the same PostgreSQL server."""
    server, _, name = url.rpartition("/")
    name = f"{name.partition('?')[0]}_served_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
