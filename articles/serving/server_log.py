"""Messages of the server itself, on standard error like all others. Lost workers are counted.

granian reads `server-log.json` (`--log-config`), which names this handler. It runs in the first
process of the server, which starts the workers. Django is not set up there.
"""

import contextlib
import logging
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from articles.operations import lost_workers
from articles.serving.logs import redact
from newsroom import environment

# The start of granian's message about a worker that ended unexpectedly.
LOST = "Unexpected exit from "
# The start of its hint at every start that threads are many for the processors. They wait for the
# database and for slow clients most of the time, and their number was chosen.
HINT = "Configuration allows spawning up to "


class ServerLog(logging.StreamHandler):
    """Writes to standard error without tokens of preview links, and records every lost worker."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith(HINT):
            return
        super().emit(record)
        if message.startswith(LOST):
            # On a full disk, or without settings, the line above is still written.
            with contextlib.suppress(OSError, ImproperlyConfigured):
                lost_workers.note(data_dir(), message.removeprefix(LOST))


def data_dir() -> Path:
    """DATA_DIR as in the settings. The file of variables is read anew: workers that a reload starts
    would inherit what it adds to the environment, and not read what has changed there since."""
    with_file = environment.in_file("NEWSROOM_ENV") | os.environ
    return Path(with_file.get("DATA_DIR") or environment.DEFAULT_DATA_DIR)
