"""The way from an empty database to the present state of migration, gone once and then known.

Django needs seconds for it, nearly all of them for the models of every step on the way. What it
asks the database is the same each time, for each engine.
"""

import json
from unittest.mock import patch

from django.db import connection

from articles.backup import migrating

bring_to = migrating.bring_to
_asked: dict = {}


def migrating_by_heart():
    """While this is open, `bring_to` asks an empty database what it asked the first one of its
    engine, and migrates every other one as always."""
    return patch.object(migrating, "bring_to", _bring_to)


def _bring_to(state):
    key = connection.vendor, json.dumps(state, sort_keys=True)
    if connection.introspection.table_names():
        bring_to(state)
    elif key in _asked:
        with connection.cursor() as cursor:
            for sql, params, many in _asked[key]:
                (cursor.executemany if many else cursor.execute)(sql, params)
    else:
        asked = []
        with connection.execute_wrapper(_noting(asked)):
            bring_to(state)
        _asked[key] = asked


def _noting(asked):
    def note(execute, sql, params, many, context):
        asked.append((sql, params, many))
        return execute(sql, params, many, context)

    return note
