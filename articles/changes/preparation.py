"""Lets the processes that serve readers have pages before a change shows.

Each serving process listens on a Unix socket in one folder. Whoever has changed something connects
to all of them: from then on they keep to the present state. One is asked to make the pages of the
new state, and the others are given them. Who cannot use them makes its own. When the change is
signalled, the connections are closed, and each process begins the new state at once.

A question is a line, `make` or `take N` with N bytes of pages after it. The answer is a line,
`VERSION N DIRECTORY` with N bytes of pages after it, or an empty line.
"""

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

logger = logging.getLogger(__name__)

LISTENING = "preparing pages"
LONGEST_LINE = 200  # bytes
MOST_BYTES = 32 * 1024 * 1024  # of pages; of more, each process makes its own
# Seconds from an answer until the change must be signalled; then its maker has ended.
UNTIL_SIGNAL = 1.0
FOR_ONE = 0.7  # of the time, until the others make pages of their own


@dataclass(frozen=True, slots=True)
class Prepared:
    """The site version whose pages a process has, as text without spaces, and the name of the
    directory with their files; empty if there are none. `pages` are for the other processes."""

    version: str
    directory: str = ""
    pages: bytes = b""


class Process(Protocol):
    """What serves readers. `make` and `take` return None if it could not have the pages ready."""

    def hold(self) -> object:
        """Keep to the present state: a change is committed, and does not show yet."""

    def make(self) -> Prepared | None:
        """Make the pages of the new state."""

    def take(self, pages: bytes) -> Prepared | None:
        """Use the pages that another process has made, and make what they leave out."""

    def begin(self) -> object:
        """Begin the new state: the change is signalled."""


def folder() -> Path:
    """Where the processes of this machine listen: beside the signal that they all read."""
    return settings.SITE_VERSION_SIGNAL.with_name("preparing")


@contextlib.contextmanager
def asked(folder: Path, seconds: float) -> Iterator[list[Prepared]]:
    """Have all processes that listen in a folder ready with their pages, and wait at most so many
    seconds for all of them: `with asked(…) as prepared:`. They begin the new state at the end of
    the block, so the change must be signalled in it. It never raises OSError."""
    now = time.monotonic()
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(each) for each in _connections(folder)]
        yield _answers(connections, now + seconds * FOR_ONE, now + seconds)


def listen(folder: Path, process: Process) -> None:
    """Listen in a thread of its own.

    Raises OSError if there can be no socket, and RuntimeError if there can be no thread.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _short(folder) as short:
        listener.bind(f"{short}/{secrets.token_hex(8)}")
    listener.listen()
    listening = threading.Thread(
        target=_keep_listening, args=(listener, process), name=LISTENING, daemon=True
    )
    listening.start()


def _keep_listening(listener, process):
    while True:
        try:
            _serve_one(listener, process)
        except OSError:  # who asked has gone
            time.sleep(0.01)
        except Exception:
            logger.exception("No page was made before a change shows.")


def _serve_one(listener, process):
    connection, _ = listener.accept()
    try:
        with connection, connection.makefile("rwb") as stream:
            process.hold()
            connection.settimeout(UNTIL_SIGNAL)
            _answer_question(stream, process)
            stream.read(1)  # nothing, when it is closed
    finally:  # even if this process was too slow; without a signal it begins nothing
        process.begin()


def _answer_question(stream, process):
    verb, _, size = stream.readline(LONGEST_LINE).decode().strip().partition(" ")
    prepared = process.take(_pages(stream, size)) if verb == "take" else process.make()
    pages = prepared.pages if prepared and len(prepared.pages) <= MOST_BYTES else b""
    line = f"{prepared.version} {len(pages)} {prepared.directory}" if prepared else ""
    stream.write(f"{line}\n".encode() + pages)
    stream.flush()


def _answers(connections, until_others, until):
    """One process makes the pages, the others get them."""
    if not connections:
        return []
    first, *others = connections
    _ask(first, b"make\n", until_others)
    made = _answer(first, until_others)
    question = b"make\n"
    if made and made.pages:
        question = f"take {len(made.pages)}\n".encode() + made.pages
    for connection in others:
        _ask(connection, question, until)
    answers = [made, *(_answer(connection, until) for connection in others)]
    return [answer for answer in answers if answer]


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


def _ask(connection, question, until):
    with contextlib.suppress(OSError):
        connection.settimeout(_left(until))
        connection.sendall(question)


def _answer(connection, until):
    """The answer on a connection; None if there is none in time, or none that can be read."""
    with contextlib.suppress(OSError, ValueError), connection.makefile("rb") as stream:
        connection.settimeout(_left(until))
        line = stream.readline(LONGEST_LINE).decode(errors="replace")
        if line.endswith("\n") and line.strip():
            version, size, directory = line.removesuffix("\n").split(" ")
            return Prepared(version, directory, _pages(stream, size))
    return None


def _pages(stream, size):
    """So many bytes of pages. Raises ValueError if that is no number, or too large."""
    if int(size) > MOST_BYTES:
        raise ValueError(f"{size} bytes of pages are too many.")
    return stream.read(int(size))


def _left(until):
    return max(0.001, until - time.monotonic())
