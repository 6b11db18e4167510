"""Temporary failures of the database, and whether it accepts writes."""

import shutil
import sqlite3
from pathlib import Path

from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

LEAST_ROOM = 65_536  # bytes; with less, not even a small transaction can be written
_READ_ONLY = "25006"  # read_only_sql_transaction; PostgreSQL, appendix A
_IS_WRITING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def passes(error: BaseException | None) -> bool:
    """Whether the failure may soon be over: the database is unreachable, busy or full, has no free
    connection, or accepts no writes, as after a failover to a standby."""
    return isinstance(error, (OperationalError, InterfaceError)) or is_read_only(error)


def is_read_only(error: BaseException | None) -> bool:
    """Whether PostgreSQL refused a write because the session or the server is read-only. (SQLite
    reports this as an OperationalError.)"""
    return isinstance(error, DatabaseError) and _sqlstate(error) == _READ_ONLY


def why_no_writes(connection: BaseDatabaseWrapper) -> str:
    """Why the database accepts no writes, in a few English words; empty if it does.

    This writes nothing. Raises a database error if the database answers no query at all.
    """
    if connection.vendor == "sqlite":
        return _why_no_writes_to_file(connection)
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return "the database is read-only" if cursor.fetchone()[0] == "on" else ""


def _why_no_writes_to_file(connection: BaseDatabaseWrapper) -> str:
    """Begin a write transaction without waiting for other writers: if there are some, writing is
    possible. On a read-only file the transaction begins, but its first write fails."""
    if not connection.is_in_memory_db():  # type: ignore[attr-defined]  # it is SQLite's
        folder = Path(connection.settings_dict["NAME"]).parent
        if shutil.disk_usage(folder).free < LEAST_ROOM:
            return "the disk of the database is full"
    if connection.in_atomic_block:
        return ""  # every transaction starts as a writer (`transaction_mode`)
    with connection.cursor() as cursor:
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                version = cursor.execute("PRAGMA user_version").fetchone()[0]
                cursor.execute(f"PRAGMA user_version = {version:d}")
            finally:
                cursor.execute("ROLLBACK")
        except OperationalError as error:
            code = getattr(error.__cause__, "sqlite_errorcode", 0)
            return "" if code & 0xFF in _IS_WRITING else str(error)
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience:d}")
    return ""


def _sqlstate(error: DatabaseError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
