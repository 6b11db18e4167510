"""The imprint in the memory of a process, so that the frame of every page knows it without a query.

Each public page calls `refresh` first. It asks the database only if this machine gave the signal of
a change since the last time, or if `forget` was called: pages are made before their change is
signalled. Any other page that is rendered between a commit and its signal may have the imprint from
before; `Front` does not keep it, because the site version is a new one by then.
"""

import logging
import threading
from typing import NamedTuple

from django.db import DatabaseError, connection
from django.db.utils import InterfaceError

from articles.changes.site_version import signal
from articles.models import Imprint

logger = logging.getLogger(__name__)


class KnownImprint(NamedTuple):
    """What other pages and feeds say of the imprint; compared by its values."""

    publisher: str
    editor: str
    legal_name: str
    address: str
    phone: str
    email: str
    copyright: str
    has_principles: bool
    has_ai_use: bool


class _Memory:
    """`place` is the database's name, the value of the signal and `forgotten` when `imprint` was
    read."""

    place: tuple[str, int | None, int] | None = None
    imprint: KnownImprint | None = None
    forgotten = 0
    reading = threading.Lock()  # so that what was read first does not replace what was read later


def current() -> KnownImprint | None:
    """The imprint as of the last `refresh`; None while there is none. Needs no query."""
    return _Memory.imprint


def refresh() -> None:
    """Read the imprint if something has changed. If the database does not answer, the last one
    stays."""
    if _is_known(_place()):
        return
    with _Memory.reading:
        place = _place()
        if _is_known(place):
            return
        try:
            row = Imprint.objects.first()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The imprint cannot be read: %s", str(error).strip())
            return
        know(row, place)


def forget() -> None:
    """Let the next page read the imprint: a change is committed, and not signalled yet."""
    _Memory.forgotten += 1


def know(row: Imprint | None, place: tuple[str, int | None, int] | None = None) -> None:
    """Remember a row, or that there is none, as of `place`, by default as of now."""
    _Memory.imprint = row and _known(row)
    _Memory.place = place or _place()


def _is_known(place):
    return place == _Memory.place and place[1] is not None


def _place():
    # A restored backup is checked beside the present database.
    return str(connection.settings_dict["NAME"]), signal.value(), _Memory.forgotten


def _known(row):
    names = [name for name in KnownImprint._fields if not name.startswith("has_")]
    texts = {name: getattr(row, name) for name in names}
    return KnownImprint(**texts, has_principles=bool(row.principles), has_ai_use=bool(row.ai_use))
