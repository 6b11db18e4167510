"""What a machine needs before the site is started: `manage.py prepare` and `migrate`."""

import subprocess
import sys
import tempfile
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import TestCase, TransactionTestCase, override_settings
from django.utils import translation

from articles.management.commands import prepare
from articles.management.commands.migrate import alone
from tests.support.killed_commands import environment_of


class PrepareTests(TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(
            override_settings(DATA_DIR=self.folder / "data", STATIC_ROOT=self.folder / "static")
        )
        self.enterContext(patch.object(prepare.time, "sleep"))

    def prepare(self):
        """What the command said, and what it said on standard error."""
        out, err = StringIO(), StringIO()
        with translation.override("en"):
            call_command("prepare", stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    def test_a_second_run_has_nothing_to_do(self):
        with patch.object(prepare, "_sources", return_value="sources"):
            (self.folder / "static").mkdir()
            first, _err = self.prepare()
            self.assertIn("Compressing static files", first)
            files = {path: path.stat().st_mtime_ns for path in self.folder.rglob("*")}
            self.assertGreater(len(files), 100)
            self.assertEqual(self.prepare(), ("Preparing the database\n", ""))
            again = {path: path.stat().st_mtime_ns for path in self.folder.rglob("*")}
            self.assertEqual(again, files)

    def test_static_files_that_another_version_collected_since_are_collected_again(self):
        self.prepare()
        (self.folder / "static/staticfiles.json").write_text("{}")
        self.assertIn("Compressing static files", self.prepare()[0])

    def test_static_files_that_changed_are_collected_again(self):
        with patch.object(prepare, "call_command") as called:
            (self.folder / "static").mkdir()
            for sources in ("one", "one", "other"):
                with patch.object(prepare, "_sources", return_value=sources):
                    self.prepare()
        commands = [call.args[0] for call in called.call_args_list]
        collecting = [one for one in commands if isinstance(one, prepare.CollectStatic)]
        self.assertEqual(len(collecting), 2)

    def test_a_database_that_is_away_is_waited_for_with_one_sentence(self):
        refused = OperationalError("connection to server failed: Connection refused")
        with (
            patch.object(prepare, "call_command"),
            patch.object(connection, "ensure_connection", side_effect=[refused] * 3 + [None]),
        ):
            (self.folder / "static").mkdir()
            _out, err = self.prepare()
        self.assertEqual(err.count("Waiting for the database"), 1)
        self.assertIn("Connection refused", err)

    def test_the_reason_for_waiting_is_what_happened_and_not_a_hint(self):
        refused = 'server at "10.0.0.1", port 5432 failed: Connection refused'
        hint = "\tIs the server running on that host and accepting TCP/IP connections?"
        for message, reason in (
            (f"connection to {refused}\n{hint}", f"connection to {refused}"),
            (f"All failures were:\n- host: one: {refused}\n{hint}", f"- host: one: {refused}"),
            ("", "OperationalError"),
        ):
            with self.subTest(message):
                self.assertEqual(prepare.reason_in(OperationalError(message)), reason)


class MigrateTests(TestCase):
    def test_two_at_once_on_a_new_database_take_turns(self):
        """Both wait until a third lets go. One app shows it: its tables can be made only once."""
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        with new_database(folder) as database:
            third = connection.copy()
            third.settings_dict |= {"NAME": database["NAME"]}
            self.addCleanup(third.close)
            with alone(third, self.fail):
                commands = [migrating(database, folder, "auth") for _process in range(2)]
                for process in commands:
                    self.addCleanup(process.wait)
                    self.assertIn("Another process is migrating", process.stderr.readline())
            for process in commands:
                _out, err = process.communicate()
                self.assertEqual((process.returncode, err), (0, ""))

    def test_a_missing_folder_is_a_sentence(self):
        class Missing:
            vendor = "sqlite"
            settings_dict = {"NAME": "/nowhere/db.sqlite3"}

            def is_in_memory_db(self):
                return False

        with self.assertRaisesMessage(CommandError, ": /nowhere"), alone(Missing(), print):
            self.fail("It went on.")


class TurnTests(TransactionTestCase):
    serialized_rollback = True

    def test_a_second_process_is_told_that_it_waits_and_goes_on_afterwards(self):
        with alone(connection, self.fail):
            process = migrating(settings.DATABASES["default"])
            self.addCleanup(process.wait)
            self.assertIn("Another process is migrating", process.stderr.readline())
            self.assertIsNone(process.poll())
        process.communicate()
        self.assertEqual(process.returncode, 0)


@contextmanager
def new_database(folder):
    """An entry of DATABASES for a database without tables."""
    entry = connection.settings_dict
    if connection.vendor == "sqlite":
        yield entry | {"NAME": folder / "new.sqlite3"}
        return
    name = "newsroom_new"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield entry | {"NAME": name}
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrating(database, folder=None, *apps):
    variables = {"SITE_LANGUAGE": "en", **({"DATA_DIR": str(folder)} if folder else {})}
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate", "-v0", *apps],
        env=environment_of(database, **variables),
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
