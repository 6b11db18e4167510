"""Emptying the tables after a test and putting back what migrations wrote, in few statements."""

from functools import cache
from itertools import compress, groupby

from django.core import serializers
from django.db import connection, transaction


def restore(data):
    """As Django's `deserialize_db_from_string`, which asks twice for each row: with one statement
    for each model. Rows that are there already stay as they are."""
    with transaction.atomic(), connection.constraint_checks_disabled():
        for model, rows in read(data):
            model._base_manager.bulk_create([row.object for row in rows], ignore_conflicts=True)
            for row in rows:
                for name, values in (row.m2m_data or {}).items():
                    getattr(row.object, name).set(values)


@cache
def read(data):
    rows = serializers.deserialize("json", data)
    return [(model, [*own]) for model, own in groupby(rows, key=lambda row: type(row.object))]


def sql_flush(style, tables, **options):
    """As Django's for PostgreSQL, but for the tables alone that have rows: to truncate one takes as
    long as a hundred rows."""
    tables = [connection.ops.quote_name(table) for table in tables]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"EXISTS (TABLE {table})" for table in tables))
        has_rows = cursor.fetchone()
    # In one transaction, at whose end alone is asked what refers to what.
    return [f"DELETE FROM {table}" for table in compress(tables, has_rows)]  # noqa: S608
