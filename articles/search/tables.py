"""The index in the database: one row per article, and structures that find rows by their terms.

It can be rebuilt at any time, so it belongs to no model and to no backup. Newer articles have a
higher `key`: the number of the day, then the place in the day, counted from the last article to the
first. SQLite keeps the terms in an FTS5 table without content, PostgreSQL as an array of their
32-bit checksums with a GIN index. Both only find candidates; the canonical text of a row decides
whether it is a hit.
"""

import datetime as dt
import time
import uuid
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain, product
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import RawSQL

from articles.models import Digest
from articles.search import ranks, terms
from articles.search.queries import Query
from articles.search.ranks import Rank

TABLE = "articles_search"
PLACES = 2**20
_FIRST_DAY, _LAST_DAY = dt.date.min, dt.date.max
# Error codes of SQLite and PostgreSQL (appendix A) for a cancelled statement.
_STOPPED = {"SQLITE_INTERRUPT", "57014"}
MOST_SETS = 12  # of terms that PostgreSQL looks for one after the other
_STEPS_BETWEEN_LOOKS = 1_000  # instructions of SQLite's virtual machine


class Text:
    """A canonical text, and its terms in the format of the present database."""

    def __init__(self, canonical: str) -> None:
        self.canonical = canonical
        found = terms.terms(canonical)
        self.terms = " ".join(found) if connection.vendor == "sqlite" else _checksums(found)


@dataclass(frozen=True)
class Row:
    key: int
    digest: int
    article: uuid.UUID
    text: Text


@dataclass(frozen=True)
class Walked:
    """Keys and permanent ids of the hits from a key on, by their rank, the newest first."""

    low: int
    found: dict[Rank, list[tuple[int, uuid.UUID]]]


class OutOfTime(Exception):
    """The search was cancelled because it took too long."""


def key_of(day: dt.date, place: int) -> int:
    """The key of the article at a place, counted from 1, in the digest of a day."""
    return day.toordinal() * PLACES + PLACES - 1 - place


def day_of(key: int) -> dt.date:
    return dt.date.fromordinal(key // PLACES)


def span(start: dt.date | None, end: dt.date | None) -> tuple[int, int]:
    """The lowest and the highest key of articles from `start` to `end`, both included."""
    first = (start or _FIRST_DAY).toordinal() * PLACES
    return first, (end or _LAST_DAY).toordinal() * PLACES + PLACES - 1


def days_below(key: int, days: int) -> int:
    """The lowest key of a span of `days` days that ends with the day of `key`; at least 0."""
    return max(0, (key // PLACES + 1 - days) * PLACES)


# Writing


def replace(digest: int, day: dt.date, rows: Iterable[Row]) -> None:
    """Replace the rows of a digest (primary key) and of its day, which no other digest has."""
    low, high = span(day, day)
    with connection.cursor() as cursor:
        _delete(cursor, "digest_id = %s OR key BETWEEN %s AND %s", [digest, low, high])
        _insert(cursor, list(rows))


def delete(digest: int) -> None:
    """Delete the rows of a digest (primary key)."""
    with connection.cursor() as cursor:
        _delete(cursor, "digest_id = %s", [digest])


def delete_others(first: int, last: int | None, digests: Iterable[int]) -> None:
    """Delete rows of digests other than `digests` with a primary key from `first` to `last`; None
    means no upper limit."""
    with connection.cursor() as cursor:
        condition = "" if last is None else " AND digest_id <= %s"
        found = [] if last is None else [last]
        sql = f"SELECT DISTINCT digest_id FROM {TABLE} WHERE digest_id >= %s{condition}"  # noqa: S608
        cursor.execute(sql, [first, *found])
        gone = {row[0] for row in cursor.fetchall()} - set(digests)
        for digest in sorted(gone):
            _delete(cursor, "digest_id = %s", [digest])


def digests_of_older_form() -> list[int]:
    """The primary keys of digests with a row that does not say where its headline ends."""
    with connection.cursor() as cursor:
        has_none = f"{ranks.position()}(text, '{terms.HEADLINE_END}') = 0"
        sql = f"SELECT DISTINCT digest_id FROM {TABLE} WHERE {has_none} ORDER BY digest_id"  # noqa: S608
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def tidy() -> None:
    """Optimize the index after it was filled."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {TABLE}_terms ({TABLE}_terms) VALUES ('optimize')")  # noqa: S608
        else:
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [f"{TABLE}_terms"])
            cursor.execute(f"ANALYZE {TABLE}")


def _delete(cursor: CursorWrapper, condition: str, values: list[Any]) -> None:
    if connection.vendor == "sqlite":
        cursor.execute(f"SELECT key, text FROM {TABLE} WHERE {condition}", values)  # noqa: S608
        if not (gone := cursor.fetchall()):
            return
        # An FTS5 table without content must be given the terms that are to be deleted.
        sql = f"INSERT INTO {TABLE}_terms ({TABLE}_terms, rowid, terms) VALUES ('delete', %s, %s)"  # noqa: S608
        cursor.executemany(sql, [(key, Text(text).terms) for key, text in gone])
    cursor.execute(f"DELETE FROM {TABLE} WHERE {condition}", values)  # noqa: S608


def _insert(cursor: CursorWrapper, rows: list[Row]) -> None:
    if not rows:
        return
    values: list[tuple[Any, ...]]
    columns = f"INSERT INTO {TABLE} (key, digest_id, article_uid, text"
    if connection.vendor == "sqlite":
        values = [(row.key, row.digest, row.article.hex, row.text.canonical) for row in rows]
        cursor.executemany(f"{columns}) VALUES (%s, %s, %s, %s)", values)
        sql = f"INSERT INTO {TABLE}_terms (rowid, terms) VALUES (%s, %s)"  # noqa: S608
        cursor.executemany(sql, [(row.key, row.text.terms) for row in rows])
    else:
        values = [
            (row.key, row.digest, row.article, row.text.canonical, row.text.terms) for row in rows
        ]
        places = ", ".join(["(%s, %s, %s, %s, %s::int4[])"] * len(rows))
        cursor.execute(f"{columns}, terms) VALUES {places}", list(chain.from_iterable(values)))


def _checksums(found: Iterable[str]) -> str:
    """CRC-32 of every term as an array literal of PostgreSQL's signed integers. Building the
    literal here is ten times faster than passing a list to the driver."""
    sums = {zlib.crc32(term.encode()) for term in found}
    numbers = sorted(number - 2**32 if number >= 2**31 else number for number in sums)
    return f"{{{','.join(map(str, numbers))}}}"


# Reading


def ends(low: int, high: int) -> tuple[int, int] | None:
    """The lowest and the highest existing key from `low` to `high`; None if there is none."""
    # Two subqueries, since SQLite uses its index only for a single MIN or MAX.
    one = f"(SELECT {{}}(key) FROM {TABLE} WHERE key BETWEEN %s AND %s)"  # noqa: S608
    with connection.cursor() as cursor:
        sql = f"SELECT {one.format('MIN')}, {one.format('MAX')}"
        cursor.execute(sql, [low, high, low, high])
        lowest, highest = cursor.fetchone()
    return None if lowest is None else (lowest, highest)


def look(
    query: Query,
    low: int,
    high: int,
    limit: int,
    *,
    rank: Rank = Rank.ANY,
    walk: bool,
    seconds: float,
) -> list[tuple[int, uuid.UUID]]:
    """Keys and permanent ids of public hits of a rank with keys from `low` to `high`, newest first,
    at most `limit` of them.

    With `walk`, PostgreSQL scans all rows, which is best for the few newest ones, and has no time
    limit. Otherwise raises OutOfTime after `seconds`.
    """
    found = ranks.candidates(query, rank)
    uses_match = connection.vendor == "sqlite" and found
    key = f"{TABLE}_terms.rowid" if uses_match else "s.key"
    condition, values = _condition(query, rank, low, high, key)
    if uses_match:
        sql, values = _by_terms_on_sqlite(condition), [_match(found), *values]
    elif connection.vendor == "postgresql" and found and not walk:
        found = _combined(found)
        sums = [_checksums(each) for several in found for each in several]
        sql, values = _by_terms_on_postgresql(found, condition), [*sums, *values]
    else:
        sql = f"SELECT s.key, s.article_uid FROM {TABLE} s WHERE {condition} ORDER BY s.key DESC"  # noqa: S608
    is_short = walk and connection.vendor == "postgresql"
    with _stopped_after(None if is_short else seconds), connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT %s", [*values, limit])
        rows = cursor.fetchall()
    return [(key, uuid.UUID(str(article))) for key, article in rows]


def walk(query: Query, low: int, high: int, limit: int) -> Walked:
    """The hits with keys from `low` to `high` by one walk through the rows, which ends after
    `limit` of them."""
    condition, values = _condition(query, Rank.ANY, low, high, "s.key")
    rank, pieces = ranks.of_hit(query)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {rank}, s.key, s.article_uid FROM {TABLE} s WHERE {condition} "  # noqa: S608
            "ORDER BY s.key DESC LIMIT %s",
            [*pieces, *values, limit],
        )
        rows = cursor.fetchall()
    found: dict[Rank, list[tuple[int, uuid.UUID]]] = {}
    for number, key, article in rows:
        found.setdefault(Rank(number), []).append((key, uuid.UUID(str(article))))
    return Walked(low if len(rows) < limit else rows[-1][1], found)


def headlines(low: int, high: int, limit: int) -> list[str]:
    """The canonical headlines of the newest public articles with keys from `low` to `high`."""
    is_public, parameters = public()
    end = f"{ranks.position()}(s.text, '{terms.HEADLINE_END}')"
    sql = (
        f"SELECT substr(s.text, 1, {end} - 1) FROM {TABLE} s "  # noqa: S608
        f"WHERE s.key BETWEEN %s AND %s AND {end} > 0 AND {is_public} ORDER BY s.key DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [low, high, *parameters, limit])
        return [row[0] for row in cursor.fetchall()]


def public() -> tuple[str, list[Any]]:
    """The condition that readers may see a row `s` with a `digest_id`: SQL and its parameters."""
    sql, parameters = _public_on(connection.vendor)
    return sql, list(parameters)


@cache
def _public_on(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """It is the same for every query of an engine, and Django takes a while to write it."""
    public = Digest.objects.published().filter(pk=RawSQL("s.digest_id", [])).order_by()
    sql, parameters = public.values("pk").query.sql_with_params()
    return f"EXISTS ({sql})", tuple(parameters)


def _condition(query: Query, rank: Rank, low: int, high: int, key: str) -> tuple[str, list[Any]]:
    """The condition that a row `s` with that `key` is a public hit of a rank: SQL and its
    parameters."""
    position = ranks.position()
    is_public, parameters = public()
    has_rank, pieces = ranks.condition(query, rank)
    conditions = [
        f"{key} BETWEEN %s AND %s",
        *([f"{position}(s.text, %s) > 0"] * len(query.labels)),
        has_rank,
        *([f"{position}(s.text, %s) = 0"] * len(query.excluded)),
        is_public,
    ]
    values = [low, high, *query.labels, *pieces, *query.excluded, *parameters]
    return " AND ".join(conditions), values


def _by_terms_on_sqlite(condition: str) -> str:
    index = f"{TABLE}_terms"
    return (
        f"SELECT s.key, s.article_uid FROM {index} CROSS JOIN {TABLE} s ON s.key = {index}.rowid "  # noqa: S608
        f"WHERE {index} MATCH %s AND {condition} "
        f"ORDER BY {index}.rowid DESC"
    )


def _by_terms_on_postgresql(found: list[list[set[str]]], condition: str) -> str:
    """Materialize before sorting; otherwise the planner may walk the keys and hope for hits."""
    several = (" OR ".join(["s.terms @> %s::int4[]"] * len(each)) for each in found)
    has_terms = " AND ".join(f"({each})" for each in several)
    return (
        f"WITH s AS MATERIALIZED (SELECT s.key, s.article_uid FROM {TABLE} s "  # noqa: S608
        f"WHERE {has_terms} AND {condition}) "
        "SELECT s.key, s.article_uid FROM s ORDER BY s.key DESC"
    )


def _combined(found: list[list[set[str]]]) -> list[list[set[str]]]:
    """The same condition in fewer lists, as long as they have few sets. PostgreSQL looks for all
    terms of a set in the index, but for a second list it reads the rows that the first leaves."""
    first, *others = sorted(found, key=len)
    while others and len(first) * len(others[0]) <= MOST_SETS:
        first = [one | other for one, other in product(first, others.pop(0))]
    return [first, *others]


def _match(found: list[list[set[str]]]) -> str:
    """An FTS5 query for rows that have, of each list, all terms of one set at least."""
    several = (" OR ".join(f"({' AND '.join(_quoted(each))})" for each in sets) for sets in found)
    return " AND ".join(f"({each})" for each in several)


def _quoted(found: set[str]) -> list[str]:
    return [f'"{term}"' for term in sorted(found)]


@contextmanager
def _stopped_after(seconds: float | None) -> Iterator[None]:
    """Raise OutOfTime if the database takes longer; None sets no limit."""
    if seconds is None:
        yield
        return
    stopped = _sqlite_stopped if connection.vendor == "sqlite" else _postgresql_stopped
    try:
        with stopped(seconds):
            yield
    except OperationalError as error:
        cause = error.__cause__
        code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
        if code in _STOPPED:
            raise OutOfTime from error
        raise


@contextmanager
def _sqlite_stopped(seconds: float) -> Iterator[None]:
    until = time.monotonic() + seconds
    connection.ensure_connection()
    database = connection.connection
    database.set_progress_handler(lambda: time.monotonic() > until, _STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        database.set_progress_handler(None, 0)


@contextmanager
def _postgresql_stopped(seconds: float) -> Iterator[None]:
    is_inside = connection.in_atomic_block
    with transaction.atomic():
        _set_timeout(f"{max(1, round(seconds * 1000))}ms")
        yield
        if is_inside:
            _set_timeout("0")  # for later statements of the outer transaction


def _set_timeout(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [value])
