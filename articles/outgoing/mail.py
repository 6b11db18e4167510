"""Sends mail, for requests in a background thread, so that an unavailable mail server delays none.

The settings are those of Django 6.1 (MAILERS). Django 5.2 does not know them, so this module
creates the backend itself; nothing else in this project sends mail.
"""

import atexit
import logging
import threading
import time
from collections import deque

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

MAX_WAITING = 100  # mails; further ones are dropped and logged
# How long a process that ends waits for unsent mail.
FINISH_SECONDS = 20


def is_set_up() -> bool:
    return "default" in settings.MAILERS


def send(subject: str, body: str, to: list[str]) -> None:
    """Queue a mail, if a server is set up. Returns at once; failures are only logged."""
    if is_set_up() and to:
        _outbox.add(_message(subject, body, to))


def send_now(subject: str, body: str, to: list[str], headers: dict[str, str]) -> None:
    """Send a mail and wait for the server. Raises SMTPException and OSError."""
    _deliver(_message(subject, body, to, headers))


def send_page_now(
    subject: str, body: str, html: str, to: list[str], headers: dict[str, str]
) -> None:
    """Send a mail that has its text in two forms, plain and HTML, under exactly this subject, and
    wait for the server. Raises SMTPException and OSError."""
    message = EmailMultiAlternatives(
        subject, body, settings.DEFAULT_FROM_EMAIL, to, headers=headers
    )
    message.attach_alternative(html, "text/html")
    _deliver(message)


def wait(seconds: float) -> bool:
    """Wait until the queue is empty; returns whether it is."""
    return _outbox.wait(seconds)


def _message(subject, body, to, headers=None):
    subject = " ".join(f"{settings.EMAIL_SUBJECT_PREFIX}{subject}".split())
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, to, headers=headers)


def _deliver(message):
    mailer = settings.MAILERS["default"]
    backend = import_string(mailer["BACKEND"])(alias="default", **mailer.get("OPTIONS", {}))
    backend.send_messages([message])


class Outbox:
    """The queue of this process's mails. One thread sends them. It starts with the first mail,
    since threads do not survive a fork."""

    def __init__(self):
        self._waiting = deque()
        self._changed = threading.Condition()
        self._is_sending = False

    def add(self, message):
        with self._changed:
            if len(self._waiting) >= MAX_WAITING:
                logger.warning("A mail was dropped: %d others wait to be sent.", MAX_WAITING)
                return
            self._waiting.append(message)
            if not self._is_sending:
                self._is_sending = True
                threading.Thread(target=self._send_all, name="mail", daemon=True).start()

    def wait(self, seconds):
        with self._changed:
            return self._changed.wait_for(lambda: not self._is_sending, seconds)

    def _send_all(self):
        while True:
            with self._changed:
                if not self._waiting:
                    self._is_sending = False
                    self._changed.notify_all()
                    return
                message = self._waiting.popleft()
            started = time.monotonic()
            try:
                _deliver(message)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next mail has its turn
                # Without a traceback: its lines and the message could contain the recipient.
                logger.warning(
                    "A mail could not be sent: %s after %.0f s. Look whether the server of "
                    "EMAIL_URL runs and takes mail from here.",
                    type(error).__name__,
                    time.monotonic() - started,
                )


_outbox = Outbox()
atexit.register(wait, FINISH_SECONDS)
