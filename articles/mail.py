"""Mail goes out beside what asks for it: a mail server that is away holds nobody up.

The settings are those of Django 6.1 (MAILERS). Django 5.2 does not know them, so that this module
makes the backend itself; nothing else in this project sends mail.
"""

import atexit
import logging
import threading
import time
from collections import deque

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

MAX_WAITING = 100  # mails; those beyond are dropped, and the log says so
# How long the end of a process waits for mail that is on its way.
FINISH_SECONDS = 20


def is_set_up() -> bool:
    return "default" in settings.MAILERS


def send(subject: str, body: str, to: list[str]) -> None:
    """Send a mail soon, if there is a server. Returns at once; failures are only logged."""
    if is_set_up() and to:
        subject = " ".join(f"{settings.EMAIL_SUBJECT_PREFIX}{subject}".split())
        _outbox.add(EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, to))


def wait(seconds: float) -> bool:
    """Wait until nothing is on its way; returns whether that is so."""
    return _outbox.wait(seconds)


def _deliver(message):
    mailer = settings.MAILERS["default"]
    backend = import_string(mailer["BACKEND"])(alias="default", **mailer.get("OPTIONS", {}))
    backend.send_messages([message])


class Outbox:
    """Mails of this process that wait for their turn. One thread sends them, and starts with the
    first one, since threads do not live on in forked processes."""

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
                # Without the traceback: its lines and the message could name who was written to.
                logger.warning(
                    "A mail could not be sent: %s after %.0f s. Look whether the server of "
                    "EMAIL_URL runs and takes mail from here.",
                    type(error).__name__,
                    time.monotonic() - started,
                )


_outbox = Outbox()
atexit.register(wait, FINISH_SECONDS)
