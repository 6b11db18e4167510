"""Settings are read from the environment strictly; a fresh process shows what a start does."""

import datetime as dt
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from newsroom import environment as env
from newsroom.settings import database

ROOT = Path(__file__).parents[2]
KEY = secrets.token_urlsafe(50)
# Has the packages that the settings import, which takes ten times as long as the settings; a fork
# for each line of variables imports the project itself.
STARTS = """
import json, os, sys
import csp.constants, dj_database_url, django.core.validators, django.http.request, dotenv.parser
import django.utils.translation
for line in sys.stdin:
    if not os.fork():
        break
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
else:
    sys.exit()
variables, *streams = json.loads(line)
os.environ.clear()
os.environ.update(variables)
for number, path in enumerate(streams, 1):
    os.dup2(os.open(path, os.O_WRONLY), number)
from newsroom import settings as s
names = [n for n in dir(s) if n.isupper() and n != "LANGUAGES"]
print(json.dumps({n: getattr(s, n) for n in names}, default=str))
"""


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

    def read(self, text, **variables):
        """The environment after a file of variables was read."""
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            with patch.dict(os.environ, {"NAME": file.name, **variables}, clear=True):
                env.read_file("NAME")
                return dict(os.environ)

    def test_file_of_variables_means_the_same_for_every_program(self):
        found = self.read(
            "# a comment\n"
            "DIGEST_DEADLINE=mon-fri 08:00, sat 09:30\n"
            "SITE_NAME='하루 뉴스'\n"
            'QUOTED="two words"\n'
            "SECRET_KEY=a$b${PATH}#c\n"
            "export PORT=8001\n"
            "EMPTY=\n"
        )
        self.assertEqual(found["DIGEST_DEADLINE"], "mon-fri 08:00, sat 09:30")
        self.assertEqual(found["SITE_NAME"], "하루 뉴스")
        self.assertEqual(found["QUOTED"], "two words")
        self.assertEqual(found["SECRET_KEY"], "a$b${PATH}#c")
        self.assertEqual((found["PORT"], found["EMPTY"]), ("8001", ""))

    def test_file_of_variables_changes_nothing_that_is_set(self):
        self.assertEqual(self.read("PORT=1\n", PORT="2")["PORT"], "2")

    def test_file_of_variables_that_is_wrong_is_refused_with_its_line(self):
        for text in ("A=1\nnot a line\n", "A=1\nB='x\n", "A=1\nB\n"):
            with self.subTest(text), self.assertRaises(ImproperlyConfigured) as caught:
                self.read(text)
            self.assertIn("line 2", str(caught.exception))

    def test_no_file_of_variables_is_needed(self):
        with patch.dict(os.environ, {}, clear=True):
            env.read_file("NAME")
        self.assertRefused("/nowhere/newsroom.env", env.read_file)

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

    def test_token(self):
        token = "kZ8sWq3nV5xT1yR7uB2mL9pD4hG6jF0c"
        self.assertEqual(self.parsed(token, env.token), token)
        self.assertEqual(self.parsed(" ", env.token), "")
        for value in (token[:-1], "a" * 32, f"{token} {token}", f"{token}é", f"{token}\n{token}"):
            self.assertRefused(value, env.token)

    def test_hosts(self):
        self.assertEqual(
            self.parsed("a.example, b.example", env.hosts, []), ["a.example", "b.example"]
        )
        for value in (
            "127.0.0.1",
            "[::1]",
            "[2001:db8::1]",
            "localhost",
            ".news.example",
            "my_app",
        ):
            self.assertEqual(self.parsed(value, env.hosts, []), [value])
        for value in (
            *("*", "https://a.example", "a.example,*", "*.example", ".", ".com", "a.example:8000"),
            *(
                "a b",
                "a.example/",
                "[::1",
                "::1",
                "-a.example",
                "a..example",
                "뉴스.example",
                "a@b",
            ),
        ):
            self.assertRefused(value, env.hosts, [])

    def test_mail_server(self):
        for value, server in (
            ("smtp://localhost", {"host": "localhost", "port": 25}),
            ("smtp://mail.example.com:2525/", {"host": "mail.example.com", "port": 2525}),
            (
                "smtp+tls://desk%40example.com:p%2Fa%3A%ED%95%9C@mail.example.com",
                {
                    "host": "mail.example.com",
                    "port": 587,
                    "username": "desk@example.com",
                    "password": "p/a:한",
                    "use_tls": True,
                },
            ),
            (
                "smtps://u:p@mail.example.com",
                {
                    "host": "mail.example.com",
                    "port": 465,
                    "username": "u",
                    "password": "p",
                    "use_ssl": True,
                },
            ),
        ):
            self.assertEqual(self.parsed(value, env.mail_server), server)
        self.assertIsNone(self.parsed("", env.mail_server))

    def test_mail_folder(self):
        self.assertEqual(self.parsed("file:///srv/a%20b", env.mail_folder), Path("/srv/a b"))
        self.assertIsNone(self.parsed("file:///srv/mail", env.mail_server))
        for value in ("", "smtp://localhost"):
            self.assertIsNone(self.parsed(value, env.mail_folder))
        for value in ("file://srv/mail", "file:mail", "file:///srv?x=1"):
            self.assertRefused(value, env.mail_folder)

    def test_no_error_about_a_mail_server_repeats_its_password(self):
        for value in (
            *("mail.example.com", "imap://u:geheim@h", "smtp+tls://u:geheim@", "smtps://u:geheim"),
            *("smtps://u:geheim@h:0", "smtps://u:geheim@h:70000", "smtps://u:geheim@h/x"),
            *("smtps://u:geheim@h?x=1", "smtps://u:geheim@h#x", "smtps://:geheim@h", "smtps://u@h"),
            *("smtps://u:geheim%@h", "smtps://u:geheim%FF@h", "smtps://u:geheim%0A@h"),
            *("smtps://u:geheim한@h", "smtp://u:geheim@mail.example.com"),
        ):
            self.assertRefused(value, env.mail_server)
            with (
                patch.dict(os.environ, {"NAME": value}),
                self.assertRaises(ImproperlyConfigured) as error,
            ):
                env.mail_server("NAME")
            self.assertNotIn("geheim", str(error.exception))

    def test_mail_addresses(self):
        for value in ("", "desk@example.com", "하루 뉴스 <desk@example.com>"):
            self.assertEqual(self.parsed(value, env.mail_address), value)
        for value in ("desk", "a@example.com, b@example.com", "<a@example.com", "a@b@example.com"):
            self.assertRefused(value, env.mail_address)
        self.assertEqual(
            self.parsed("a@example.com, b@example.com,a@example.com", env.mail_addresses),
            ["a@example.com", "b@example.com"],
        )
        for value in ("a@example.com,b", "Desk <a@example.com>"):
            self.assertRefused(value, env.mail_addresses)

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

    def test_former_keys(self):
        other = secrets.token_urlsafe(50)
        self.assertEqual(self.parsed(f"{KEY}, {other}", env.former_keys), [KEY, other])
        self.assertEqual(self.parsed("", env.former_keys), [])
        for value in ("short", f"{KEY},short", f"{KEY} {'a' * 60},{'a' * 60}"):
            self.assertRefused(value, env.former_keys)

    def test_kept_secret_key_is_used(self):
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "secret-key"
            kept.write_text(KEY + "\n")
            self.assertEqual(self.parsed("", env.secret_key, kept), KEY)


class StartTests(SimpleTestCase):
    """The settings as a fresh process with exactly the given variables sees them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.starts = subprocess.Popen(
            [sys.executable, "-c", STARTS],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        cls.addClassCleanup(cls.starts.communicate)

    def start(self, **variables):
        with (
            tempfile.TemporaryDirectory() as folder,
            tempfile.NamedTemporaryFile("r") as out,
            tempfile.NamedTemporaryFile("r") as err,
        ):
            variables = {"PATH": os.environ["PATH"], "DATA_DIR": folder} | variables
            asked = json.dumps([variables, out.name, err.name])
            print(asked, file=self.starts.stdin, flush=True)
            status = int(self.starts.stdout.readline())
            return subprocess.CompletedProcess(asked, status, out.read(), err.read())

    def test_defaults_are_safe(self):
        result = self.start(SECRET_KEY=KEY)
        settings = json.loads(result.stdout)
        self.assertIs(settings["DEBUG"], False)
        self.assertEqual(
            settings["ALLOWED_HOSTS"], ["127.0.0.1", "localhost", "127.0.0.1", "[::1]"]
        )
        self.assertNotIn("SECURE_PROXY_SSL_HEADER", settings)
        database = settings["DATABASES"]["default"]
        self.assertEqual(database["ENGINE"], "newsroom.databases.sqlite3")
        self.assertEqual(database["OPTIONS"]["transaction_mode"], "IMMEDIATE")
        self.assertIn("journal_mode=WAL", database["OPTIONS"]["init_command"])
        self.assertIn("cache_size=-512", database["OPTIONS"]["init_command"])
        self.assertEqual(database["OPTIONS"]["cached_statements"], 32)

    def test_https_site_insists_on_https(self):
        result = self.start(SECRET_KEY=KEY, SITE_URL="https://news.example.com")
        settings = json.loads(result.stdout)
        for name in (*("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"),):
            self.assertIs(settings[name], True, name)
        self.assertGreaterEqual(settings["SECURE_HSTS_SECONDS"], 31_536_000)

    def test_hsts_is_for_this_host_alone_unless_the_operator_says_more(self):
        for value, subdomains, preload, silenced in (
            ("", False, False, 2),
            ("host", False, False, 2),
            ("subdomains", True, False, 1),
            ("preload", True, True, 0),
        ):
            with self.subTest(value):
                url = "https://news.example.com"
                settings = json.loads(self.start(SECRET_KEY=KEY, SITE_URL=url, HSTS=value).stdout)
                self.assertIs(settings["SECURE_HSTS_INCLUDE_SUBDOMAINS"], subdomains)
                self.assertIs(settings["SECURE_HSTS_PRELOAD"], preload)
                checks = settings["SILENCED_SYSTEM_CHECKS"]
                self.assertEqual(len([c for c in checks if c.startswith("security.")]), silenced)

    def test_no_variable_makes_an_https_site_less_strict(self):
        names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
        weak = dict.fromkeys((*names, "SECURE_HSTS_SECONDS", "CONTENT_SECURITY_POLICY"), "False")
        result = self.start(SECRET_KEY=KEY, SITE_URL="https://news.example.com", **weak)
        settings = json.loads(result.stdout)
        self.assertEqual([settings[name] for name in names], [True, True, True])
        self.assertGreaterEqual(settings["SECURE_HSTS_SECONDS"], 31_536_000)
        self.assertIn("script-src", settings["CONTENT_SECURITY_POLICY"]["DIRECTIVES"])

    def test_mail_is_sent_only_where_a_server_is_named(self):
        settings = json.loads(self.start(SECRET_KEY=KEY).stdout)
        self.assertEqual((settings["MAILERS"], settings["ADMINS"]), ({}, []))
        mail = {"EMAIL_URL": "smtp://localhost", "DEFAULT_FROM_EMAIL": "desk@example.com"}
        settings = json.loads(self.start(SECRET_KEY=KEY, ADMINS="a@example.com", **mail).stdout)
        options = settings["MAILERS"]["default"]["OPTIONS"]
        self.assertEqual((options["host"], options["timeout"]), ("localhost", 10))
        self.assertEqual(settings["ADMINS"], ["a@example.com"])

    def test_mail_settings_that_would_do_nothing_stop_the_start(self):
        for variables, sentence in (
            ({"EMAIL_URL": "smtp://localhost"}, "DEFAULT_FROM_EMAIL"),
            ({"ADMINS": "a@example.com"}, "EMAIL_URL"),
            ({"EMAIL_URL": "file:///srv/mail"}, "DEFAULT_FROM_EMAIL"),
            (
                {"EMAIL_URL": "file:///srv/mail", "SITE_URL": "https://news.example.com"},
                "on your own machine",
            ),
        ):
            result = self.start(SECRET_KEY=KEY, **variables)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(sentence, result.stderr)

    def test_variables_can_come_from_a_file(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(f"SECRET_KEY={KEY}\nDIGEST_DEADLINE=mon-fri 08:00, sat 09:30\n")
            file.flush()
            settings = json.loads(self.start(NEWSROOM_ENV=file.name).stdout)
        self.assertEqual(settings["SECRET_KEY"], KEY)
        self.assertEqual(len(settings["DIGEST_DEADLINE"]), 6)

    def test_what_together_is_not_safe_stops_the_start(self):
        public, local = "https://news.example.com", "http://127.0.0.1:8000"
        for word, variables in (
            ("SITE_URL", {"SITE_URL": "http://news.example.com"}),
            ("SITE_URL", {"SITE_URL": "http://8.8.8.8"}),
            ("ALLOWED_HOSTS", {"SITE_URL": public, "ALLOWED_HOSTS": "www.example.com"}),
            ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "news.example.com"}),
            ("DEBUG", {"SITE_URL": public, "DEBUG": "True"}),
            ("PAGES_DIR", {"PAGES_DIR": "/srv/pages", "PAGE_STORE_MEGABYTES": "0"}),
            ("DEBUG", {"SITE_URL": "http://desk.internal", "DEBUG": "True"}),
            ("DEBUG", {"SITE_URL": local, "DEBUG": "True", "ALLOWED_HOSTS": "127.0.0.1,10.0.0.5"}),
        ):
            with self.subTest(variables):
                result = self.start(SECRET_KEY=KEY, **variables)
                self.assertNotEqual(result.returncode, 0)
                last = result.stderr.splitlines()[-1]
                self.assertIn("ImproperlyConfigured", last)
                self.assertIn(word, last)
                self.assertTrue(last.endswith("."))

    def test_what_is_safe_starts(self):
        for variables in (
            {"DEBUG": "True"},
            {"SITE_URL": "http://desk.internal"},
            {"SITE_URL": "http://192.168.1.5:8000"},
            {"SITE_URL": "http://[::1]:8000", "DEBUG": "True"},
            {"SITE_URL": "https://news.example.com", "ALLOWED_HOSTS": ".example.com"},
            {"SITE_URL": "https://news.example.com", "TRUST_PROXY": "True"},
        ):
            with self.subTest(variables):
                self.assertEqual(self.start(SECRET_KEY=KEY, **variables).returncode, 0)

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
            "SECRET_KEY": "a" * 60,
            "TRUST_PROXY": "1",
            "METRICS_TOKEN": "secret",
            "WEBHOOK_PRIVATE_NETWORKS": "10.0.0.1/8",
            "WEBSUB_HUBS": "http://hub.example/",
            "SECURITY_CONTACT": "security@example.com",
            "DATA_DIR": "var",
        }.items():
            with self.subTest(name):
                result = self.start(**{"SECRET_KEY": KEY, name: value})
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(name, result.stderr.splitlines()[-1])

    def test_options_of_the_database_url_come_before_the_sites_own(self):
        for url, name, own in (
            ("postgres://news@db.internal/news", "connect_timeout", 2),
            ("sqlite:////srv/news.sqlite3", "timeout", 20),
        ):
            with self.subTest(url):
                self.assertEqual(database(url)["OPTIONS"][name], own)
                told = database(f"{url}?{name}=7")["OPTIONS"]
                self.assertEqual(told, database(url)["OPTIONS"] | {name: 7})

    def test_a_database_can_have_several_servers(self):
        servers = {"host": "10.0.0.1,10.0.0.2", "target_session_attrs": "read-write"}
        query = "&".join(f"{name}={value}" for name, value in servers.items())
        found = database(f"postgres://news:secret@/news?{query}")
        self.assertEqual((found["HOST"], found["USER"], found["NAME"]), ("", "news", "news"))
        self.assertLessEqual(servers.items(), found["OPTIONS"].items())

    def test_unreadable_database_url_is_a_sentence_without_the_password(self):
        result = self.start(SECRET_KEY=KEY, DATABASE_URL="postgres://u:s3cret@host:port/x")
        self.assertIn("DATABASE_URL", result.stderr.splitlines()[-1])
        self.assertNotIn("s3cret", result.stderr.splitlines()[-1])


class RepositoryTests(SimpleTestCase):
    """A key that stands in a repository is known to all."""

    PLACES = (
        "Dockerfile",
        "Makefile",
        "README.md",
        ".ci/run",
        "deploy",
        "docs",
        "newsroom",
        "tests",
    )

    def files(self):
        for name in self.PLACES:
            place = ROOT / name
            yield from (
                [place]
                if place.is_file()
                else (path for path in place.rglob("*") if path.suffix not in {".pyc", ".png"})
            )

    def test_no_file_has_a_key_that_the_site_would_take(self):
        told = re.compile(r"""SECRET_KEY["']?[ \t]*[=:][ \t]*["']?([^\s"'$]+)""")
        found = [
            (path, value)
            for path in self.files()
            if path.is_file()
            for value in told.findall(path.read_text(encoding="utf-8", errors="replace"))
        ]
        self.assertGreater(len(found), 3)
        for path, value in found:
            with (
                self.subTest(f"{path.relative_to(ROOT)}: {value}"),
                patch.dict(os.environ, {"NAME": value}),
                self.assertRaises(ImproperlyConfigured),
            ):
                env.secret_key("NAME", Path("/nonexistent/key"))
