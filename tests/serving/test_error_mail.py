"""Errors reach ADMINS by mail: few mails, without anything that somebody typed."""

import logging
import socketserver
import sys
import tempfile
import threading
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.core import mail as django_mail
from django.core.management import call_command
from django.test import RequestFactory, SimpleTestCase, override_settings

from articles.outgoing import mail
from articles.serving import error_mail
from articles.serving.logs import PreviewTokenFilter
from tests.support.waiting import PATIENCE

LOCMEM = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
WITH_MAIL = override_settings(
    MAILERS=LOCMEM,
    ADMINS=["one@example.com", "two@example.com"],
    DEFAULT_FROM_EMAIL="desk@example.com",
    EMAIL_SUBJECT_PREFIX="[Newsroom] ",
)


class BrokenBackend:
    def __init__(self, **options):
        raise OSError("one@example.com is away")


class HeldBackend:
    """Sends when it is let go."""

    go = threading.Event()

    def __init__(self, **options):
        pass

    def send_messages(self, messages):
        self.go.wait()


def backend(kind):
    return {"default": {"BACKEND": f"{__name__}.{kind.__name__}", "OPTIONS": {}}}


class ErrorMailCase(SimpleTestCase):
    """With the handler as the settings have it, but for its folder."""

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.folder = Path(folder)
        self.now = 1_800_000_000.0
        self.enterContext(mock.patch("articles.serving.error_mail.time.time", self.time))

    def time(self):
        return self.now

    def handler(self):
        """As another process would have it."""
        options = dict(settings.LOGGING["handlers"]["admins"])
        made = error_mail.ErrorMail(reporter_class=options["reporter_class"])
        self.assertEqual(options["filters"], ["one_of_a_kind", "preview_tokens"])
        made.addFilter(error_mail.OneOfAKind(self.folder))
        made.addFilter(PreviewTokenFilter())
        return made


# What is told of an error is decided without the database.
@pytest.mark.one_engine
class ErrorMailTests(ErrorMailCase):
    def tell(self, handler, *, text="Internal Server Error: %s", path="/x", error=None, line=0):
        request = RequestFactory().post(path, {"body": "typed text"})
        record = logging.LogRecord("django.request", logging.ERROR, "f", 1, text, (path,), None)
        if error:
            try:
                _fail(error) if line == 0 else _fail_elsewhere(error)
            except ValueError:
                record.exc_info = sys.exc_info()
        record.request = request
        handler.handle(record)
        self.assertTrue(mail.wait(PATIENCE))
        return len(django_mail.outbox)

    @WITH_MAIL
    def test_a_mail_tells_where_and_what_but_nothing_that_was_typed(self):
        error = ValueError("typed text")
        self.tell(self.handler(), path="/preview/secrettoken/", error=error)
        [sent] = django_mail.outbox
        self.assertEqual(sent.to, ["one@example.com", "two@example.com"])
        self.assertIn("Internal Server Error: /preview/…/", sent.subject)
        self.assertIn("builtins.ValueError", sent.body)
        self.assertIn("in _fail", sent.body)
        for secret in ("typed text", "secrettoken", settings.SECRET_KEY, "SECRET", "COOKIES"):
            self.assertNotIn(secret, sent.body + sent.subject)
        self.assertEqual(sent.message().get_content_type(), "text/plain")

    @WITH_MAIL
    def test_a_storm_of_errors_is_one_mail_whatever_the_process(self):
        for _ in range(20):
            self.tell(self.handler(), error=ValueError("a"))
        self.assertEqual(len(django_mail.outbox), 1)
        self.tell(self.handler(), error=ValueError("b"), line=1)
        self.assertEqual(len(django_mail.outbox), 2)
        self.now += error_mail.SECONDS
        self.tell(self.handler(), error=ValueError("a"))
        self.assertEqual(len(django_mail.outbox), 3)
        self.assertIn("19 more times", django_mail.outbox[-1].body)

    @WITH_MAIL
    def test_a_storm_of_many_kinds_ends_too(self):
        handler = self.handler()
        for number in range(error_mail.MAX_KINDS + 10):
            self.tell(handler, text=f"Kind {number}: %s")
        self.assertEqual(len(django_mail.outbox), error_mail.MAX_KINDS)

    @WITH_MAIL
    def test_a_clock_that_was_set_back_does_not_silence_it(self):
        self.tell(self.handler())
        self.now -= 10 * 24 * 60 * 60
        self.assertEqual(self.tell(self.handler()), 2)

    @WITH_MAIL
    def test_a_file_that_cannot_be_read_or_written_costs_no_mail(self):
        (self.folder / error_mail.FILE_NAME).write_text('{"x": [1]')
        self.assertEqual(self.tell(self.handler()), 1)
        self.folder /= "not-there"
        handler = self.handler()
        self.tell(handler)
        self.assertEqual(self.tell(handler), 2)

    @override_settings(MAILERS={}, ADMINS=["one@example.com"])
    def test_without_a_server_nothing_is_sent_or_written(self):
        self.assertEqual(self.tell(self.handler()), 0)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_errors_of_requests_and_of_what_runs_unattended_are_told(self):
        unattended = ("articles.management.commands.run_due", "articles.management.unattended")
        for name in ("django.request", *unattended):
            self.assertIn("admins", settings.LOGGING["loggers"][name]["handlers"])
            kinds = [type(handler) for handler in logging.getLogger(name).handlers]
            self.assertIn(error_mail.ErrorMail, kinds)


@WITH_MAIL
class FailedBackupTests(ErrorMailCase):
    """The backup says so itself, and the unit for one that died says the same."""

    def setUp(self):
        super().setUp()
        told = logging.getLogger("articles.management.unattended")
        self.enterContext(mock.patch.object(told, "handlers", [self.handler()]))
        self.enterContext(mock.patch.object(told, "propagate", False))

    def subjects(self):
        self.assertTrue(mail.wait(PATIENCE))
        return [message.subject for message in django_mail.outbox]

    def backup(self, *arguments):
        typed = ValueError("typed text")
        with (
            mock.patch("articles.backup.creating.create", side_effect=typed),
            self.assertRaises(ValueError),
        ):
            call_command("backup", *arguments)

    def test_a_backup_of_the_night_that_fails_is_told_once(self):
        self.backup("--into", str(self.folder))
        call_command("report_failure", "newsroom-backup.service")
        self.backup("--into", str(self.folder))
        self.assertEqual(len(self.subjects()), 1)
        [message] = django_mail.outbox
        self.assertIn("newsroom-backup has failed", message.body)
        self.assertNotIn("typed text", message.subject + message.body)
        self.assertEqual(message.to, ["one@example.com", "two@example.com"])

    def test_one_that_died_is_told_by_the_unit(self):
        call_command("report_failure", "newsroom-backup.service")
        self.assertEqual(len(self.subjects()), 1)

    def test_one_that_somebody_makes_by_hand_says_so_to_them_alone(self):
        self.backup(str(self.folder / "b.zip"))
        self.assertEqual(self.subjects(), [])


def _fail(error):
    raise error


def _fail_elsewhere(error):
    raise error


class MailTests(SimpleTestCase):
    @override_settings(MAILERS=backend(BrokenBackend))
    def test_a_server_that_is_away_is_a_line_in_the_log(self):
        with self.assertLogs("articles.outgoing.mail", "WARNING") as log:
            mail.send("Subject", "Body", ["one@example.com"])
            self.assertTrue(mail.wait(PATIENCE))
        self.assertIn("could not be sent: OSError", log.output[0])
        self.assertNotIn("one@example.com", log.output[0])

    @override_settings(MAILERS=backend(HeldBackend))
    def test_nobody_waits_for_a_server_and_mail_does_not_pile_up(self):
        HeldBackend.go.clear()
        try:
            with self.assertLogs("articles.outgoing.mail", "WARNING") as log:
                for _ in range(mail.MAX_WAITING + 5):
                    mail.send("Subject", "Body", ["one@example.com"])
                self.assertFalse(mail.wait(0))
            self.assertIn("dropped", log.output[0])
        finally:
            HeldBackend.go.set()
            self.assertTrue(mail.wait(PATIENCE))

    def test_it_goes_to_a_real_server(self):
        with MailServer() as server:
            options = {"host": "127.0.0.1", "port": server.port, "timeout": PATIENCE}
            smtp = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
            with override_settings(
                MAILERS={"default": smtp}, DEFAULT_FROM_EMAIL="하루 <desk@example.com>"
            ):
                mail.send("Two\nlines", "Body", ["one@example.com"])
                self.assertTrue(mail.wait(PATIENCE))
        commands = [line.upper() for line in server.lines[:3]]
        self.assertTrue(commands[1].startswith("MAIL FROM:<DESK@EXAMPLE.COM>"))
        self.assertEqual(commands[2], "RCPT TO:<ONE@EXAMPLE.COM>")
        self.assertTrue(any(line.startswith("Subject:") for line in server.lines))


class MailServer:
    """As much of SMTP (RFC 5321) as takes one mail over a real socket."""

    def __enter__(self):
        self.lines = lines = []

        class Talk(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"220 here\r\n")
                is_data = False
                for line in self.rfile:
                    text = line.decode().rstrip("\r\n")
                    lines.append(text)
                    if is_data and text != ".":
                        continue
                    word = text[:4].upper()
                    is_data = word == "DATA"
                    codes = {"DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}
                    self.wfile.write(codes.get(word, b"250 ok\r\n"))

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
