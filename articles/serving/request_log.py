"""One line of JSON per request on standard error, if `REQUEST_LOG` is on.

It records the request and its result, not the client: no address, no cookie, no query, and no token
of a preview link. The reverse proxy's log has the addresses.
"""

import contextlib
import datetime as dt
import json
import sys
import time
from collections.abc import Callable, Iterable
from typing import TextIO

from articles.serving.logs import redact


class RequestLog:
    """A WSGI callable around another one; `stream` receives the lines."""

    def __init__(self, application: Callable, stream: TextIO | None = None):
        self.application = application
        self.stream = stream or sys.stderr

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        started, told = time.perf_counter(), {"status": 500}

        def start(status, headers, *exc_info):
            told["status"] = int(status[:3])
            return start_response(status, headers, *exc_info)

        try:
            body = self.application(environ, start)
        except Exception:
            self._write(environ, told["status"], started)
            raise
        if isinstance(body, list):
            self._write(environ, told["status"], started)
            return body
        return _Noted(body, lambda: self._write(environ, told["status"], started))

    def _write(self, environ, status, started):
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="backslashreplace")
        line = {
            "time": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
            "method": environ["REQUEST_METHOD"],
            "path": redact(path),
            "status": status,
            "ms": round((time.perf_counter() - started) * 1000, 3),
        }
        # ASCII, so that no path can break the line or the terminal that shows it. A log that nobody
        # reads, or a full disk, must not prevent a response.
        with contextlib.suppress(OSError):
            self.stream.write(json.dumps(line) + "\n")


class _Noted:
    """A response body that reports when it was sent or aborted."""

    def __init__(self, body, on_close):
        self.body, self.on_close = body, on_close

    def __iter__(self):
        return iter(self.body)

    def close(self):
        try:
            if hasattr(self.body, "close"):
                self.body.close()
        finally:
            self.on_close()
