"""Logs errors, but not once for every request."""

import logging
import threading
import time

from articles.rules import failures

logger = logging.getLogger(__name__)

SECONDS_BETWEEN = 60.0


class FaultLog:
    """Logs each kind of exception at most once a minute."""

    def __init__(self, logger: logging.Logger):
        self._logger = logger
        self._lock = threading.Lock()
        self._told_at: dict[tuple[str, type], float] = {}

    def tell(self, message: str, error: Exception) -> None:
        """Log an error with its traceback."""
        if self.is_news(message, error):
            self._logger.error(message, exc_info=error)

    def mention(self, message: str, error: Exception) -> None:
        """Log a warning in one line."""
        if self.is_news(message, error):
            self._logger.warning("%s: %s", message, _in_a_line(error))

    def is_news(self, message: str, error: Exception) -> bool:
        """Whether this was not said in the last minute, which is asked only to say it."""
        kind, now = (message, type(error)), time.monotonic()
        with self._lock:
            told_at = self._told_at.get(kind)
            if told_at is not None and now - told_at < SECONDS_BETWEEN:
                return False
            self._told_at[kind] = now
        return True


class BriefFilter(logging.Filter):
    """Makes one sentence a minute of a temporary failure of the database: each request that fails
    would log a traceback, which says nothing more. Other records pass as they are."""

    def __init__(self) -> None:
        super().__init__()
        self._log = FaultLog(logger)

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, Exception) or not failures.passes(error):
            return True
        if not self._log.is_news(record.msg, error):
            return False
        record.msg, record.args = f"{record.getMessage()}: {_in_a_line(error)}", ()
        record.exc_info = record.exc_text = None
        return True


def _in_a_line(error):
    return " ".join(str(error).split())
