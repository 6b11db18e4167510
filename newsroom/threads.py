"""A server's threads keep their database connections, and end when there is little to do.

What a thread leaves open would stay so until Python's garbage collector comes by, which can be
never on a site that sends finished pages.
"""

import threading
from collections.abc import Callable, Iterable

from django.db import connections

_thread = threading.local()


class ConnectionsEndWithThreads:
    """A WSGI callable around another: closes at a thread's end what requests opened in it."""

    def __init__(self, application: Callable):
        self.application = application

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if not hasattr(_thread, "closing"):
            _thread.closing = _Closing()
        return self.application(environ, start_response)


class _Closing:
    """Nobody else knows it, so that it goes with the thread."""

    def __init__(self):
        self._connections = connections.all()

    def __del__(self):
        for connection in self._connections:
            connection.close()
