"""A database that is migrated once is the same in every run that copies it."""

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from unittest import skipUnless
from unittest.mock import patch

import pytest
from django.core import management
from django.db import connection
from django.test import SimpleTestCase, TestCase

from tests.support import migrated
from tests.support.database import Choice, chosen

# Of every kind of file that a migration, or what follows it, can read.
DECIDING = (
    *("articles/migrations/0001_initial.py", "articles/models/digest.py", "articles/fields.py"),
    *("newsroom/settings.py", "tests/settings.py", "locale/ko/LC_MESSAGES/django.mo"),
)


class Notes:
    """A way to keep that notes what is done."""

    name, version = "notes", "1"

    def __init__(self):
        self.done = []

    def run_command(self, name, **options):
        self.done.append(name)

    def give(self, connection, path):
        self.done.append("given")
        path.write_text("tables")

    def take(self, connection, path):
        self.done.append(f"taken: {path.read_text()}")


class TurnTests(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.kind = Notes()

    def run_tests(self):
        """What the run does that begins now; Django's commands are called by their name in
        `management`, as its own code does."""
        self.kind.done.clear()
        with patch.object(management, "call_command", self.kind.run_command):
            creation = SimpleNamespace(create_test_db=self.create_test_db)
            migrated.migrate_once(SimpleNamespace(creation=creation), self.folder, self.kind)
            self.assertEqual(creation.create_test_db(), "name")
        return self.kind.done

    def create_test_db(self):
        management.call_command("migrate", database="default", run_syncdb=True)
        management.call_command("createcachetable", database="default")
        return "name"

    def test_the_first_run_migrates_and_others_copy(self):
        self.assertEqual(self.run_tests(), ["migrate", "given", "createcachetable"])
        self.assertEqual(self.run_tests(), ["taken: tables", "createcachetable"])

    def test_another_state_of_the_code_has_another_database(self):
        self.run_tests()
        self.kind.version = "2"
        self.assertEqual(self.run_tests(), ["migrate", "given", "createcachetable"])
        self.assertEqual(len(list(self.folder.glob("notes-*"))), 1)

    def test_others_wait_while_one_migrates(self):
        def run_command(name, **options):
            lock = self.folder / "notes.lock"
            if name == "migrate":
                with lock.open() as file, self.assertRaises(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.kind.done.append(name)

        with patch.object(self.kind, "run_command", run_command):
            self.assertEqual(self.run_tests(), ["migrate", "given", "createcachetable"])

    def test_what_was_not_finished_is_not_taken(self):
        def break_off(_self, _connection, path):
            path.write_text("ta")
            raise KeyboardInterrupt

        with patch.object(Notes, "give", break_off), self.assertRaises(KeyboardInterrupt):
            self.run_tests()
        self.assertEqual(self.run_tests(), ["migrate", "given", "createcachetable"])

    def test_every_file_that_decides_is_in_the_name(self):
        before = migrated.state_of_code("")
        for name in DECIDING:
            path, read = migrated.ROOT / name, Path.read_bytes

            def changed(asked, path=path, read=read):
                return read(asked) + b" " * (asked == path)

            with self.subTest(name), patch.object(Path, "read_bytes", changed):
                self.assertNotEqual(migrated.state_of_code(""), before)
        self.assertEqual(migrated.state_of_code(""), before)


class KindTests(TestCase):
    def test_a_server_of_somebody_else_keeps_nothing(self):
        given = Choice("postgresql", "postgresql://example/news", "DATABASE_URL")
        fake = SimpleNamespace(vendor="postgresql")
        self.assertIsNone(migrated.kind_for(fake, given))

    def test_a_file_that_is_open_elsewhere_is_not_kept(self):
        folder = Path(self.enterContext(TemporaryDirectory()))
        with closing(sqlite3.connect(folder / "a")) as open_one:
            open_one.execute("PRAGMA journal_mode=WAL")
            open_one.execute("CREATE TABLE a (b)")
            fake = SimpleNamespace(settings_dict={"NAME": folder / "a"}, close=lambda: None)
            with self.assertRaisesMessage(RuntimeError, "still open"):
                migrated.SQLiteFile.give(fake, folder / "b")

    @skipUnless(connection.vendor == "postgresql", "SQLite's is a copy of the file")
    def test_a_copy_has_the_tables_and_rows_of_the_database(self):
        folder = Path(self.enterContext(TemporaryDirectory()))
        kind = migrated.kind_for(connection, chosen())
        if kind is None:
            self.skipTest("this server's databases are not kept")
        kind.give(connection, folder / "kept")
        copy = connection.copy()
        copy.settings_dict["NAME"] = name = f"{connection.settings_dict['NAME']}_copy"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        self.addCleanup(copy.creation._destroy_test_db, name, 0)
        kind.take(copy, folder / "kept")
        kind.give(copy, folder / "again")
        kept, again = (statements(folder / file) for file in ("kept", "again"))
        self.assertTrue(any(line.startswith("COPY public.django_migrations") for line in kept))
        self.assertEqual(again, kept)


@pytest.mark.django_db
def test_this_run_has_the_database_that_is_kept(request):
    kind = migrated.kind_for(connection, chosen())
    if kind is None or not hasattr(request.config, "cache"):
        pytest.skip("no database is kept")
    assert migrated.place(request.config.cache.mkdir("migrated"), kind).exists()


def statements(dump):
    """Without the key that keeps the lines of each dump apart from others."""
    lines = dump.read_text().splitlines()
    return [line for line in lines if not line.startswith(("\\restrict", "\\unrestrict"))]
