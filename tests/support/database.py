"""Pytest plugin: the database of the run, chosen by TEST_DATABASE before settings are read.

It is loaded with `-p`, because pytest-django reads the settings before any conftest.py.
"""

import atexit
import functools
import os
import shutil
import signal
import tempfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import pytest

from tests.support.postgresql import ServerUnavailable, start_server
from tests.support.waiting import PATIENCE

ENGINES = ("sqlite", "postgresql")
POSTGRESQL_SCHEMES = ("postgres://", "postgresql://", "pgsql://")


@dataclass(frozen=True)
class Choice:
    """An engine (Django's `connection.vendor`), its URL, and the origin of that URL."""

    engine: str
    url: str
    source: str


def requested_engine(environ):
    """Return the engine that TEST_DATABASE names; the default is SQLite."""
    engine = environ.get("TEST_DATABASE") or "sqlite"
    if engine not in ENGINES:
        raise pytest.UsageError(
            f"Unexpected value TEST_DATABASE={engine}, use 'sqlite' or 'postgresql'."
        )
    return engine


def choose(environ, directory, start_server=start_server):
    """Return the Choice for `environ`; an SQLite file goes into `directory`."""
    if requested_engine(environ) == "sqlite":
        return Choice("sqlite", f"sqlite:///{directory / 'newsroom.sqlite3'}", "temporary file")
    given = environ.get("DATABASE_URL", "")
    if given.startswith(POSTGRESQL_SCHEMES):
        return Choice("postgresql", given, "DATABASE_URL")
    try:
        url, source = start_server()
    except ServerUnavailable as error:
        raise pytest.UsageError(str(error)) from error
    return Choice("postgresql", url, source)


def patient(url):
    """The URL of a database with a timeout as long as a test waits for anything.

    A site gives up after two seconds without a connection. On a busy machine, PostgreSQL can take
    longer to start a process for one, and SQLite can wait longer for its turn to write.
    """
    name = "timeout" if url.startswith("sqlite") else "connect_timeout"
    address, _, options = url.partition("?")
    return f"{address}?{urlencode(dict(parse_qsl(options)) | {name: round(PATIENCE)})}"


def url_of(database):
    """The DATABASE_URL of an entry of DATABASES, for another process."""
    if "sqlite" in database["ENGINE"]:
        return patient(f"sqlite:///{database['NAME']}")
    user, host = database["USER"], quote(database["HOST"], safe="")
    password = f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else ""
    place = f"{user}{password}@{host}:{database['PORT']}/{database['NAME']}"
    return patient(f"postgresql://{place}")


@contextmanager
def own_database(connection):
    """Give this run a PostgreSQL database that no concurrent run uses.

    The names have numbers. A run takes the first number that it can lock, and the server releases
    the lock when the run ends, however it ends. An existing database of that name was therefore
    left by a killed run.
    """
    creation = connection.creation
    base, key = creation._get_test_db_name(), zlib.crc32(b"tests of newsroom") >> 1

    def destroy(name, verbosity=0):
        """Also end open sessions: the server needs a moment to close each of them."""
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {creation._quote_name(name)} WITH (FORCE)")

    with connection._nodb_cursor() as holder:
        number = next(number for number in count(1) if _is_locked(holder, key, number))
        connection.settings_dict["TEST"]["NAME"] = name = f"{base}_{number}"
        creation._destroy_test_db = destroy
        destroy(name)
        yield


def _is_locked(cursor, key, number):
    cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [key, number])
    return cursor.fetchone()[0]


def check_vendor(wanted, vendor):
    """Fail if the settings lead to another database than the requested one."""
    if vendor != wanted:
        raise pytest.UsageError(
            f"TEST_DATABASE asks for {wanted}, but the settings use {vendor}: "
            "they do not follow DATABASE_URL."
        )


@functools.cache
def scratch_directory():
    """Make a directory for all files of this run; it is removed when the process ends."""
    directory = Path(tempfile.mkdtemp(prefix="newsroom-tests-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


@functools.cache
def chosen():
    """Make the choice of this process once, and put it where the settings read it."""
    choice = choose(os.environ, scratch_directory())
    choice = replace(choice, url=patient(choice.url))
    os.environ["DATABASE_URL"] = choice.url
    return choice


def stop_like_an_interrupt():
    """Let SIGTERM and SIGHUP end the run like Ctrl+C, so that exit handlers still run."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Keep an ignored SIGHUP, as nohup sets it.
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config, parser, args):
    """Choose before pytest-django, which reads the settings in the same hook."""
    stop_like_an_interrupt()
    chosen()


def pytest_report_header(config):
    return f"database: {chosen().engine} ({chosen().source})"


def pytest_sessionstart(session):
    from django.db import connection

    check_vendor(chosen().engine, connection.vendor)
