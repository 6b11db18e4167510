"""The way from an empty database to the present state of migration, gone once and then known.

Django needs seconds for it, nearly all of them for the models of every step on the way. What it
asks the database is the same each time, for each engine. SQLite is asked for where the way leads
to, since on it every step of a table makes the table anew.
"""

import json
from contextlib import ExitStack, contextmanager
from functools import partial
from unittest.mock import patch

from django.db import connection

from articles.backup import migrating

bring_to, models_at = migrating.bring_to, migrating.models_at
_asked: dict = {}
_models: dict = {}


@contextmanager
def migrating_by_heart():
    """While this is open, `bring_to` asks an empty database what it asked the first one of its
    engine, and migrates every other one as always; `models_at` makes the models of a state once."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(migrating, "bring_to", _bring_to))
        stack.enter_context(patch.object(migrating, "models_at", _models_at))
        yield


def _models_at(state):
    key = _key(state)
    if key not in _models:
        _models[key] = models_at(state)
    return _models[key]


def _bring_to(state):
    key = _key(state)
    if connection.introspection.table_names():
        bring_to(state)
    elif key in _asked:
        with connection.cursor() as cursor:
            for sql, params, many in _asked[key]:
                (cursor.executemany if many else cursor.execute)(sql, params)
    else:
        asked = []
        with connection.execute_wrapper(partial(_note, asked)):
            bring_to(state)
        _asked[key] = _result() if connection.vendor == "sqlite" else asked


def _key(state):
    return connection.vendor, json.dumps(state, sort_keys=True)


def _note(asked, execute, sql, params, many, context):
    asked.append((sql, params, many))
    return execute(sql, params, many, context)


def _result():
    """The statements that make the tables of this SQLite database, and their rows."""
    with connection.cursor() as cursor:
        # Tables before their indexes; those that SQLite has for itself make themselves.
        cursor.execute(
            "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL"
            " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY type DESC, rowid"
        )
        found = cursor.fetchall()
        inner = tuple(f"{name}_" for name, _type, sql in found if sql.startswith("CREATE VIRTUAL"))
        made = [row for row in found if not row[0].startswith(inner)]
        tables = [name for name, kind, sql in made if kind == "table" and "VIRTUAL" not in sql]
        statements = [sql for _name, _kind, sql in made] + ["DELETE FROM sqlite_sequence"]
        for table in (*tables, "sqlite_sequence"):
            statements += _rows(cursor, table)
    return [(sql, None, False) for sql in statements]


def _rows(cursor, table):
    """The statements that insert the rows of a table."""
    cursor.execute(f"SELECT name FROM pragma_table_info('{table}')")  # noqa: S608
    quoted = " || ',' || ".join(f"quote({name})" for (name,) in cursor.fetchall())
    cursor.execute(f"SELECT {quoted} FROM {table}")  # noqa: S608
    return [f"INSERT INTO {table} VALUES ({values})" for (values,) in cursor.fetchall()]  # noqa: S608
