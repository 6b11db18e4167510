"""The settings as a fresh process makes them of its environment."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from newsroom import keys
from newsroom.settings import database
from tests.newsroom.test_environment import KEY, ROOT

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
            ("[2001:db8::1]", {"SITE_URL": "https://[2001:db8::1]", "ALLOWED_HOSTS": "a.example"}),
            ("DEBUG", {"SITE_URL": public, "DEBUG": "True"}),
            ("PAGES_DIR", {"PAGES_DIR": "/srv/pages", "PAGE_STORE_MEGABYTES": "0"}),
            ("PAGES_DIR", {"PAGES_DIR": "/"}),
            ("PAGES_DIR", {"PAGES_DIR": str(ROOT)}),
            ("PAGES_DIR", {"PAGES_DIR": "/srv/a", "MEDIA_ROOT": "/srv/b/../a"}),
            ("PAGES_DIR", {"PAGES_DIR": "/srv/a/pages", "STATIC_ROOT": "/srv/a"}),
            ("PAGES_DIR", {"PAGES_DIR": "/srv/a", "MEDIA_ROOT": "/srv/a/media"}),
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
            {"PAGES_DIR": "/srv/a/pages", "DATA_DIR": "/srv/a", "MEDIA_ROOT": "/srv/a/media"},
            {"SITE_URL": "http://192.168.1.5:8000"},
            {"SITE_URL": "http://[::1]:8000", "DEBUG": "True"},
            {"SITE_URL": "https://[2001:db8::1]"},
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
                keys.secret_key("NAME", Path("/nonexistent/key"))
