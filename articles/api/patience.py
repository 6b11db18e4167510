"""Notes beside a request: they wait only briefly for the database and never end the request."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from articles.rules import failures

logger = logging.getLogger(__name__)

MILLISECONDS = 1000


@contextmanager
def short() -> Iterator[None]:
    """Write something that may as well be left out.

    SQLite has one writer. While another one works for long, the write is given up after a
    second. If the database accepts no writes at the moment, the rest of the block is left out
    and a warning logged; other errors rise.
    """
    try:
        with _brief_wait():
            yield
    except DatabaseError as error:
        if not failures.passes(error):
            raise
        logger.warning("The use of a token was not noted: %s", " ".join(str(error).split()))


@contextmanager
def _brief_wait():
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {min(usual, MILLISECONDS):d}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual:d}")
