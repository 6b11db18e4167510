"""What the server itself has to say, on standard error like everything else, and counted.

granian reads `server-log.json` (`--log-config`), which names the handler here. It works in the
first process of the server, which starts the workers. Django is not set up there.
"""

import contextlib
import logging
from pathlib import Path

from articles.operations import lost_workers
from articles.serving.logs import redact
from newsroom import environment

# How granian begins its line about a worker that ended although nobody had asked it to.
LOST = "Unexpected exit from "


class ServerLog(logging.StreamHandler):
    """Writes to standard error, without tokens of preview links, and notes every worker that was
    lost."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        message = record.getMessage()
        if message.startswith(LOST):
            with contextlib.suppress(OSError):  # the line above is there also on a full disk
                lost_workers.note(data_dir(), message.removeprefix(LOST))


def data_dir() -> Path:
    """As the settings have it."""
    return environment.path("DATA_DIR", environment.DEFAULT_DATA_DIR)
