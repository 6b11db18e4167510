"""The store in front of Django, with what it does counted for `/metrics`."""

from collections.abc import Hashable

from articles.operations.figures import Figures
from articles.serving.page_store.front import Front
from articles.serving.page_store.page import Page
from articles.serving.page_store.store import PageStore


class CountedStore(PageStore):
    """Counts what was there and what was not, also when pages are made again after a change."""

    def __init__(self, max_bytes: int, figures: Figures):
        super().__init__(max_bytes)
        self.figures = figures

    def get(self, key: Hashable, version: Hashable) -> Page | None:
        page = super().get(key, version)
        self.figures.add("pages_missed" if page is None else "pages_served")
        return page

    def put(self, key: Hashable, page: Page, version: Hashable) -> None:
        super().put(key, page, version)
        self._tell_sizes()

    def begin(self, version: Hashable) -> list[Hashable]:
        keys = super().begin(version)
        self._tell_sizes()
        return keys

    def _tell_sizes(self):
        pages, size = self.sizes()
        self.figures.put("pages_kept", pages)
        self.figures.put("pages_kept_bytes", size)


class CountedFront(Front):
    """As `Front` is; `figures` takes the counts."""

    def __init__(self, application, *, max_bytes: int, figures: Figures, **options):
        super().__init__(application, max_bytes=max_bytes, figures=figures, **options)
        self.figures = figures
        self.store = CountedStore(max_bytes, figures)

    def _render(self, environ):
        answer = super()._render(environ)
        if isinstance(answer, Page):
            self.figures.add("pages_rendered")
        return answer
