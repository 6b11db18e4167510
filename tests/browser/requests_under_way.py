"""How many requests the live server is answering at the moment."""

import threading
import time

from django.core.signals import request_finished, request_started

QUIET_SECONDS = 0.1
PATIENCE_SECONDS = 10


class RequestsUnderWay:
    """Counts from its making on; `wait` returns once the server has been idle for a moment."""

    def __init__(self):
        self._lock = threading.Lock()
        self._count = 0
        self._changed = time.monotonic()
        request_started.connect(self._start, weak=False, dispatch_uid=id(self))
        request_finished.connect(self._finish, weak=False, dispatch_uid=id(self))

    def _start(self, **kwargs):
        self._change(1)

    def _finish(self, **kwargs):
        self._change(-1)

    def _change(self, step):
        with self._lock:
            self._count += step
            self._changed = time.monotonic()

    def wait(self):
        """Raise TimeoutError if the server is still busy after ten seconds."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._count > 0 or time.monotonic() - self._changed < QUIET_SECONDS:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self._count} requests are still under way.")
            time.sleep(0.02)

    def stop(self):
        request_started.disconnect(dispatch_uid=id(self))
        request_finished.disconnect(dispatch_uid=id(self))
