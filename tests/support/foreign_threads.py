"""A program that serves requests in threads that Python did not create, like those of a server.

It takes paths, requests all of them concurrently in several such threads, ends the threads, and
prints a line of JSON: the `statuses` of the responses, and the `calls` of Python functions after
the last request of a thread. A thread that ends destroys its Python state; a function that runs at
that moment can crash the process.
"""

import ctypes
import io
import json
import os
import sys
import threading

THREADS, ROUNDS = 4, 3
# Python's own and harmless: deletes the thread object that `threading.current_thread` created.
FORGETS_THREAD = "_DeleteDummyThreadOnDel.__del__"

_C = ctypes.CDLL(None)
_Body = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)


class ForeignThread:
    """A thread created by the C library; `calls` collects Python calls after `work`."""

    def __init__(self, work, calls):
        self._work, self._calls = work, calls
        self._handle = ctypes.c_ulong()
        self._body = _Body(self._run)  # kept alive while the thread runs it
        if _C.pthread_create(ctypes.byref(self._handle), None, self._body, None):
            raise OSError("No thread could be made.")

    def join(self):
        _C.pthread_join(self._handle, None)

    def _run(self, _argument):
        self._work()
        sys.setprofile(self._note)

    def _note(self, frame, event, _argument):
        if event == "call" and not forgets_thread(frame):
            code = frame.f_code
            self._calls.append(f"{code.co_filename}: {code.co_qualname}")


def forgets_thread(frame):
    """Whether a call belongs to Python's deletion of its own object for a thread."""
    owner = frame.f_locals.get("selfref")
    if owner and owner() is threading._dangling:  # a set of weak references to these objects
        return True
    while frame and frame.f_code.co_qualname != FORGETS_THREAD:
        frame = frame.f_back
    return frame is not None


def ask(application, path, statuses):
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    body = application(environ, lambda status, _headers, _info=None: statuses.append(status))
    b"".join(body)
    if hasattr(body, "close"):
        body.close()


def main():
    from django.conf import settings

    # Without a manifest, so that static files need not be collected first.
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    from newsroom.wsgi import application

    statuses, calls = [], []
    for _round in range(ROUNDS):
        together = threading.Barrier(THREADS)

        def work(together=together):
            together.wait()
            for path in sys.argv[1:]:
                ask(application, path, statuses)

        for thread in [ForeignThread(work, calls) for _ in range(THREADS)]:
            thread.join()
    print(json.dumps({"statuses": statuses, "calls": calls}), flush=True)  # noqa: T201
    os._exit(0)  # without waiting for threads that never end


if __name__ == "__main__":
    main()
