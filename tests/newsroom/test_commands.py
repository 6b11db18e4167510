"""Commands as an operator runs them: every failure is a sentence."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from ast import literal_eval
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import Error, OperationalError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.transaction import atomic
from django.test import SimpleTestCase, TestCase
from django.utils import translation

from newsroom import commands
from tests.backup.sites import migrated_database
from tests.support.database import url_of
from tests.support.posts import POST
from tests.support.waiting import wait_until


@pytest.mark.django_db
@pytest.mark.usefixtures("django_db_setup")  # a test copies it
class SentenceTests(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.variables = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DATA_DIR": str(self.folder),
            "SITE_LANGUAGE": "en",
        }

    def start(self, *command, **variables):
        return subprocess.Popen(
            [sys.executable, "manage.py", *command],
            env=self.variables | variables,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def told(self, *command, **variables):
        """The exit status, and the lines on standard error."""
        process = self.start(*command, **variables)
        _out, err = process.communicate()
        self.assertNotIn("Traceback", err)
        return process.returncode, err.splitlines()

    def test_a_database_without_tables(self):
        for folder in (self.folder, self.folder / "missing"):
            with self.subTest(folder):
                status, lines = self.told("purge_trash", DATA_DIR=str(folder))
                self.assertEqual(status, 1)
                self.assertEqual(len(lines), 1, lines)

    def test_a_folder_that_is_none(self):
        status, lines = self.told("prepare", DATA_DIR="/dev/null/data")
        self.assertEqual(status, 1)
        self.assertIn("The command could not go on", lines[-1])

    def test_a_database_that_is_away(self):
        url = f"postgres://newsroom@127.0.0.1:1/{self.folder.name}"
        status, lines = self.told("purge_trash", DATABASE_URL=url)
        self.assertEqual(status, 1)
        self.assertIn("The database does not answer", lines[-1])
        self.assertIn("refused", lines[-1])

    def test_a_mistake_about_the_account_is_named_as_one(self):
        """As when somebody runs a command as root."""
        prefix = "connection failed: connection to server on socket failed: FATAL: "
        for error, sentence in (
            (OperationalError(f'{prefix} role "root" does not exist'), "as the account of the"),
            (OperationalError(f'{prefix} database "x" does not exist'), "Look at DATABASE_URL"),
            (MigrationSchemaMissing("permission denied for schema public"), "owns it"),
            (PermissionError(13, "Permission denied", "/srv/x"), "This account may not use /srv/x"),
        ):
            with (
                self.subTest(str(error)),
                patch.object(commands.ManagementUtility, "execute", side_effect=error),
                redirect_stderr(StringIO()) as told,
                translation.override("en"),
            ):
                self.assertEqual(commands.run(["manage.py", "check"]), 1)
                self.assertIn(sentence, told.getvalue())
                self.assertNotIn("prepare", told.getvalue())

    def test_a_setting_that_cannot_be_used(self):
        status, lines = self.told("check", SITE_LANGUAGE="fr")
        self.assertEqual(status, 1)
        self.assertIn("SITE_LANGUAGE", lines[-1])
        self.assertEqual(len(lines), 1)

    def test_no_command_starts_with_a_check_that_is_none(self):
        for command in ("purge_trash", "prepare"):
            with self.subTest(command):
                status, lines = self.told(command, PREFLIGHT_OFF="like-no-other")
                self.assertEqual(status, 1)
                self.assertIn("like-no-other", " ".join(lines))

    def test_the_desk_is_loaded_only_to_be_checked(self):
        """It is a third of a start, and `run_due` starts every minute."""
        for command, is_loaded in (("purge_trash", False), ("check --tag admin", True)):
            with self.subTest(command):
                process = self.start(*command.split(), PYTHONPROFILEIMPORTTIME="1")
                loaded = process.communicate()[1].split()
                self.assertEqual("articles.admin.desk.index" in loaded, is_loaded)

    def test_the_traceback_is_there_for_who_asks(self):
        process = self.start("check", "--traceback", SITE_LANGUAGE="fr")
        self.assertIn("Traceback", process.communicate()[1])

    def test_the_collector_leaves_alone_what_is_loaded(self):
        """It looks at all of it neither while it is loaded nor afterwards, and works then."""
        code = "import gc; print(gc.isenabled(), gc.get_freeze_count() > 100_000, gc.get_stats())"
        out, _err = self.start("shell", "--no-imports", "-c", code).communicate()
        self.assertTrue(out.startswith("True True "), out)
        self.assertEqual(literal_eval(out[10:])[-1]["collections"], 0)

    def test_an_import_that_is_stopped(self):
        self.variables["DATABASE_URL"] = url_of(self.enterContext(migrated_database()))
        posts = self.folder / "_posts"
        posts.mkdir()
        for day in range(1, 29):
            for month in range(1, 13):
                date = f"2025-{month:02}-{day:02}"
                (posts / f"{date}-news.md").write_text(POST.replace("2026-01-03", date))
        process = self.start("import_posts", str(posts), "-v2")
        wait_until(lambda: process.stdout.readline())
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate()
        self.assertEqual(process.returncode, 130)
        self.assertNotIn("Traceback", err)
        self.assertIn("Stopped.", err.splitlines()[-1])


class MissingTableTests(TestCase):
    def test_a_missing_table_is_known_by_what_the_database_says_of_it(self):
        with self.assertRaises(Error) as caught, connection.cursor() as cursor, atomic():
            cursor.execute("SELECT 1 FROM nothing_like_it")
        with (
            patch.object(commands.ManagementUtility, "execute", side_effect=caught.exception),
            redirect_stderr(StringIO()) as told,
        ):
            commands.run(["manage.py", "check"])
        self.assertIn("manage.py prepare", told.getvalue())
