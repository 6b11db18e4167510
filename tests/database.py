"""Pytest plugin: the database of the run, chosen by TEST_DATABASE before settings are read.

It is loaded with `-p` because pytest-django reads the settings before any conftest.py.
"""

import atexit
import functools
import os
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.postgresql import ServerUnavailable, start_server

ENGINES = ("sqlite", "postgresql")
POSTGRESQL_SCHEMES = ("postgres://", "postgresql://", "pgsql://")


@dataclass(frozen=True)
class Choice:
    """An engine (Django's `connection.vendor`), the URL to reach it, and where it comes from."""

    engine: str
    url: str
    source: str


def requested_engine(environ):
    """Return the engine that TEST_DATABASE names, SQLite if it names none."""
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


def check_vendor(wanted, vendor):
    """Fail when settings lead to another database than the one asked for."""
    if vendor != wanted:
        raise pytest.UsageError(
            f"TEST_DATABASE asks for {wanted}, but the settings use {vendor}: "
            "they do not follow DATABASE_URL."
        )


@functools.cache
def scratch_directory():
    """Make the directory for all files of this run; it is removed when the process ends."""
    directory = Path(tempfile.mkdtemp(prefix="newsroom-tests-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


@functools.cache
def chosen():
    """Make this process's choice, once, and put it where the settings read it."""
    choice = choose(os.environ, scratch_directory())
    os.environ["DATABASE_URL"] = choice.url
    return choice


def stop_like_an_interrupt():
    """Let SIGTERM and SIGHUP end the run as Ctrl+C does, so that exit handlers still run."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        # nohup's choice to ignore SIGHUP stays.
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
