"""A database that is read and takes no writes: a server after a failover, a file nobody may write.

Readers notice nothing, editors keep what they typed, machines are told, and the connection is given
up as soon as another one can do better.
"""

import os
import subprocess
import sys
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock, skipUnless

import psycopg
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, InternalError, OperationalError, connection
from django.db.utils import ConnectionHandler
from django.test import Client, SimpleTestCase, TransactionTestCase
from django.urls import reverse
from django.utils import translation

from articles.digests import preview_links, publishing
from articles.login.sessions import SessionStore
from articles.models import Digest
from articles.rules import failures
from newsroom.settings import database
from tests.management.test_run_due import make_due
from tests.support.desk import change_url, filled
from tests.support.factories import make_article, make_digest

LOGIN = reverse("admin:login")
IS_POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


@contextmanager
def no_writes():
    """The database of the test refuses to write, with the words that the real one uses."""
    refuse, allow = (
        ("SET default_transaction_read_only = on", "RESET default_transaction_read_only")
        if connection.vendor == "postgresql"
        else ("PRAGMA query_only = on", "PRAGMA query_only = off")
    )
    with connection.cursor() as cursor:
        cursor.execute(refuse)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(allow)


class ReadOnlyTestCase(TransactionTestCase):
    serialized_rollback = True

    def setUp(self):
        self.editor = User.objects.create_superuser("editor", password="correct horse")
        self.client = Client(raise_request_exception=False)


class DeskTests(ReadOnlyTestCase):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.editor)
        self.digest = make_digest(published=False)

    def post(self, url, data, **headers):
        with no_writes(), self.assertLogs("django.request", "ERROR"):
            return self.client.post(url, data, **headers)

    def test_what_was_typed_comes_back_and_can_be_sent_again(self):
        data = filled(self.digest, title="받지 못한 제목") | {"_continue": "1"}
        response = self.post(change_url(self.digest), data)
        self.assertContains(response, "받지 못한 제목", status_code=503)
        self.assertGreater(int(response["Retry-After"]), 0)
        self.assertEqual(self.client.post(change_url(self.digest), data).status_code, 302)
        self.assertEqual(Digest.objects.get().title, "받지 못한 제목")

    def test_every_write_of_the_desk_is_refused_for_now(self):
        article = self.digest.articles.first()
        for name, arguments, data in (
            ("articles_digest_start", [], {"date": "2026-02-02"}),
            ("articles_digest_duplicate", [self.digest.pk], {"date": "2026-02-03"}),
            ("articles_digest_move", [self.digest.pk, article.uid], {"date": "2026-02-04"}),
            ("articles_digest_step", [self.digest.pk, "submit"], {"version": 1, "note": ""}),
            ("articles_digest_preview_links", [self.digest.pk], {"days": "3"}),
            ("articles_tag_add", [], {"name": "로봇"}),
            ("logout", [], {}),
        ):
            with self.subTest(name):
                response = self.post(reverse(f"admin:{name}", args=arguments), data)
                self.assertEqual(response.status_code, 503)

    def test_scripts_are_told_so_in_their_own_way(self):
        json = {"HTTP_ACCEPT": "application/json"}
        data = filled(self.digest) | {"form_key": "8c3b2f6e-5f54-4f0e-9d0b-111111111111"}
        autosave = f"{reverse('admin:articles_digest_autosave')}?sequence=1"
        for url in (
            autosave,
            f"{reverse('admin:articles_digest_presence')}?digest={self.digest.pk}",
        ):
            with self.subTest(url):
                response = self.post(url, data, **json)
                self.assertEqual(response.status_code, 503)
                self.assertTrue(response.json()["error"])

    def test_the_desk_is_read(self):
        for url in (reverse("admin:index"), change_url(self.digest)):
            with self.subTest(url), no_writes():
                self.assertEqual(self.client.get(url).status_code, 200)


class LoginTests(ReadOnlyTestCase):
    def test_logging_in_is_refused_for_now(self):
        who = {"username": "editor", "password": "correct horse"}
        with no_writes(), self.assertLogs("django.request", "ERROR"):
            response = self.client.post(LOGIN, who)
        self.assertEqual(response.status_code, 503)
        self.assertNotContains(response, "correct horse", status_code=503)

    def test_a_session_that_cannot_be_kept_is_no_session_that_was_deleted(self):
        session = SessionStore()
        session["one"] = 1
        session.save()
        session["two"] = 2
        with no_writes(), self.assertRaises(DatabaseError) as caught:
            session.save()
        self.assertTrue(failures.passes(caught.exception))

    def test_a_session_that_was_deleted_is_still_told_apart(self):
        session = SessionStore()
        session.save()
        SessionStore(session.session_key).delete()
        with self.assertRaises(UpdateError):
            session.save()


class ReaderTests(ReadOnlyTestCase):
    def test_every_public_page_is_made(self):
        digest = make_digest()
        article = make_article(digest, headline="태그 있는 기사", tags=["로봇"])
        publishing.correct(digest, "고침", article=article)
        paths = (
            *("/", digest.get_absolute_url(), article.get_absolute_url(), "/archive/"),
            *(
                "/2026/",
                "/2026/01/",
                "/tags/",
                "/tags/로봇/",
                "/search/?q=%EA%B8%B0%EC%82%AC",
                "/corrections/",
            ),
            *("/search/?q=%EA%B8%B0%EC%82%AC", "/publishers/", "/subscribe/"),
            *("/feeds/digests.rss", "/feeds/articles.atom"),
            *("/2026/01/03.md", "/2026/01/03.json", "/sitemap.xml", "/healthz", "/metrics"),
        )
        with no_writes():
            answers = {path: self.client.get(path, follow=True).status_code for path in paths}
        self.assertEqual(answers, dict.fromkeys(paths, 200))

    def test_a_preview_link_is_opened_though_nobody_counts_it(self):
        link, token = preview_links.make(make_digest(published=False))
        with no_writes(), self.assertLogs("articles.views.preview_link", "WARNING") as logs:
            response = self.client.get(f"/preview/{token}/")
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("Traceback", logs.output[0])
        link.refresh_from_db()
        self.assertEqual(link.views, 0)


class MachineTests(ReadOnlyTestCase):
    def test_readiness_is_red_until_it_takes_writes_again(self):
        with no_writes():
            response = self.client.get("/readyz")
            excluded = self.client.get("/readyz?exclude=writes")
        self.assertContains(response, "database: ok\nwrites: ", status_code=503)
        self.assertNotContains(response, "writes: ok", status_code=503)
        self.assertNotContains(response, "not known", status_code=503)
        self.assertEqual(excluded.status_code, 200)
        self.assertContains(self.client.get("/readyz"), "writes: ok\n")

    def test_run_due_says_so_in_one_sentence_and_tries_again(self):
        make_due()
        errors = StringIO()
        with (
            no_writes(),
            self.assertLogs("articles.management.commands.run_due", "ERROR") as logs,
            self.assertRaises(CommandError),
        ):
            call_command("run_due", stdout=StringIO(), stderr=errors)
        self.assertEqual(len(logs.records), 1)
        self.assertIsNone(logs.records[0].exc_info)
        said = StringIO()
        with translation.override("en"):
            call_command("run_due", stdout=said)
        self.assertIn("Published", said.getvalue())


class FailureTests(SimpleTestCase):
    def test_only_what_passes_does(self):
        read_only, aborted = InternalError(), InternalError()
        read_only.__cause__ = psycopg.errors.ReadOnlySqlTransaction()
        aborted.__cause__ = psycopg.errors.InFailedSqlTransaction()
        self.assertTrue(failures.passes(read_only))
        self.assertTrue(failures.passes(OperationalError("database is locked")))
        self.assertFalse(failures.passes(aborted))
        self.assertFalse(failures.passes(ValueError()))


@skipUnless(IS_POSTGRESQL, "about connections to a server")
class PostgresqlTests(TransactionTestCase):
    serialized_rollback = True

    def setUp(self):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS written (number integer)")
        self.other = connection.copy("other")
        self.other.settings_dict |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
        self.addCleanup(self.clean)

    def clean(self):
        self.other.close()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE written")

    def set_read_only(self, value):
        """For connections that are opened from now on, as by an operator."""
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} {value}")
        self.addCleanup(self.reset)

    def reset(self):
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")

    def ask(self):
        """The process at the other end of the connection, asked as by a request."""
        self.other.close_if_unusable_or_obsolete()
        with self.other.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    def write(self):
        with self.other.cursor() as cursor:
            cursor.execute("INSERT INTO written VALUES (1)")

    def test_a_connection_that_takes_writes_is_kept(self):
        self.assertEqual(self.ask(), self.ask())

    def test_one_that_takes_none_is_given_up_with_the_next_request(self):
        self.set_read_only("SET default_transaction_read_only = on")
        first = self.ask()
        with self.assertRaises(InternalError):
            self.write()
        self.reset()
        self.assertNotEqual(self.ask(), first)
        self.write()

    def test_also_one_that_nobody_has_written_with(self):
        self.set_read_only("SET default_transaction_read_only = on")
        first = self.ask()
        self.reset()
        self.assertNotEqual(self.ask(), first)
        self.write()


WRITING = """
import os, sys
from pathlib import Path
import django
django.setup()
from django.db import OperationalError, close_old_connections, connection
from articles.rules import failures

folder, file = Path(sys.argv[1]), Path(sys.argv[1], "db.sqlite3")

def ask(sql):
    close_old_connections()  # as at the beginning of a request
    try:
        with connection.cursor() as cursor:
            print("read", *cursor.execute("SELECT count(*) FROM news").fetchone())
            cursor.execute(sql)
            print("written", failures.why_no_writes(connection) or "ok")
    except OperationalError as error:
        print(error, "|", failures.why_no_writes(connection))
    close_old_connections()  # as at its end

connection.cursor().execute("SELECT 1")  # so that all is loaded
if os.geteuid() == 0:  # who may write everything
    connection.close()
    for path in folder.glob("db.sqlite3*"):
        path.unlink()
    os.setuid(65534)
connection.close()
if os.fork() == 0:
    connection.cursor().execute("CREATE TABLE news (text)")
    os._exit(0)  # without a word, so that the files beside the database stay
os.wait()
file.chmod(0o444)
ask("INSERT INTO news VALUES (1)")
ask("INSERT INTO news VALUES (1)")
file.chmod(0o644)
ask("INSERT INTO news VALUES (1)")
"""


class SqliteTests(SimpleTestCase):
    databases = {"default"}  # by this name; the files are its own

    def test_a_file_that_may_be_written_again_is(self):
        folder = Path(self.enterContext(TemporaryDirectory()))
        folder.chmod(0o777)
        data = folder / "data"
        data.mkdir()
        data.chmod(0o777)
        environ = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "SECRET_KEY": settings.SECRET_KEY,
            "DATA_DIR": str(data),
            "STATIC_ROOT": str(data),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            [sys.executable, "-c", WRITING, str(data)],
            env=environ,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = done.stdout.splitlines()
        refused = "attempt to write a readonly database | "
        self.assertEqual(len(lines), 6, done.stdout + done.stderr)
        self.assertEqual(lines[0], "read 0")
        self.assertTrue(lines[1].startswith(refused) and lines[1] != refused, lines)
        self.assertEqual(lines[2:], [lines[0], lines[1], "read 0", "written ok"])

    def test_a_database_that_somebody_writes_to_takes_writes(self):
        """Readiness neither waits for it nor turns red."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        one, other = (sqlite_connection(folder / "db.sqlite3") for _number in range(2))
        self.addCleanup(one.close)
        self.addCleanup(other.close)
        one.cursor().execute("CREATE TABLE news (text)")
        self.assertEqual(failures.why_no_writes(other), "")
        one.cursor().execute("BEGIN IMMEDIATE")
        with mock.patch("time.sleep", side_effect=AssertionError):
            self.assertEqual(failures.why_no_writes(other), "")
        one.cursor().execute("ROLLBACK")
        # Others still wait for their turn.
        [(timeout,)] = other.cursor().execute("PRAGMA busy_timeout").fetchall()
        self.assertEqual(timeout, 20_000)

    def test_a_disk_without_room_is_told(self):
        folder = Path(self.enterContext(TemporaryDirectory()))
        one = sqlite_connection(folder / "db.sqlite3")
        self.addCleanup(one.close)
        one.cursor().execute("CREATE TABLE news (text)")
        with mock.patch("shutil.disk_usage", return_value=mock.Mock(free=0)):
            self.assertIn("full", failures.why_no_writes(one))


def sqlite_connection(path):
    return ConnectionHandler({"default": database(f"sqlite:///{path}")})["default"]
