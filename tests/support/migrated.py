"""The migrated database of the tests: made once for a state of the code, and then copied.

What is kept lies in a folder of pytest's cache. Concurrent runs take turns, so that one of them
migrates. Whatever a migration could depend on is part of the name: another state of the code has
another database.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from django.core import management
from django.db import DEFAULT_DB_ALIAS

from tests.support.postgresql import find_binaries

ROOT = Path(__file__).parents[2]
# What decides which rows and tables migrations leave: also the Korean names of permissions.
DECIDING = ("articles/**/*.py", "newsroom/**/*.py", "locale/**/*.mo", "tests/settings.py")


def migrate_once(connection, folder, kind):
    """Let the test database of `connection` be copied from the one that is kept in `folder`.

    `kind` is a way to keep, as `kind_for` returns it.
    """
    creation = connection.creation
    usual = creation.create_test_db
    run_command = management.call_command

    def call_command(name, *arguments, **options):
        if (name, options.get("database")) != ("migrate", DEFAULT_DB_ALIAS):
            return run_command(name, *arguments, **options)
        with alone(folder / f"{kind.name}.lock"):
            kept = place(folder, kind)
            if kept.exists():
                kind.take(connection, kept)
            else:
                run_command(name, *arguments, **options)
                keep(connection, kept, kind)
        return None

    def create_test_db(*arguments, **options):
        with patch.object(management, "call_command", call_command):
            return usual(*arguments, **options)

    creation.create_test_db = create_test_db


def kind_for(connection, choice):
    """The way to keep the database of a `Choice`; None if there is none: a server that somebody
    else has started can be of any version, and a folder of programs can lack those for dumps."""
    if connection.vendor == "sqlite":
        return SQLiteFile()
    if choice.source == "DATABASE_URL":
        return None
    binaries = (find_binaries(os.environ.get("PATH")) / "initdb").resolve().parent
    has_all = all((binaries / name).exists() for name in ("pg_dump", "psql", "postgres"))
    return PostgreSQLDump(binaries) if has_all else None


def place(folder, kind):
    """Where the database of the present state of the code is kept."""
    return folder / f"{kind.name}-{state_of_code(kind.version)}"


@contextmanager
def alone(lock):
    """Hold the file until the end; a run that dies releases it. Each engine has one of its own."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def keep(connection, kept, kind):
    """Put the database where later runs find it, and remove those of other states of the code."""
    for old in kept.parent.glob(f"{kind.name}-*"):
        old.unlink()
    unfinished = kept.with_name(f"{kind.name}.unfinished")
    kind.give(connection, unfinished)
    unfinished.rename(kept)


def state_of_code(version):
    """A name for everything that a migration could depend on."""
    state = hashlib.sha256(f"{sys.version} {version}".encode())
    packages = Path(sysconfig.get_path("purelib"))
    for name in sorted(path.name for path in packages.glob("*.dist-info")):
        state.update(name.encode())
    for pattern in DECIDING:
        for path in sorted(ROOT.glob(pattern)):
            state.update(f"{path} {path.stat().st_size} ".encode() + path.read_bytes())
    return state.hexdigest()[:32]


class SQLiteFile:
    """A copy of the file."""

    name, version = "sqlite", ""

    @staticmethod
    def give(connection, path):
        connection.close()
        database = Path(connection.settings_dict["NAME"])
        if Path(f"{database}-wal").exists():
            raise RuntimeError(f"{database} is still open somewhere.")
        shutil.copyfile(database, path)

    @staticmethod
    def take(connection, path):
        connection.close()
        shutil.copyfile(path, connection.settings_dict["NAME"])


class PostgreSQLDump:
    """What `pg_dump` of the same server's programs writes, in their own form."""

    name = "postgresql"

    def __init__(self, binaries):
        self.binaries = binaries
        self.version = f"{binaries} {(binaries / 'postgres').stat().st_mtime_ns}"

    def give(self, connection, path):
        self._run(connection, "pg_dump", "--format=plain", "--no-owner", "--file", path)

    def take(self, connection, path):
        """In one transaction: a database is whole or empty."""
        options = ("--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction")
        self._run(connection, "psql", *options, "--output=/dev/null", "--file", path)

    def _run(self, connection, program, *options):
        database = connection.settings_dict
        place = (f"--host={database['HOST']}", f"--port={database['PORT']}")
        who = (f"--username={database['USER']}", f"--dbname={database['NAME']}")
        command = [self.binaries / program, "--no-password", *place, *who, *options]
        subprocess.run(command, check=True)
