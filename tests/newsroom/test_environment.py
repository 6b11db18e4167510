"""Settings are read from the environment strictly; a fresh process shows what a start does."""

import datetime as dt
import os
import secrets
import tempfile
from pathlib import Path
from unittest.mock import patch

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from newsroom import environment as env
from newsroom import keys

ROOT = Path(__file__).parents[2]
KEY = secrets.token_urlsafe(50)


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
        for text in ("A=1\nnot a line\n", "A=1\nB='x\n", "A=1\nB\n", "\nB\n"):
            with self.subTest(text), self.assertRaises(ImproperlyConfigured) as caught:
                self.read(text)
            self.assertIn("line 2", str(caught.exception))

    def test_file_of_variables_that_has_a_name_twice_is_refused_with_its_line(self):
        with self.assertRaises(ImproperlyConfigured) as caught:
            self.read("A=1\n# B=1\nB=2\n\nexport A='1'\n")
        self.assertIn("line 5: A is there already, in line 1.", str(caught.exception))

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
            *("https://[2001:db8::1", "https://news.example.com:0", "https://a..example"),
        ):
            self.assertRefused(value, env.site_url, "x")

    def test_a_korean_name_of_a_site_is_refused_with_what_browsers_send(self):
        with (
            patch.dict(os.environ, {"NAME": "https://뉴스.한국"}),
            self.assertRaisesMessage(ImproperlyConfigured, "as they do: xn--vg1b002a.xn--3e0b707e"),
        ):
            env.site_url("NAME", "x")

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

    def test_font(self):
        with tempfile.NamedTemporaryFile() as file:
            self.assertRefused(file.name, env.font)
            for begin in (b"ttcf", b"OTTO", b"\0\1\0\0"):
                Path(file.name).write_bytes(begin + b"...")
                self.assertEqual(self.parsed(file.name, env.font), Path(file.name))
        self.assertIsNone(self.parsed("", env.font))
        self.assertRefused(__file__, env.font)
        self.assertRefused("/nowhere/font.ttc", env.font)

    def test_time_zone(self):
        self.assertEqual(self.parsed("Europe/Berlin", env.time_zone, "UTC"), "Europe/Berlin")
        for value in ("Seoul", "localtime", "Factory"):
            self.assertRefused(value, env.time_zone, "UTC")

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
        self.assertEqual(self.parsed(KEY, keys.secret_key, nowhere), KEY)
        for value in ("", "short", "a" * 60, "django-insecure-" + KEY):
            self.assertRefused(value, keys.secret_key, nowhere)

    def test_former_keys(self):
        other = secrets.token_urlsafe(50)
        self.assertEqual(self.parsed(f"{KEY}, {other}", keys.former_keys), [KEY, other])
        self.assertEqual(self.parsed("", keys.former_keys), [])
        for value in ("short", f"{KEY},short", f"{KEY} {'a' * 60},{'a' * 60}"):
            self.assertRefused(value, keys.former_keys)

    def test_kept_secret_key_is_used(self):
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "secret-key"
            kept.write_text(KEY + "\n")
            self.assertEqual(self.parsed("", keys.secret_key, kept), KEY)
