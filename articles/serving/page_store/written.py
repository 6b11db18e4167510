"""Pages as files on a disk that may fail.

Files are optional: without them, readers get pages from memory. So no disk error is raised here.
Errors are logged, and shown at `/readyz` and `/metrics`. Failed steps are retried at each look for
a new version until they succeed.
"""

import logging
import threading
from collections.abc import Callable, Hashable, Mapping, Set
from enum import IntEnum
from pathlib import Path

from django.conf import settings

from articles.operations import figures
from articles.rules.addresses import path_from_wsgi
from articles.serving.page_store.files import PageFiles
from articles.serving.page_store.page import Page
from articles.serving.page_store.store import PageStore

logger = logging.getLogger(__name__)

WRITES_A_LOOK = 100  # a limit, so that looking for a new version is not delayed for long
_UNSET = object()


class Fault(IntEnum):
    """What is wrong with the files. A higher value is worse."""

    NONE = 0
    UNWRITTEN = 1  # some or all pages are not written as files
    STALE = 2  # a web server may send files of an earlier state


class WrittenPages:
    """Writes the pages of the current state. `holds` says whether a state is still current.

    It is safe to use from several threads.
    """

    def __init__(
        self,
        root: Path,
        holds: Callable[[Hashable], bool],
        counts: figures.Figures | None = None,
    ):
        self.fault = Fault.NONE
        self._files, self._holds, self._counts = PageFiles(root), holds, counts
        self._wanted: Hashable = _UNSET
        self._missing: dict[str, None] = {}  # keys of pages still to be written, in order
        self._told: set[tuple] = set()
        self._settling, self._noting = threading.Lock(), threading.Lock()

    def begin(self, state: Hashable | None) -> None:
        """From now on a web server must find the pages of this state; None: no pages at all."""
        with self._settling:
            if state != self._wanted:
                self._wanted, self._missing = state, {}
            self._settle()

    def put(self, key: str, page: Page, state: Hashable) -> None:
        """Write a page of the current state. Its key is its WSGI path."""
        if state != self._wanted:
            return
        try:
            if self._files.put(path_from_wsgi(key), page, state):
                return
        except OSError as error:
            self._note(error)
        self._missing[key] = None

    def prepare(self, pages: Mapping[str, Page], kept: Set[str], state: Hashable) -> str | None:
        """Write pages of a state that is still to come; keys are WSGI paths, and the `kept` ones
        are those of the present state. Returns the name of their directory; None if they are not
        all there."""
        by_path = {path_from_wsgi(key): page for key, page in pages.items()}
        try:
            return self._files.prepare(by_path, {path_from_wsgi(key) for key in kept}, state)
        except OSError:
            return None  # `begin` will find out what is wrong, and tell

    def tend(self, store: PageStore) -> None:
        """Retry unfinished work, with the pages in memory."""
        with self._settling:
            if self._wanted is _UNSET:
                return
            is_done = self._settle(store)
            if is_done and self._wanted is not None:
                is_done = self._write_missing(store)
                self._files.clear_up(self._wanted)
            if is_done and self.fault:
                self._tell_end()

    def _settle(self, store=None):
        """Make the web server find the wanted state and nothing else. Returns whether it does."""
        try:
            if self._wanted is None:
                self._files.link.take_away()
                return True
            if self._files.is_begun(self._wanted):
                return True
            is_done = self._files.begin(self._wanted, lambda: self._holds(self._wanted))
        except OSError as error:
            self._note(error)
            return False
        if is_done and store:  # the directory is new although the state is not
            self._missing |= dict.fromkeys(store.keys(self._wanted))
        return is_done

    def _write_missing(self, store):
        for key in list(self._missing)[:WRITES_A_LOOK]:
            page = store.peek(key, self._wanted)
            try:
                is_done = not page or self._files.put(path_from_wsgi(key), page, self._wanted)
            except OSError as error:
                self._note(error)
                return False
            if not is_done:
                return False
            self._missing.pop(key, None)
        return True

    def _note(self, error):
        """Record a fault. It is logged once until it is over."""
        with self._noting:
            is_stale = self._wanted is not _UNSET and self._files.is_stale(self._wanted)
            self.fault = Fault.STALE if is_stale else Fault.UNWRITTEN
            if self._counts:
                self._counts.put("page_files_fault", self.fault)
            if (told := (self.fault, error.errno)) in self._told:
                return
            self._told.add(told)
        root = self._files.root
        if is_stale:
            logger.error(
                "Finished pages of an earlier state cannot be removed from %s (%s), and a web "
                "server that sends them may send what was withdrawn. Make the directory writable, "
                "remove %s, or stop the web server. The site tries again every second.",
                *(root, error, self._files.link.path),
            )
        else:
            logger.warning(
                "Finished pages cannot be written to %s (%s). Readers are answered from memory. "
                "Make room there, or make it writable; the site tries again every second.",
                *(root, error),
            )

    def _tell_end(self):
        with self._noting:
            self.fault, self._told = Fault.NONE, set()
            if self._counts:
                self._counts.put("page_files_fault", Fault.NONE)
        logger.warning("Finished pages are written to %s again.", self._files.root)


def fault_of_node() -> Fault:
    """The worst fault that a process of this machine reports."""
    if not settings.PAGES_DIR:
        return Fault.NONE
    found = figures.kept_in(settings.FIGURES_DIR).by_process().values()
    return max((Fault(counts["page_files_fault"]) for counts in found), default=Fault.NONE)
