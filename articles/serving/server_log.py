"""Messages of the server itself, on standard error like all others. Lost workers are counted.

granian reads `server-log.json` (`--log-config`), which names this handler. It runs in the first
process of the server, which starts the workers. Django is not set up there.
"""

import contextlib
import logging
from pathlib import Path

from articles.operations import lost_workers
from articles.serving.logs import redact
from newsroom import environment

# The start of granian's message about a worker that ended unexpectedly.
LOST = "Unexpected exit from "


class ServerLog(logging.StreamHandler):
    """Writes to standard error without tokens of preview links, and records every lost worker."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        message = record.getMessage()
        if message.startswith(LOST):
            with contextlib.suppress(OSError):  # on a full disk, the line above is still written
                lost_workers.note(data_dir(), message.removeprefix(LOST))


def data_dir() -> Path:
    """DATA_DIR as in the settings."""
    return environment.path("DATA_DIR", environment.DEFAULT_DATA_DIR)
