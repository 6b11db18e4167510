"""What a page, or a part of one, was made from. While that is the same, the result is the same, and
need not be made again.

It is the rows that the database gave, and the surroundings: what is known without a query
(decision 47).
"""

import hashlib
import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from django.db import DatabaseError, connection
from django.db.utils import InterfaceError

MOST_QUERIES = 100  # what takes more is made again
KEPT = 500  # results of `remembered`, a few kB each

Made = TypeVar("Made")
Query = tuple[str, tuple]  # SQL, and its parameters


@dataclass(frozen=True, slots=True)
class Inputs:
    """`answers` has a digest of the rows of each query."""

    surroundings: Hashable
    queries: tuple[Query, ...]
    answers: tuple[bytes, ...]

    def interned(self) -> "Inputs":
        """The same, sharing the texts of queries with others."""
        return replace(self, queries=tuple((sys.intern(sql), given) for sql, given in self.queries))

    def are_same(self, surroundings: Hashable) -> bool:
        """Whether the database gives the same rows now. It asks no further after the first other
        ones."""
        if surroundings != self.surroundings:
            return False
        pairs = zip(self.queries, self.answers, strict=True)
        try:
            return all(_digest(_rows(query)) == known for query, known in pairs)
        except (DatabaseError, InterfaceError):
            return False


class Noting:
    """Notes the queries of a thread and the rows that it takes from their answers: `with
    connection.execute_wrapper(noting):`."""

    def __init__(self) -> None:
        self._noted: list[tuple[Query, list]] = []
        self._only_reads = True

    def __call__(
        self, execute: Callable, sql: str, params: Sequence, many: bool, context: dict
    ) -> object:
        answer = execute(sql, params, many, context)
        if not many and str(sql).lstrip("( ").startswith("SELECT"):
            # Pages of one kind share the texts of their queries.
            query, rows = (sys.intern(sql), tuple(params or ())), []
            self._noted.append((query, rows))
            context["cursor"].cursor = _Overheard(context["cursor"].cursor, rows)
        else:
            self._only_reads = False
        return answer

    def inputs(self, surroundings: Hashable) -> Inputs | None:
        """All that was read. None if that is nothing, or if something was written: then nothing
        says that the result is the same."""
        if not self._only_reads or not 0 < len(self._noted) <= MOST_QUERIES:
            return None
        queries, rows = zip(*self._noted, strict=True)
        return Inputs(surroundings, queries, tuple(map(_digest, rows)))


class _Overheard:
    """A cursor of the database, whose rows are also put into a list as they are taken. Who takes
    only some of them leaves an answer that never comes again."""

    def __init__(self, cursor: Any, rows: list) -> None:
        self._cursor, self._rows = cursor, rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Iterator:
        return iter(self.fetchone, None)

    def fetchone(self) -> Any:
        row = self._cursor.fetchone()
        if row is not None:
            self._rows.append(row)
        return row

    def fetchmany(self, *size: int) -> list:
        rows = self._cursor.fetchmany(*size)
        self._rows += rows
        return rows

    def fetchall(self) -> list:
        rows = self._cursor.fetchall()
        self._rows += rows
        return rows


def remembered(key: Hashable, make: Callable[[], Made]) -> Made:
    """The result of `make`, which must depend on nothing but the key and the rows that it reads.

    It is made again when the database gives other rows. Django takes many times as long to build
    the queries as the database to answer them. The result may be shared with other threads: do not
    change it. Inside a transaction nothing is remembered.
    """
    if connection.in_atomic_block:
        return make()
    place = _place(key)
    for inputs, made in place:
        if inputs.are_same(None):
            return made
    noting = Noting()
    with connection.execute_wrapper(noting):
        made = make()
    if inputs := noting.inputs(None):
        place[:] = [(inputs, made)]
    return made


def forget() -> None:
    """Clear the memory. For tests, which count queries."""
    _place.cache_clear()


@lru_cache(maxsize=KEPT)
def _place(key: Hashable) -> list[tuple[Inputs, Any]]:
    """The slot for a result: empty at first."""
    return []


def _rows(query: Query) -> list:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        return cursor.fetchall()


def _digest(rows: list) -> bytes:
    return hashlib.blake2b(repr(rows).encode(), digest_size=16).digest()
