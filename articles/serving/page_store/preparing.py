"""The pages of a state before it begins, made while readers get those of the present one."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from articles.changes.preparation import Prepared
from articles.pages import imprints
from articles.serving.page_store.handing import Handed, Handing
from articles.serving.page_store.page import Page
from articles.serving.page_store.store import PageStore
from articles.serving.page_store.versions import State, Versions
from articles.serving.page_store.written import WrittenPages

LONGEST = 0.25  # seconds; whoever has made the change waits longer, for the files


@dataclass(eq=False)
class Ready:
    """Pages of a state by their keys, in the order in which they were made, and which of them are
    those of the state before. `are_written` says whether all are files, too, and `handed_over` how
    many were made by another process."""

    state: State | None = None
    pages: dict[str, Page] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    are_written: bool = False
    handed_over: int = 0


class Preparing:
    """What this process does while a change is committed and does not show (`preparation.Process`).

    `unchanged` gives the present page again if it is that of another state, too. `fresh` makes the
    page anew; it gives None if there is no such page. The pages that `most_wanted` names by their
    keys are made in any case, and then at most `number` others, the last used first.
    """

    def __init__(
        self,
        store: PageStore,
        versions: Versions,
        files: WrittenPages | None,
        unchanged: Callable[[Page | None, State], Page | None],
        fresh: Callable[[str, Page | None, State], Page | None],
        most_wanted: Callable[[], Iterable[str]],
        number: int,
    ):
        self._store, self._versions, self._files = store, versions, files
        self._unchanged, self._fresh = unchanged, fresh
        self._most_wanted, self._number = most_wanted, number
        self._handing = Handing()
        self._present: State | None = None
        self._ready = Ready()

    def hold(self) -> None:
        imprints.forget()
        self._present, state = self._versions.coming()
        self._ready = Ready(state)

    def make(self) -> Prepared | None:
        """None if there is no new state, or if another change comes."""
        ready = self._ready
        prepared = self._make_ready(ready)
        if prepared is None:
            return None
        new = {key: page for key, page in ready.pages.items() if key not in ready.kept}
        kept = {key: ready.pages[key].etag for key in ready.kept}
        pages = self._handing.packed(Handed(ready.state, new, kept))
        return Prepared(prepared.version, prepared.directory, pages)

    def take(self, pages: bytes) -> Prepared | None:
        ready, handed = self._ready, self._handing.unpacked(pages)
        if handed and handed.state == ready.state:
            ready.pages |= handed.pages
            ready.handed_over = len(handed.pages)
            for key, etag in handed.kept.items():
                page = self._store.peek(key, self._present)
                if page and page.etag == etag:
                    ready.pages[key] = page
                    ready.kept.add(key)
        return self._make_ready(ready)

    def begin(self) -> None:
        self._versions.known()

    def taken(self, state: State) -> Ready:
        """What is made for a state that begins now, even if more was to be made. It is given
        once."""
        ready, self._ready = self._ready, Ready()
        return ready if ready.state == state else Ready()

    def _make_ready(self, ready):
        """Make the pages that are missing, and write those that have no file."""
        state = ready.state
        if state is None:
            return None
        until = time.monotonic() + LONGEST
        first = {key: self._store.peek(key, self._present) for key in self._most_wanted()}
        self._make(ready, first, until)
        self._make(ready, dict(self._store.wanted(self._present, self._number)), until)
        if self._ready is not ready or not self._versions.holds(state):
            return None  # it has begun, or some pages may be of the state after it
        directory = None
        if self._files:
            directory = self._files.prepare(ready.pages, ready.kept, state)
            ready.are_written = directory is not None
        return Prepared(str(state.version), directory or "")

    def _make(self, ready, wanted, until):
        """Find the pages that a change leaves as they are, which costs little. Then make the
        others, until the time is over, or nobody waits for them any more."""
        for key, former in wanted.items():
            if key not in ready.pages and (page := self._unchanged(former, ready.state)):
                ready.pages[key] = page
                ready.kept.add(key)
        for key, former in wanted.items():
            if self._ready is not ready or time.monotonic() > until:
                return
            if key not in ready.pages and (page := self._fresh(key, former, ready.state)):
                ready.pages[key] = page
