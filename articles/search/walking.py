"""Looks for the hits of one rank after the other, and walks through the newest rows once for all.

PostgreSQL reads the newest rows one by one, which costs much of a search for rare words: each rank
would go through the same rows again. SQLite has its index in the order of keys and needs none of
this.
"""

import uuid

from django.db import connection

from articles.search import tables
from articles.search.queries import Query
from articles.search.ranks import Rank

# How many hits of all ranks a walk goes through. A single word is in every few headlines if it is
# common, so that the first ranks are full after some hits; several words are not.
MOST_OF_ONE_WORD, MOST = 60, 200
# A rank with the lowest and the highest key to look at.
Place = tuple[Rank, int, int]


class Looks:
    """The looks of one search at some places."""

    def __init__(self, query: Query, places: list[Place]) -> None:
        self._query = query
        self._spans = {rank: (low, high) for rank, low, high in places}
        self._walked: dict[tuple[int, int], tables.Walked] = {}

    def newest(
        self, rank: Rank, low: int, high: int, limit: int, seconds: float
    ) -> list[tuple[int, uuid.UUID]]:
        """Keys and permanent ids of hits of a rank in the newest stretch of its place, as
        `tables.look` finds them."""
        known = self._walk(rank, low, high)
        rows = known.found.get(rank, [])[:limit]
        if len(rows) == limit or known.low == low:
            return rows
        return rows + tables.look(
            self._query,
            low,
            known.low - 1,
            limit - len(rows),
            rank=rank,
            walk=True,
            seconds=seconds,
        )

    @property
    def found_none(self) -> bool:
        """Whether a walk went through all of a stretch and met no hit of any rank."""
        return any(not walked.found for walked in self._walked.values())

    def _walk(self, rank: Rank, low: int, high: int) -> tables.Walked:
        """What is known by a walk for all ranks with the same place; nothing if none is worth
        it."""
        span = self._spans[rank]
        among = [each for each, own in self._spans.items() if own == span]
        if connection.vendor != "postgresql" or len(among) == 1:
            return tables.Walked(high + 1, {})
        if span not in self._walked:
            most = MOST if len(self._query.wanted) > 1 else MOST_OF_ONE_WORD
            self._walked[span] = tables.walk(self._query, low, high, most)
        return self._walked[span]
