"""Settings are read from the environment strictly; a fresh interpreter shows what a start does."""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from newsroom import environment as env

ROOT = Path(__file__).parent.parent
KEY = "xkQ2v9-LrT7mZpW4sYbN8cHdE1fJgUaO6iR3tKwXyVzBnMqPlD5"


class ParserTests(SimpleTestCase):
    def assertRefused(self, value, function, *arguments, **options):
        with patch.dict(os.environ, {"NAME": value}), self.assertRaises(ImproperlyConfigured) as e:
            function("NAME", *arguments, **options)
        self.assertIn("NAME", str(e.exception))

    def parsed(self, value, function, *arguments, **options):
        with patch.dict(os.environ, {"NAME": value}):
            return function("NAME", *arguments, **options)

    def test_boolean(self):
        self.assertIs(self.parsed("True", env.boolean, default=False), True)
        self.assertIs(self.parsed("False", env.boolean, default=True), False)
        self.assertIs(self.parsed(" ", env.boolean, default=True), True)
        for value in ("1", "yes", "true", "0"):
            self.assertRefused(value, env.boolean, default=False)

    def test_choice(self):
        self.assertEqual(self.parsed("en", env.choice, "ko", ("ko", "en")), "en")
        self.assertRefused("fr", env.choice, "ko", ("ko", "en"))

    def test_path(self):
        self.assertEqual(self.parsed("/a/b", env.path, Path("/c")), Path("/a/b"))
        self.assertRefused("a/b", env.path, Path("/c"))

    def test_file(self):
        self.assertEqual(self.parsed(__file__, env.file), Path(__file__))
        self.assertIsNone(self.parsed(" ", env.file))
        for value in ("test_environment.py", "/nowhere/font.ttc", str(ROOT)):
            self.assertRefused(value, env.file)

    def test_contact(self):
        for value in ("mailto:security@example.com", "https://example.com/contact", ""):
            self.assertEqual(self.parsed(value, env.contact), value)
        for value in (
            *("security@example.com", "mailto:", "mailto:a b@example.com", "http://example.com/"),
            *("https://", "https://example.com/\nExpires: never", "tel:+82-2-123-4567"),
        ):
            self.assertRefused(value, env.contact)

    def test_hosts(self):
        self.assertEqual(
            self.parsed("a.example, b.example", env.hosts, []), ["a.example", "b.example"]
        )
        for value in ("*", "https://a.example", "a.example,*"):
            self.assertRefused(value, env.hosts, [])

    def test_hubs(self):
        for value, hubs in (
            ("", []),
            ("https://hub.example/", ["https://hub.example/"]),
            (
                "https://a.example/push?x=1, https://b.example:8443,https://a.example/push?x=1",
                ["https://a.example/push?x=1", "https://b.example:8443"],
            ),
            ("http://127.0.0.1:8080/hub", ["http://127.0.0.1:8080/hub"]),
            ("http://[::1]/", ["http://[::1]/"]),
        ):
            self.assertEqual(self.parsed(value, env.hubs), hubs)
        for value in (
            *("hub.example", "http://hub.example/", "ftp://hub.example/", "https:///path"),
            *("https://user@hub.example/", "https://hub.example/#a", "https://hub.example:0/"),
            *("https://hub.example:x/", "https://hub.example/<", "https://허브.example/"),
            *("https://a.example, nothing", "javascript:alert(1)", "https://hub.example/a b"),
        ):
            with self.subTest(value):
                self.assertRefused(value, env.hubs)

    def test_site_url(self):
        for value in ("https://news.example.com", "http://127.0.0.1:8000", "http://[::1]:8000"):
            self.assertEqual(self.parsed(value, env.site_url, "x"), value)
        for value in (
            "news.example.com",
            "https://news.example.com/",
            "https://news.example.com/blog",
            "ftp://news.example.com",
            "https://user@news.example.com",
            "https://news.example.com:http",
            "https://",
        ):
            self.assertRefused(value, env.site_url, "x")

    def test_sites_that_can_have_passkeys(self):
        for value in (
            "https://news.example.com",
            "https://a.example:8443",
            "http://localhost:8000",
        ):
            self.assertTrue(env.can_have_passkeys(value), value)
        for value in (
            *("http://news.example.com", "http://127.0.0.1:8000", "https://192.0.2.4"),
            "https://[2001:db8::1]",
        ):
            self.assertFalse(env.can_have_passkeys(value), value)

    def test_time_zone(self):
        self.assertEqual(self.parsed("Europe/Berlin", env.time_zone, "UTC"), "Europe/Berlin")
        self.assertRefused("Seoul", env.time_zone, "UTC")

    def test_weekly_hours(self):
        eight, nine = dt.time(8, 0), dt.time(9, 30)
        weekdays = dict.fromkeys(range(5), eight)
        for value, hours in {
            "": {},
            "mon-fri 08:00": weekdays,
            " Mon-Fri 08:00,sat  09:30, ": weekdays | {5: nine},
            "sun-tue 08:00": {6: eight, 0: eight, 1: eight},
            "mon-sun 08:00": dict.fromkeys(range(7), eight),
            "wed 09:30": {2: nine},
        }.items():
            with self.subTest(value):
                self.assertEqual(self.parsed(value, env.weekly_hours), hours)
        for value in (
            *("08:00", "mon", "monday 08:00", "mon 8:00", "mon 24:00", "mon 08:60", "mon 08:00:00"),
            *("mon-fri08:00", "mon - fri 08:00", "mon 08:00 tue 09:00", "mon-fri 08:00, fri 09:00"),
            *("mon-xyz 08:00", "mon 08:00; tue 08:00", "mon ０８:００"),
        ):
            with self.subTest(value):
                self.assertRefused(value, env.weekly_hours)

    def test_secret_key(self):
        nowhere = Path("/nonexistent/key")
        self.assertEqual(self.parsed(KEY, env.secret_key, nowhere), KEY)
        for value in ("", "short", "a" * 60, "django-insecure-" + KEY):
            self.assertRefused(value, env.secret_key, nowhere)

    def test_kept_secret_key_is_used(self):
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "secret-key"
            kept.write_text(KEY + "\n")
            self.assertEqual(self.parsed("", env.secret_key, kept), KEY)


class StartTests(SimpleTestCase):
    """The settings as a fresh process with exactly the given variables sees them."""

    def start(self, **variables):
        code = (
            "import json; from newsroom import settings as s;"
            "print(json.dumps([s.DEBUG, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT,"
            "s.DATABASES['default']['ENGINE'], s.DATABASES['default']['OPTIONS']]))"
        )
        with tempfile.TemporaryDirectory() as folder:
            variables.setdefault("DATA_DIR", folder)
            environment = {"PATH": os.environ["PATH"], **variables}
            return subprocess.run(
                [sys.executable, "-c", code],
                env=environment,
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )

    def test_defaults_are_safe(self):
        result = self.start(SECRET_KEY=KEY)
        debug, _secure, _redirect, engine, options = json.loads(result.stdout)
        self.assertIs(debug, False)
        self.assertEqual(engine, "django.db.backends.sqlite3")
        self.assertEqual(options["transaction_mode"], "IMMEDIATE")
        self.assertIn("journal_mode=WAL", options["init_command"])

    def test_https_site_insists_on_https(self):
        result = self.start(SECRET_KEY=KEY, SITE_URL="https://news.example.com")
        self.assertEqual(json.loads(result.stdout)[1:3], [True, True])

    def test_start_without_a_key_is_refused_in_a_sentence(self):
        result = self.start()
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("SECRET_KEY is not set. Set it to at least 50 random", result.stderr)

    def test_wrong_values_stop_the_start(self):
        for name, value in {
            "DEBUG": "yes",
            "SITE_URL": "news.example.com",
            "SITE_LANGUAGE": "fr",
            "TIME_ZONE": "Seoul",
            "DATABASE_URL": "mysql://a/b",
            "ALLOWED_HOSTS": "*",
            "MEDIA_ROOT": "media",
            "DIGEST_DEADLINE": "08:00",
            "SECOND_FACTOR": "yes",
        }.items():
            with self.subTest(name):
                result = self.start(SECRET_KEY=KEY, **{name: value})
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(name, result.stderr.splitlines()[-1])

    def test_unreadable_database_url_is_a_sentence_without_the_password(self):
        result = self.start(SECRET_KEY=KEY, DATABASE_URL="postgres://u:s3cret@host:port/x")
        self.assertIn("DATABASE_URL", result.stderr.splitlines()[-1])
        self.assertNotIn("s3cret", result.stderr.splitlines()[-1])
