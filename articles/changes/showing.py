"""Shows readers a change that is committed: all of it at a time, and not before its pages are made.

Until then the serving processes of this machine answer with the state before the change. They are
given a moment to make the pages of the new state (`preparation`). Then the link that a web server
follows and the signal are changed, and whoever asks from now on gets the new state. So readers do
not wait for pages that a change touches, and an editor whose save is answered finds it shown.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress

from django.conf import settings
from django.db import Error

from articles.changes import preparation
from articles.changes.change_signal import ChangeSignal
from articles.changes.current_link import CurrentLink
from articles.changes.preparation import Prepared

logger = logging.getLogger(__name__)

PATIENCE = 0.5  # seconds for the pages of a new state
# Seconds without a change, after which the next one waits. Many changes in a row do not.
STILL = 0.5


class Showing:
    """`current` gives the present version of the site as text, by asking the database."""

    def __init__(self, signal: ChangeSignal, current: Callable[[], str]):
        self._signal, self._current = signal, current
        self._waiting = threading.Lock()  # one change of a process waits at a time
        self._shown_at = -STILL
        self._shown: str | None = None

    def show(self, *, at_once: bool = False) -> None:
        """To be called when a change is committed. With `at_once` it does not wait for pages:
        something was withdrawn.

        Nothing may stop it. What a disk refuses, the signalled processes do as soon as they can.
        Raises OSError if there can be no signal.
        """
        is_still = time.monotonic() - self._shown_at >= STILL
        if not is_still and self._is_shown():
            return  # by another change of the same transaction
        with self._prepared() if is_still and not at_once else nullcontext([]) as prepared:
            try:
                if settings.PAGES_DIR:
                    self._turn_link(prepared)
            finally:
                self._signal.change()
        self._shown = prepared[0].version if prepared else None
        self._shown_at = time.monotonic()

    @contextmanager
    def _prepared(self) -> Iterator[list[Prepared]]:
        if not self._waiting.acquire(blocking=False):
            yield []
            return
        try:
            with preparation.asked(preparation.folder(), PATIENCE) as prepared:
                yield prepared
        finally:
            self._waiting.release()

    def _turn_link(self, prepared: list[Prepared]) -> None:
        """Lead a web server to the files that were made, or to none."""
        link = CurrentLink(settings.PAGES_DIR)
        try:
            if not self._is_led(link, prepared):
                link.take_away()
        except OSError as error:
            logger.error(
                "Something was changed for readers, and a web server may still send the finished "
                "pages from before: the link to them in PAGES_DIR cannot be removed (%s). The site "
                "goes on trying while it runs. If it cannot, remove %s.",
                *(error, link.path),
            )

    def _is_led(self, link, prepared):
        made = next((answer for answer in prepared if answer.directory), None)
        if made is None:
            return False
        with suppress(OSError):  # such as a full disk
            directory = settings.PAGES_DIR / made.directory
            return link.lead_to(directory, lambda: self._is_current(made.version))
        return False

    def _is_shown(self):
        return self._shown is not None and self._is_current(self._shown)

    def _is_current(self, version):
        try:
            return self._current() == version
        except Error:
            return False
