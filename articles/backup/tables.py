"""Rows as JSON lines that do not depend on the engine, and back.

The first line of a table lists its columns; each further line has the values of one row. Dates,
times, decimals and UUIDs are strings (times ISO 8601 in UTC, to the microsecond), binary values are
Base64, other types are those of JSON.
"""

import base64
import datetime as dt
import decimal
import json
import uuid
from collections.abc import Iterable, Iterator
from itertools import count
from typing import IO

from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import connection, models
from django.utils.translation import gettext as _

from articles.backup.archive import Refused

ROWS_AT_ONCE = 200
BYTES_AT_ONCE = 8 * 1024 * 1024
# Revisions have the longest rows, since they hold all texts of a digest.
MAX_LINE = 64 * 1024 * 1024
# Exceptions that a malformed line can raise.
ODD = (
    *(ValidationError, ValueError, TypeError, LookupError, AttributeError, OverflowError),
    *(RecursionError, decimal.InvalidOperation),
)


def name_of(model) -> str:
    """The name of a model's part in the archive, such as `tables/articles.digest.jsonl`."""
    return f"tables/{model._meta.label_lower}.jsonl"


def lines(model) -> Iterator[bytes]:
    """The lines of a model's table, by primary key. In a transaction, memory use is constant."""
    columns = [field.attname for field in _fields(model)]
    yield _line(columns)
    rows = model._base_manager.order_by("pk").values_list(*columns)
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield _line(row)


def load(model, file: IO[bytes]) -> int:
    """Insert the rows of a part unchanged, primary keys included; returns their number.

    Bypasses `save()` and `pre_save()`. Raises Refused with the number of the first line that is not
    a row of the table.
    """
    rows = _numbered(model, file)
    columns = _columns(model, rows)
    quoted = connection.ops.quote_name
    statement = "INSERT INTO {} ({}) VALUES ({})".format(  # noqa: S608 - names of our own models
        quoted(model._meta.db_table),
        ", ".join(quoted(column) for column, _field in columns),
        ", ".join(["%s"] * len(columns)),
    )
    loaded = 0
    with connection.cursor() as cursor:
        for batch in _batches(rows):
            values = [_values(model, number, line, columns) for number, line in batch]
            try:
                cursor.executemany(statement, values)
            except (ValueError, OverflowError) as error:  # raised by the driver
                raise _odd(model, batch[0][0], error) from error
            loaded += len(values)
    return loaded


def _numbered(model, file) -> Iterator[tuple[int, bytes]]:
    for number in count(1):
        line = file.readline(MAX_LINE + 1)
        if len(line) > MAX_LINE:
            raise _odd(model, number, _("it is too long"))
        if not line and number > 1:
            return
        yield number, line


def _batches(rows) -> Iterator[list[tuple[int, bytes]]]:
    """Batches for one INSERT, limited in number of rows and in bytes."""
    batch, size = [], 0
    for number, line in rows:
        batch.append((number, line))
        size += len(line)
        if len(batch) == ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _columns(model, rows):
    """The columns that the first line lists: exactly those of the table, each once."""
    number, line = next(rows)
    fields = {field.attname: field for field in _fields(model)}
    try:
        names = json.loads(line)
        if sorted(names) != sorted(fields):
            raise ValueError(_("it does not name the columns of the table"))
    except ODD as error:
        raise _odd(model, number, error) from error
    return [(fields[name].column, _plain(fields[name])) for name in names]


def empty(models: Iterable) -> None:
    """Delete all rows with SQL, without cascades or signals."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608


def last_key(model) -> int | None:
    """The last key that the database assigned for a model, even if its row is gone; None if the
    model has no assigned keys, or none was assigned yet."""
    table, column = model._meta.db_table, model._meta.pk.column
    if not isinstance(model._meta.pk, models.AutoField | models.BigAutoField):
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            return (row and row[0]) or None  # 0 means that no key was assigned yet
        sequence = _sequence(cursor, table, column)
        cursor.execute(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608
        row = cursor.fetchone()
        return row and row[0]


def continue_keys(last_keys: dict) -> None:
    """Continue each model's sequence after `last_keys`, by model; see `last_key`.

    A key must never be reused, since the audit trail refers to objects by it.
    """
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(last_keys)):
            cursor.execute(statement)
        for model, key in last_keys.items():
            if key is None:
                continue
            table, key = model._meta.db_table, max(key, last_key(model) or 0)
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, key])
            else:
                sequence = _sequence(cursor, table, model._meta.pk.column)
                cursor.execute("SELECT setval(%s::regclass, %s)", [sequence, key])


def _sequence(cursor, table, column):
    quoted = connection.ops.quote_name(table)
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted, column])
    return cursor.fetchone()[0]


def _fields(model):
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _line(values):
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_text)
    return text.encode() + b"\n"


def _text(value):
    """A string for a value of a type that JSON does not have."""
    match value:
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case uuid.UUID() | decimal.Decimal() | dt.timedelta():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} has no place in a backup.")


def _plain(field):
    """Django's own field of the same type, which converts values without other side effects."""
    while field.is_relation:
        field = field.target_field
    return getattr(models, field.get_internal_type())()


def _values(model, number, line, columns):
    try:
        values = json.loads(line)
        if not isinstance(values, list):
            raise ValueError(_("it is no list of values"))
        if any(isinstance(value, str) and "\0" in value for value in values):
            # PostgreSQL rejects NUL. SQLite accepts it, but it hides the text that follows.
            raise ValueError(_("it has a NUL character"))
        return [
            None if value is None else field.get_db_prep_save(field.to_python(value), connection)
            for (_column, field), value in zip(columns, values, strict=True)
        ]
    except ODD as error:
        raise _odd(model, number, error) from error


def _odd(model, number, reason):
    if isinstance(reason, ValidationError):
        reason = " ".join(reason.messages)
    return Refused(
        _("The backup cannot be restored: %(part)s, line %(line)d: %(reason)s. Use another copy.")
        % {"part": name_of(model), "line": number, "reason": str(reason).rstrip(".")}
    )
