"""How far back a search looks in one step: the archive in stretches of days, the newest first.

PostgreSQL reads all rows of the first stretch. A word that is not among thousands of the newest
rows is rare, and the index is fast for rare words. For others it gathers all rows of a stretch, so
a stretch is as long as what was found before lets expect, and no longer.
"""

from collections.abc import Iterator

from articles.search import tables

FIRST, SECOND = 400, 4_000  # days
BRIEF = 40  # days, where one hit is enough
# A stretch has so many times the days in which there should be enough hits.
AMPLE = 2


class Stretches:
    """Iterate for the lowest and the highest key of each stretch, from `low` on. `ends` are the
    lowest and the highest key that rows have, None if there are none. Say by `tell` what was found
    in one stretch before the next.

    What is rare, such as several words together, and was not found in the first stretch, is looked
    for in all the rest.
    """

    def __init__(
        self, low: int, ends: tuple[int, int] | None, *, first: int = FIRST, is_rare: bool
    ) -> None:
        self._low, self._ends, self._first, self._is_rare = low, ends, first, is_rare
        self._days = self._hits = self._missing = 0

    def __iter__(self) -> Iterator[tuple[int, int]]:
        if self._ends is None:
            return
        lowest, top = self._ends
        days = self._first
        while days and (bottom := tables.days_below(top, days)) > lowest:
            yield bottom, top
            self._days += days
            top, days = bottom - 1, self._next()
        yield self._low, top

    def tell(self, hits: int, missing: int, *, is_rare: bool = False) -> None:
        """So many hits were found in the stretch, and so many are still to be found. They may turn
        out to be rare."""
        self._hits += hits
        self._missing = missing
        self._is_rare |= is_rare

    def _next(self) -> int:
        """The days of the next stretch; 0 for all that are left."""
        if self._hits:
            return max(SECOND, AMPLE * self._days * self._missing // self._hits)
        return SECOND if self._days == self._first and not self._is_rare else 0
