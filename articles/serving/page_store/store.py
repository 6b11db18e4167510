"""Pages by address, up to a number of bytes. The least recently used are evicted first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from articles.serving.page_store.page import Page


class PageStore:
    """Holds the pages of one version of the site. A new version starts empty.

    It is safe to use from several threads.
    """

    def __init__(self, max_bytes: int):
        self.max_bytes = max_bytes
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._version: Hashable = None
        self._bytes = 0

    def get(self, key: Hashable, version: Hashable) -> Page | None:
        with self._lock:
            if version is not self._version and version != self._version:
                return None
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def peek(self, key: Hashable, version: Hashable) -> Page | None:
        """Like `get`, but it does not count as a use of the page."""
        with self._lock:
            return self._pages.get(key) if version == self._version else None

    def keys(self, version: Hashable) -> list[Hashable]:
        """The keys of the stored pages of a version."""
        with self._lock:
            return list(self._pages) if version == self._version else []

    def has_begun(self, version: Hashable) -> bool:
        """Whether a version is the current one."""
        return version == self._version

    def put(self, key: Hashable, page: Page, version: Hashable) -> None:
        """Store a page of a version. The page is ignored if the version is not the current one, or
        if it would fill more than an eighth of the store."""
        with self._lock:
            if version != self._version or page.size > self.max_bytes // 8:
                return
            self._drop(key)
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > self.max_bytes:
                self._drop(next(iter(self._pages)))

    def begin(self, version: Hashable) -> list[Hashable]:
        """Start a version, unless it is the current one. Returns the keys of the previous pages,
        the most recently used last."""
        with self._lock:
            if version == self._version:
                return []
            keys = list(self._pages)
            self._pages.clear()
            self._bytes, self._version = 0, version
            return keys

    def sizes(self) -> tuple[int, int]:
        """The number of pages and of bytes."""
        with self._lock:
            return len(self._pages), self._bytes

    def _drop(self, key):
        page = self._pages.pop(key, None)
        self._bytes -= page.size if page else 0
