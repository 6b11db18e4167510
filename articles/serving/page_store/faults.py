"""Logs errors, but not once for every request."""

import logging
import threading
import time

SECONDS_BETWEEN = 60.0


class FaultLog:
    """Logs each kind of exception with its traceback, at most once a minute."""

    def __init__(self, logger: logging.Logger):
        self._logger = logger
        self._lock = threading.Lock()
        self._told_at: dict[tuple[str, type], float] = {}

    def tell(self, message: str, error: Exception) -> None:
        kind, now = (message, type(error)), time.monotonic()
        with self._lock:
            told_at = self._told_at.get(kind)
            if told_at is not None and now - told_at < SECONDS_BETWEEN:
                return
            self._told_at[kind] = now
        self._logger.error(message, exc_info=error)
