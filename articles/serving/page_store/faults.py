"""Logs errors, but not once for every request."""

import logging
import threading
import time

SECONDS_BETWEEN = 60.0


class FaultLog:
    """Logs each kind of exception at most once a minute."""

    def __init__(self, logger: logging.Logger):
        self._logger = logger
        self._lock = threading.Lock()
        self._told_at: dict[tuple[str, type], float] = {}

    def tell(self, message: str, error: Exception) -> None:
        """Log an error with its traceback."""
        if self._is_news(message, error):
            self._logger.error(message, exc_info=error)

    def mention(self, message: str, error: Exception) -> None:
        """Log a warning in one line."""
        if self._is_news(message, error):
            self._logger.warning("%s: %s", message, " ".join(str(error).split()))

    def _is_news(self, message, error):
        kind, now = (message, type(error)), time.monotonic()
        with self._lock:
            told_at = self._told_at.get(kind)
            if told_at is not None and now - told_at < SECONDS_BETWEEN:
                return False
            self._told_at[kind] = now
        return True
