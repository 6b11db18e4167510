"""What a page was made from. While all of that is the same, the page is the same, and is not made
again.

That is the answers to the queries that its making asked, and its surroundings: what a process knows
without a query (decision 47).
"""

import hashlib
import sys
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.utils import InterfaceError

MOST_QUERIES = 100  # a page with more is made again

Query = tuple[str, tuple]  # SQL, and its parameters


@dataclass(frozen=True, slots=True)
class Inputs:
    """`answers` has a digest of the rows that each query answered."""

    surroundings: Hashable
    queries: tuple[Query, ...]
    answers: tuple[bytes, ...]

    def are_same(self, surroundings: Hashable) -> bool:
        """Whether the database gives the same answers now. It asks no further after the first
        other one."""
        if surroundings != self.surroundings:
            return False
        pairs = zip(self.queries, self.answers, strict=True)
        try:
            return all(_answer(query) == known for query, known in pairs)
        except (DatabaseError, InterfaceError):
            return False


class Noting:
    """Notes the queries of a thread: `with connection.execute_wrapper(noting):`."""

    def __init__(self) -> None:
        self._queries: list[Query] = []
        self._only_reads = True

    def __call__(
        self, execute: Callable, sql: str, params: Sequence, many: bool, context: dict
    ) -> object:
        if not many and str(sql).lstrip("( ").startswith("SELECT"):
            # Pages of one kind share their texts.
            self._queries.append((sys.intern(sql), tuple(params or ())))
        else:
            self._only_reads = False
        return execute(sql, params, many, context)

    def inputs(self, surroundings: Hashable) -> Inputs | None:
        """What was asked, with the present answers. None if that is nothing, or not only reading:
        then nothing says that a page is the same."""
        queries = tuple(self._queries)
        if not self._only_reads or not 0 < len(queries) <= MOST_QUERIES:
            return None
        try:
            return Inputs(surroundings, queries, tuple(map(_answer, queries)))
        except (DatabaseError, InterfaceError):
            return None


def _answer(query: Query) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        rows = cursor.fetchall()
    return hashlib.blake2b(repr(rows).encode(), digest_size=16).digest()
