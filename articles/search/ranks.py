"""The order of hits: ranks one after the other, in each the newest first.

A rank is a condition on one article, so that a page of hits is read along the keys and nothing is
sorted or counted. `condition` is the rank in SQL, `candidates` what its rows have in the index.
"""

import enum
from collections.abc import Iterable

from django.db import connection

from articles.search import terms
from articles.search.queries import Query

# Texts in SQL, each with its parameters.
Sql = tuple[str, list[str]]


class Rank(enum.IntEnum):
    """How well an article answers. Every hit has exactly one of the first four."""

    HEADLINE = 1  # everything that is wanted is in the headline
    PARTLY = 2  # some of it is
    TEXT = 3  # nothing is
    WIDER = 4  # in no case without the wider names of the desk
    ANY = 9  # all hits


def of(query: Query, *, newest: bool) -> list[Rank]:
    """The ranks in which hits are sought; with `newest` all of them in one."""
    if newest or not query.wanted:
        return [Rank.ANY]
    partly = [Rank.PARTLY] if len(query.wanted) > 1 else []
    wider = [Rank.WIDER] if query.has_wider else []
    return [Rank.HEADLINE, *partly, Rank.TEXT, *wider]


def condition(query: Query, rank: Rank) -> Sql:
    """The condition that a row `s` has the rank."""
    # Few pieces are looked for in less time, and without them the others are not looked for.
    wanted = sorted(query.wanted, key=lambda each: len(each.pieces))
    same = [each.same for each in wanted]
    every = [each.pieces for each in wanted]
    if rank is Rank.HEADLINE:
        return _all(map(_in_headline, same))
    if rank is Rank.ANY:
        return _all(map(_in_text, every))
    if rank is Rank.WIDER:
        return _all([*map(_in_text, every), _not(_all(map(_in_text, same)))])
    somewhere = _any(map(_in_headline, same))
    if rank is Rank.TEXT:
        return _all([*map(_in_text, same), _not(somewhere)])
    return _all([*map(_in_text, same), somewhere, _not(_all(map(_in_headline, same)))])


def of_hit(query: Query) -> Sql:
    """The number of the rank of a row `s` that is a hit. Shorter than the conditions of all ranks:
    a case is looked at only if those before it do not hold."""
    same = [each.same for each in query.wanted]
    headline, headlines = _all(map(_in_headline, same)), _any(map(_in_headline, same))
    cases = [(Rank.HEADLINE, headline), (Rank.PARTLY, headlines)]
    if query.has_wider:
        cases.insert(1, (Rank.WIDER, _not(_all(map(_in_text, same)))))
    sql = " ".join(f"WHEN {is_so} THEN {rank.value}" for rank, (is_so, _values) in cases)
    values = [value for _rank, (_sql, values) in cases for value in values]
    return f"CASE {sql} ELSE {Rank.TEXT.value} END", values


def candidates(query: Query, rank: Rank) -> list[list[set[str]]]:
    """The terms of rows with the rank: of each list all terms of one set at least."""
    headlines = [[terms.in_headline(piece) for piece in each.same] for each in query.wanted]
    if rank is Rank.HEADLINE:
        found = headlines
    else:
        is_wide = rank in (Rank.WIDER, Rank.ANY)
        pieces = (each.pieces if is_wide else each.same for each in query.wanted)
        found = [[terms.terms(piece) for piece in each] for each in pieces]
        if rank is Rank.PARTLY:
            found.append([each for several in headlines for each in several])
    labels = [[terms.terms(label)] for label in query.labels]
    certain = set().union(*(each[0] for each in (*found, *labels) if len(each) == 1))
    return [*([[certain]] if certain else []), *(each for each in found if len(each) > 1)]


def position() -> str:
    """SQL's function for the place of one text in another, from 1, and 0 if it is not there."""
    return "instr" if connection.vendor == "sqlite" else "strpos"


def _in_text(pieces: Iterable[str]) -> Sql:
    return _any((f"{position()}(s.text, %s) > 0", [piece]) for piece in pieces)


def _in_headline(pieces: Iterable[str]) -> Sql:
    """The headline comes first in a text, so the first place of a piece tells."""
    end = f"{position()}(s.text, '{terms.HEADLINE_END}')"
    each = f"{position()}(s.text, %s) BETWEEN 1 AND {end}"
    return _any((each, [piece]) for piece in pieces)


def _all(conditions: Iterable[Sql]) -> Sql:
    return _joined(" AND ", conditions)


def _any(conditions: Iterable[Sql]) -> Sql:
    return _joined(" OR ", conditions)


def _not(condition: Sql) -> Sql:
    sql, values = condition
    return f"NOT {sql}", values


def _joined(word: str, conditions: Iterable[Sql]) -> Sql:
    """True if there are none."""
    each = list(conditions)
    sql = word.join(part for part, _values in each) or "1 = 1"
    return f"({sql})", [value for _part, values in each for value in values]
