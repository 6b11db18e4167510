"""The pages of a state before it begins, made while readers get those of the present one."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from articles.changes.preparation import Prepared
from articles.serving.page_store.page import Page
from articles.serving.page_store.store import PageStore
from articles.serving.page_store.versions import State, Versions
from articles.serving.page_store.written import WrittenPages

LONGEST = 0.2  # seconds; whoever has made the change waits a little longer


@dataclass(frozen=True)
class Ready:
    """Pages by their keys, the most recently used last. `are_written` says whether all are files,
    too."""

    state: State | None = None
    pages: dict[str, Page] = field(default_factory=dict)
    are_written: bool = False


class Preparing:
    """`unchanged` gives the present page again if it is that of another state, too. `fresh` makes
    the page anew; it gives None if there is no such page. At most `number` pages are made, the last
    used first."""

    def __init__(
        self,
        store: PageStore,
        versions: Versions,
        files: WrittenPages | None,
        unchanged: Callable[[Page, State], Page | None],
        fresh: Callable[[str, Page | None, State], Page | None],
        number: int,
    ):
        self._store, self._versions, self._files = store, versions, files
        self._unchanged, self._fresh, self._number = unchanged, fresh, number
        self._ready = Ready()

    def prepare(self, most_wanted: Callable[[], Iterable[str]]) -> Prepared | None:
        """Make the pages of the state that a committed change will begin when it is signalled, the
        most wanted ones in any case. None if there is no such state, or another change comes."""
        present, state = self._versions.coming()
        if state is None:
            return None
        wanted = {key: self._store.peek(key, present) for key in most_wanted()}
        wanted |= self._store.wanted(present, self._number)
        pages = self._made(wanted, state)
        if not self._versions.holds(state):
            return None  # some pages may be of the state after it
        directory = self._files.prepare(pages, state) if self._files else ""
        self._ready = Ready(state, pages, bool(directory))
        return Prepared(str(state.version), directory)

    def taken(self, state: State) -> Ready:
        """What was made for a state that begins. It is given once."""
        ready, self._ready = self._ready, Ready()
        return ready if ready.state == state else Ready()

    def _made(self, wanted, state):
        """The pages that a change leaves as they are, which costs little to know; then the others,
        until the time is over."""
        until = time.monotonic() + LONGEST
        pages = {key: self._unchanged(former, state) for key, former in wanted.items()}
        for key, former in wanted.items():
            if pages[key] is None and time.monotonic() < until:
                pages[key] = self._fresh(key, former, state)
        return {key: page for key, page in reversed(pages.items()) if page}
