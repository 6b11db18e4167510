"""Slow senders do not take every thread of a server away from those who only read.

A body is read by the thread that answers it, for as long as it takes to arrive, and the server has
no limit to that. So only some bodies are read at a time, and what comes beyond them is told to come
again. Behind a proxy that keeps bodies until they are whole, each is read in no time.
"""

import threading
from collections.abc import Callable, Iterable

READ_AT_ONCE = 2  # in one process; the server has four threads for it or more
_BUSY = b"Too many forms are being received at the moment. Please send it again.\n"
_HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(_BUSY))),
    ("Cache-Control", "no-store"),
    ("Retry-After", "5"),
]


class FewBodiesAtOnce:
    """A WSGI callable around another."""

    def __init__(self, application: Callable, at_once: int = READ_AT_ONCE):
        self.application = application
        self._turns = threading.BoundedSemaphore(at_once)

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or not int(length):
            return self.application(environ, start_response)
        if not self._turns.acquire(blocking=False):
            start_response("503 Service Unavailable", _HEADERS)
            return [_BUSY]
        body = environ["wsgi.input"] = _Body(environ["wsgi.input"], int(length), self._turns)
        try:
            return self.application(environ, start_response)
        finally:
            body.end_turn()


class _Body:
    """The input of a request, whose turn is over when all of it was read."""

    def __init__(self, stream, length, turns):
        self._stream, self._left, self._turns = stream, length, turns

    def read(self, size: int = -1) -> bytes:
        # Not more than there is: some servers would wait for it.
        return self._count(self._stream.read(self._left if size < 0 else min(size, self._left)))

    def readline(self, size: int = -1) -> bytes:
        return self._count(self._stream.readline(self._left if size < 0 else min(size, self._left)))

    def readlines(self, hint: int = -1) -> list[bytes]:
        return list(self)

    def __iter__(self):
        return iter(self.readline, b"")

    def end_turn(self) -> None:
        turns, self._turns = self._turns, None
        if turns:
            turns.release()

    def _count(self, data):
        self._left -= len(data)
        if not self._left or not data:
            self.end_turn()
        return data
