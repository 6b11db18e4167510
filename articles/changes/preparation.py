"""Lets the processes that serve readers make pages before a change shows.

Each serving process listens on a Unix socket in one folder. Whoever has changed something connects
to all of them: that is the question. Each answers with a line that names what it has made, or with
an empty one. When the change is signalled, the connections are closed, and each process begins the
new state at once.
"""

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

LISTENING = "preparing pages"
MOST_BYTES = 200  # of an answer
# Seconds from an answer until the change must be signalled; then its maker has ended.
UNTIL_SIGNAL = 1.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """The site version whose pages are made, as text without spaces, and the name of the directory
    with their files; empty if there are none."""

    version: str
    directory: str = ""


def folder() -> Path:
    """Where the processes of this machine listen: beside the signal that they all read."""
    return settings.SITE_VERSION_SIGNAL.with_name("preparing")


@contextlib.contextmanager
def asked(folder: Path, seconds: float) -> Iterator[list[Prepared]]:
    """Ask all processes that listen in a folder to make their pages, and wait at most so many
    seconds for all of them: `with asked(…) as prepared:`. They begin the new state at the end of
    the block, so the change must be signalled in it. It never raises OSError."""
    until = time.monotonic() + seconds
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(each) for each in _connections(folder)]
        answers = [_answer(connection, until) for connection in connections]
        yield [answer for answer in answers if answer]


def listen(
    folder: Path, prepare: Callable[[], Prepared | None], begin: Callable[[], object]
) -> None:
    """Listen in a thread of its own. It calls `prepare` when somebody asks, which returns None if
    it could not make the pages, and `begin` when the change is signalled.

    Raises OSError if there can be no socket, and RuntimeError if there can be no thread.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _short(folder) as short:
        listener.bind(f"{short}/{secrets.token_hex(8)}")
    listener.listen()
    arguments = listener, prepare, begin
    threading.Thread(target=_keep_listening, args=arguments, name=LISTENING, daemon=True).start()


def _keep_listening(listener, prepare, begin):
    while True:
        try:
            _serve_one(listener, prepare, begin)
        except OSError:  # who asked has gone
            time.sleep(0.01)
        except Exception:
            logger.exception("No page was made before a change shows.")


def _serve_one(listener, prepare, begin):
    connection, _ = listener.accept()
    with connection:
        prepared = prepare()
        line = f"{prepared.version} {prepared.directory}" if prepared else ""
        connection.sendall(f"{line}\n".encode())
        connection.settimeout(UNTIL_SIGNAL)
        connection.recv(1)  # nothing, when it is closed
    begin()


def _connections(folder):
    with contextlib.suppress(FileNotFoundError), _short(folder) as short:  # nobody ever listened
        for path in folder.iterdir():
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.setblocking(False)
            try:
                connection.connect(f"{short}/{path.name}")
            except ConnectionRefusedError:  # left by a process that has ended
                connection.close()
                path.unlink(missing_ok=True)
            except OSError:
                connection.close()
            else:
                yield connection


@contextlib.contextmanager
def _short(folder):
    """A name of a folder with room for that of a socket: the whole has at most 107 bytes on Linux,
    103 elsewhere (unix(7))."""
    if len(os.fsencode(folder)) < 80:
        yield folder
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def _answer(connection, until):
    """The answer on a connection; None if there is none in time."""
    received = b""
    with contextlib.suppress(OSError):
        while not received.endswith(b"\n"):
            connection.settimeout(max(0.001, until - time.monotonic()))
            part = connection.recv(MOST_BYTES)
            if not part or len(received) > MOST_BYTES:
                return None
            received += part
    version, _, directory = received.decode(errors="replace").rstrip("\n").partition(" ")
    return Prepared(version, directory) if version else None
