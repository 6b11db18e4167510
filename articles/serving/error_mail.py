"""Mails errors to ADMINS: one mail per kind of error in a quarter of an hour.

A mail has the place of the failure in the code and the class of the exception. The message of the
exception stays in the log, because it may repeat what a user typed.
"""

import fcntl
import hashlib
import json
import logging
import time
import traceback
from pathlib import Path

from django.conf import settings
from django.utils.log import AdminEmailHandler

from articles.outgoing import mail

SECONDS = 15 * 60
KEPT_SECONDS = 24 * 60 * 60  # how long the number of suppressed mails is stored
MAX_KINDS = 20  # the most kinds in one period, in case every error is of a different kind
FILE_NAME = "error-mails.json"


class ErrorMail(AdminEmailHandler):
    """Django's handler, but it sends in the background, and a failure to send causes no further
    mail."""

    def emit(self, record):
        if mail.is_set_up() and settings.ADMINS:
            super().emit(record)

    def send_mail(self, subject, message, *args, **kwargs):
        mail.send(subject, message, list(settings.ADMINS))

    def format(self, record):
        """The first lines of a mail."""
        left_out = getattr(record, "left_out", 0)
        more = f"\nIt happened {left_out} more times since the mail before." if left_out else ""
        return f"{settings.SITE_URL}\n{record.name}: {record.getMessage()}{more}"


class PlaceOfError:
    """A reporter for AdminEmailHandler that reveals no settings, requests or values."""

    def __init__(self, request, exc_type, exc_value, tb, is_email=False):
        self.exception = exc_value if isinstance(exc_value, BaseException) else None

    def get_traceback_text(self):
        lines = [line for error in _chain(self.exception) for line in _described(error)]
        return "\n".join([*lines, "", "The log has the whole message."])

    def get_traceback_html(self):
        return None


class OneOfAKind(logging.Filter):
    """Lets the first record of a kind pass, then suppresses that kind for a quarter of an hour.

    All processes of a machine share one file, because `run_due` may be a new process every minute.
    If the file cannot be written, each process counts separately.
    """

    def __init__(self, folder):
        super().__init__()
        self._path = Path(folder) / FILE_NAME
        self._own = {}

    def filter(self, record):
        if not (mail.is_set_up() and settings.ADMINS):
            return False
        kind = kind_of(record)
        try:
            with self._path.open("a+", encoding="ascii") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                counts = _read(file)
                left_out = _count(counts, kind)
                file.seek(0)
                file.truncate()
                json.dump(counts, file)
        except OSError:
            left_out = _count(self._own, kind)
        if left_out is None:
            return False
        record.left_out = left_out
        return True


def kind_of(record) -> str:
    """The kind of a record. Records that come from the same line through the same call stack are of
    one kind."""
    exception = record.exc_info[1] if record.exc_info else None
    lines = [line for error in _chain(exception) for line in _described(error)]
    text = "\n".join([record.name, str(record.msg) if not lines else "", *lines])
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def _count(counts, kind):
    """The number of mails suppressed since the last one of this kind; None to suppress this one
    too. `counts` has the time of the last mail and that number for every kind."""
    now = time.time()
    for other, (sent_at, _left_out) in list(counts.items()):
        if not now - KEPT_SECONDS < sent_at <= now:
            del counts[other]
    lately = {other for other, (sent_at, _left_out) in counts.items() if sent_at > now - SECONDS}
    sent_at, left_out = counts.get(kind, (0, 0))
    if kind in lately or len(lately) >= MAX_KINDS:
        if kind in counts:
            counts[kind] = (sent_at, left_out + 1)
        return None
    counts[kind] = (now, 0)
    return left_out


def _read(file):
    file.seek(0)
    try:
        counts = {str(kind): (float(at), int(n)) for kind, (at, n) in json.load(file).items()}
    except (ValueError, TypeError, AttributeError):
        counts = {}
    return counts


def _chain(exception):
    """An exception and its causes, the earliest first."""
    found = []
    while exception is not None and exception not in found:
        found.append(exception)
        exception = exception.__cause__ or exception.__context__
    return found[::-1]


def _described(exception):
    kind = type(exception)
    frames = traceback.extract_tb(exception.__traceback__)
    lines = [f"  {frame.filename}, line {frame.lineno}, in {frame.name}" for frame in frames]
    return [f"{kind.__module__}.{kind.__qualname__}", *lines]
