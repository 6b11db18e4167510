"""Reads request bodies completely before a request is processed, so that slow uploads do not block
the site.

granian passes a request to a thread as soon as its headers have arrived, and it has no time limit
for a body. So a separate thread reads each body while the server's thread waits for it. The
server's thread gives up on a body that hardly makes progress. While two threads wait for slow
bodies, a third may wait for a moment; further requests get 503 with Retry-After. So some threads
always stay free for readers.
"""

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterable

from articles.rules.paths import FOR_PROGRAMS

MOST_BYTES = 32 * 1024 * 1024  # more than any form or upload of this site may have
IN_MEMORY = 1024 * 1024  # bytes of a body in memory; longer ones go to a temporary file
CHUNK = 64 * 1024
# A body that takes longer than SLOW_AFTER seconds is slow. At most SLOW_AT_ONCE slow bodies may be
# waited for.
SLOW_AFTER = 1.0
SLOW_AT_ONCE = 2
# At that limit, one other body at a time gets this many seconds to arrive completely.
GRACE = 0.02
# The minimum rate of a slow body in bytes per second. It applies after PATIENCE seconds.
LEAST_RATE = 10_000
PATIENCE = 5.0
# Threads that still read bodies which no request waits for: granian keeps the connection open.
MOST_READERS = 32

_REFUSALS = {
    "408 Request Timeout": b"The form did not arrive in time. Please send it again.\n",
    "413 Content Too Large": b"This is more than the site takes at once. Please send less.\n",
    "503 Service Unavailable": b"Too many slow forms are being received. Please send it again.\n",
}
# The same for programs: kind, title and detail of a problem of `articles.api.problems`.
_PROBLEMS = {
    "408 Request Timeout": (
        "timeout",
        "The body did not arrive in time",
        "Too little of the body arrived. Send it again.",
    ),
    "413 Content Too Large": (
        "too-large",
        "Too large",
        "This is more than the site takes at once. Send fewer articles, or shorter ones.",
    ),
    "503 Service Unavailable": (
        "try-again",
        "Not possible at the moment",
        "Too many slow bodies are being received. Send the same again in a while.",
    ),
}


class WholeBodies:
    """A WSGI callable around another one.

    `clock` returns seconds, as `time.monotonic` does. With `is_behind_proxy`, a proxy sends
    complete bodies, so the server waits for each of them.
    """

    def __init__(
        self,
        application: Callable,
        *,
        is_behind_proxy: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.application = application
        self.is_behind_proxy = is_behind_proxy
        self.clock = clock
        self._waiting: dict[_Body, float] = {}
        self._readers = threading.BoundedSemaphore(MOST_READERS)

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()) or not length.strip("0"):
            return self.application(environ, start_response)
        if len(length) > 15 or int(length) > MOST_BYTES:
            return _refuse("413 Content Too Large", environ, start_response)
        if self._is_crowded() or not self._readers.acquire(blocking=False):
            return _refuse("503 Service Unavailable", environ, start_response)
        body = _Body(environ["wsgi.input"], int(length))
        self._waiting[body] = self.clock()
        try:
            threading.Thread(target=self._read, args=(body,), name="body", daemon=True).start()
        except RuntimeError:  # the system gives this process no more threads
            del self._waiting[body]
            self._readers.release()
            return _refuse("503 Service Unavailable", environ, start_response)
        with body.content as content:
            if refusal := self._wait(body):
                return _refuse(refusal, environ, start_response)
            return self.application({**environ, "wsgi.input": content}, start_response)

    def _read(self, body):
        try:
            body.read()
        finally:
            self._readers.release()

    def _wait(self, body):
        """Wait until a body is complete. Returns the status of the refusal, or an empty text."""
        began = self._waiting[body]
        try:
            while not body.is_over.wait(GRACE):
                if self.is_behind_proxy:
                    continue
                if body.received < LEAST_RATE * (self.clock() - began - PATIENCE):
                    return "408 Request Timeout"
                if self._slower_ones(began) >= SLOW_AT_ONCE:
                    return "503 Service Unavailable"
        finally:
            del self._waiting[body]
        return body.failure

    def _is_crowded(self):
        """Whether the limit of slow bodies is reached and another body is also being waited for."""
        slow = self._slower_ones(self.clock())
        return not self.is_behind_proxy and SLOW_AT_ONCE <= slow < len(self._waiting)

    def _slower_ones(self, began):
        """The number of slow bodies that began before this moment."""
        slow = min(began, self.clock() - SLOW_AFTER)
        return sum(other < slow for other in list(self._waiting.values()))


class _Body:
    """A body. `content` is the file with the data read so far. `failure` is the status of a refusal
    while the body is incomplete."""

    def __init__(self, stream, length):
        self._stream, self._length = stream, length
        self.content = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self.received, self.failure = 0, "408 Request Timeout"
        self.is_over = threading.Event()

    def read(self):
        """Read until the body is complete, the client has gone, or the waiting thread has closed
        the content."""
        try:
            while self.received < self._length:
                chunk = self._stream.read(min(CHUNK, self._length - self.received))
                if not chunk or self.content.closed:
                    return
                self.content.write(chunk)
                self.received += len(chunk)
            self.content.seek(0)
            self.failure = ""
        except (OSError, ValueError):  # no space for a temporary file, or closed at this moment
            self.failure = "503 Service Unavailable"
        finally:
            self.is_over.set()


def _refuse(status, environ, start_response):
    media_type, text = "text/plain; charset=utf-8", _REFUSALS[status]
    if environ.get("PATH_INFO", "").startswith(FOR_PROGRAMS):
        media_type, text = "application/problem+json", _problem(status)
    headers = [
        ("Content-Type", media_type),
        ("Content-Length", str(len(text))),
        ("Cache-Control", "no-store"),
        ("Retry-After", "5"),
    ]
    start_response(status, headers)
    return [text]


def _problem(status):
    """A refusal as problem details (RFC 9457), in English: nobody has chosen a language yet."""
    kind, title, detail = _PROBLEMS[status]
    content = {
        "type": f"{FOR_PROGRAMS}problems/{kind}",
        "title": title,
        "status": int(status[:3]),
        "detail": detail,
    }
    return json.dumps(content).encode() + b"\n"
