"""A temporary database beside the live one, into which a backup is restored for verification."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.db import ProgrammingError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

ALIAS = "default"
MAX_NAME = 40  # PostgreSQL allows 63 bytes
# A busy server takes seconds to end a session after its connection is closed, and it cannot drop
# the database until then. This waits up to a minute per session.
_END_SESSIONS = (
    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
    "WHERE datname = %s AND backend_type = 'client backend'"
)
# The database is deleted when this process ends, so durability is not needed.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;",
}


@contextmanager
def database() -> Iterator[BaseDatabaseWrapper]:
    """An empty database that is deleted afterwards. It uses the live one's engine, except on
    PostgreSQL if the role may not create databases: then it is SQLite."""
    live = connections[ALIAS]
    if live.vendor == "postgresql" and (name := _create(live)):
        try:
            with opened(live.settings_dict | {"NAME": name}) as own:
                yield own
        finally:
            with live._nodb_cursor() as cursor:
                cursor.execute(_END_SESSIONS, [name])
                cursor.execute(f"DROP DATABASE {live.ops.quote_name(name)}")
        return
    with tempfile.TemporaryDirectory(prefix="newsroom-verify-") as folder:
        path = Path(folder, "scratch.sqlite3")
        options = {"OPTIONS": SQLITE_OPTIONS}
        with opened({"ENGINE": "django.db.backends.sqlite3", "NAME": path, **options}) as own:
            yield own


@contextmanager
def opened(database: dict) -> Iterator[BaseDatabaseWrapper]:
    """A connection described by a dictionary as in `settings.DATABASES`."""
    database = connections.configure_settings({ALIAS: database})[ALIAS]
    own = load_backend(database["ENGINE"]).DatabaseWrapper(database, ALIAS)
    try:
        yield own
    finally:
        own.close()


@contextmanager
def in_place_of_live(own: BaseDatabaseWrapper) -> Iterator[None]:
    """Direct all queries of this thread to `own` instead of the live database.

    Caches are set aside, since they hold data of the live site.
    """
    live, live_caches = connections[ALIAS], {alias: caches[alias] for alias in caches}
    connections[ALIAS] = own
    for alias in live_caches:
        caches[alias] = DummyCache("", {})
    try:
        yield
    finally:
        connections[ALIAS] = live
        for alias, cache in live_caches.items():
            caches[alias] = cache


def _create(live):
    """Create a database with the live one's collation; returns its name, None if not permitted."""
    name = f"{live.settings_dict['NAME'][:MAX_NAME]}_verify_{secrets.token_hex(4)}"
    with live.cursor() as cursor:
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database "
            "WHERE datname = current_database()"
        )
        locale = cursor.fetchone()
    try:
        with live._nodb_cursor() as cursor:
            cursor.execute(
                f"CREATE DATABASE {live.ops.quote_name(name)} TEMPLATE template0 "
                "ENCODING '{}' LC_COLLATE '{}' LC_CTYPE '{}'".format(*locale)
            )
    except ProgrammingError:
        return None
    return name
