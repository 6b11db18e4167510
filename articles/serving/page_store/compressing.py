"""The smallest form of the pages that readers want most, made when the site has been still for a
while, in memory and in the files for a web server.

A page is sent in its first, quick form until then. What does not change when the site does is not
compressed again (see `page.make`).
"""

import logging
import os
import threading
from collections.abc import Callable, Hashable
from contextlib import suppress

from articles.serving.page_store import page as pages
from articles.serving.page_store.faults import FaultLog
from articles.serving.page_store.page import Page
from articles.serving.page_store.store import PageStore

logger = logging.getLogger(__name__)

COMPRESSING = "compressing pages"
STILL = 5  # looks for a new version, one a second
NICENESS = 10


class Compressing:
    """Compresses at most `number` pages of a version, the most recently used first, in a thread of
    its own. `let_pass` is called before each page, and returns when no reader waits. `written` gets
    each smaller page, with its key and version."""

    def __init__(
        self,
        store: PageStore,
        number: int,
        let_pass: Callable[[], None],
        written: Callable[[str, Page, Hashable], None],
    ):
        self._store, self._number = store, number
        self._let_pass, self._written = let_pass, written
        self._version: Hashable = None
        self._looks = 0
        self._thread: threading.Thread | None = None
        self._log = FaultLog(logger)

    def begin(self, version: Hashable) -> None:
        """A new version is current. It may change again soon, so nothing is compressed yet."""
        self._version, self._looks = version, 0

    def look(self) -> None:
        """To be called once a second."""
        self._looks += 1
        if self._looks < STILL or (self._thread and self._thread.is_alive()):
            return
        if not self._wanted(self._version):
            return
        self._thread = threading.Thread(
            target=self._compress, args=(self._version,), name=COMPRESSING, daemon=True
        )
        with suppress(RuntimeError):  # the system gives no more threads; then the next look tries
            self._thread.start()

    def _wanted(self, version):
        found = self._store.newest(version, self._number)
        return [(key, page) for key, page in found if not page.is_densest]

    def _compress(self, version):
        _be_nice()
        try:
            for key, page in self._wanted(version):
                self._let_pass()
                smaller = pages.densest(page)
                self._store.replace(key, page, smaller, version)
                self._written(key, smaller, version)
        except Exception as error:  # noqa: BLE001 - nobody waits for this thread
            self._log.tell("Pages stay in their quick form.", error)


def _be_nice():
    """Let every other thread go first. It must not hold Python's lock for long (it does not while
    it compresses)."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
