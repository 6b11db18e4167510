"""Pages by address, up to a number of bytes. The least recently used are evicted first."""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from itertools import islice
from operator import itemgetter

from articles.serving.page_store.page import Page

# Seconds for which a page counts as wanted after a reader has asked for it. A web server that sends
# files asks once, and not again while it has the file.
WANTED = 600.0


class PageStore:
    """Holds the pages of one version of the site. A new version starts empty.

    It is safe to use from several threads.
    """

    def __init__(self, max_bytes: int):
        self.max_bytes = max_bytes
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        # Those of the version before, until they are made again; see `former`.
        self._former: OrderedDict[Hashable, Page] = OrderedDict()
        self._version: Hashable = None
        self._bytes = 0  # of both
        self._used_at: dict[Hashable, float] = {}  # by readers; `time.monotonic()`

    def get(self, key: Hashable, version: Hashable) -> Page | None:
        with self._lock:
            if version is not self._version and version != self._version:
                return None
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
                self._used_at[key] = time.monotonic()
            return page

    def use(self, key: Hashable) -> None:
        """A reader has asked for a page, and it was made."""
        with self._lock:
            if key in self._pages:
                self._used_at[key] = time.monotonic()

    def peek(self, key: Hashable, version: Hashable) -> Page | None:
        """Like `get`, but it does not count as a use of the page."""
        with self._lock:
            return self._pages.get(key) if version == self._version else None

    def former(self, key: Hashable) -> Page | None:
        """The page of the version before, as long as there is room for it and `forget_former` was
        not called. It is never an answer to a reader."""
        with self._lock:
            return self._former.get(key)

    def forget_former(self, version: Hashable) -> None:
        """All pages of the version before this one that are wanted have been made again."""
        with self._lock:
            if version == self._version:
                self._drop_former()

    def keys(self, version: Hashable) -> list[Hashable]:
        """The keys of the stored pages of a version."""
        with self._lock:
            return list(self._pages) if version == self._version else []

    def newest(self, version: Hashable, number: int) -> list[tuple[Hashable, Page]]:
        """The pages of a version that were used last, at most so many, the last one first."""
        with self._lock:
            if version != self._version:
                return []
            return list(islice(reversed(self._pages.items()), number))

    def wanted(self, version: Hashable, number: int) -> list[tuple[Hashable, Page]]:
        """The pages of a version that readers asked for in the last `WANTED` seconds, at most so
        many, the last one first."""
        with self._lock:
            if version != self._version:
                return []
            since = time.monotonic() - WANTED
            used = [(at, key) for key, at in self._used_at.items() if at > since]
            newest = sorted(used, key=itemgetter(0), reverse=True)
            found = [(key, self._pages[key]) for _, key in newest if key in self._pages]
            return found[:number]

    def has_begun(self, version: Hashable) -> bool:
        """Whether a version is the current one."""
        return version == self._version

    def put(self, key: Hashable, page: Page, version: Hashable) -> None:
        """Store a page of a version. The page is ignored if the version is not the current one, or
        if it would fill more than an eighth of the store."""
        with self._lock:
            if version == self._version:
                self._put(key, page)

    def replace(self, key: Hashable, page: Page, other: Page, version: Hashable) -> None:
        """Store another form of a page, unless the page has gone. It does not count as a use."""
        with self._lock:
            if version == self._version and self._pages.get(key) is page:
                self._pages[key] = other
                self._bytes += other.size - page.size

    def begin(
        self, version: Hashable, pages: Mapping[Hashable, Page] | None = None
    ) -> tuple[list[Hashable], list[Hashable]]:
        """Start a version with these pages, the last used first, unless it is the current one.
        Returns the keys of the other pages of the version before in that order: those that are
        wanted, and the rest."""
        with self._lock:
            if version == self._version:
                return [], []
            self._drop_former()
            self._former, self._pages = self._pages, self._former
            self._version = version
            for key in reversed(pages or {}):
                self._put(key, pages[key])
            since = time.monotonic() - WANTED
            self._used_at = {key: at for key, at in self._used_at.items() if at > since}
            wanted = sorted(self._used_at.keys() & self._former, key=self._used_at.get)[::-1]
            rest = [key for key in reversed(self._former) if key not in self._used_at]
            return wanted, rest

    def sizes(self) -> tuple[int, int]:
        """The number of pages of the current version and of bytes, former pages included."""
        with self._lock:
            return len(self._pages), self._bytes

    def _put(self, key, page):
        if page.size > self.max_bytes // 8:
            return
        self._drop(key, self._former)
        self._drop(key, self._pages)
        self._pages[key] = page
        self._bytes += page.size
        while self._bytes > self.max_bytes:
            pages = self._former or self._pages
            evicted = next(iter(pages))
            self._drop(evicted, pages)
            self._used_at.pop(evicted, None)

    def _drop_former(self):
        self._bytes -= sum(page.size for page in self._former.values())
        self._former.clear()

    def _drop(self, key, pages):
        page = pages.pop(key, None)
        self._bytes -= page.size if page else 0
