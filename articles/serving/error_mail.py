"""Errors are told to ADMINS: one mail for a kind of error in a quarter of an hour.

A mail says where the code failed and with which class of exception. What an exception says of
itself stays in the log, because it may repeat what somebody typed.
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

from articles import mail

SECONDS = 15 * 60
KEPT_SECONDS = 24 * 60 * 60  # for which it is known how many were left out
MAX_KINDS = 20  # told of within that time, in case every error is of another kind
FILE_NAME = "error-mails.json"


class ErrorMail(AdminEmailHandler):
    """Django's handler, but for the way out: in the background, and never back into the log."""

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
    """A reporter for AdminEmailHandler that tells neither settings, requests nor values."""

    def __init__(self, request, exc_type, exc_value, tb, is_email=False):
        self.exception = exc_value if isinstance(exc_value, BaseException) else None

    def get_traceback_text(self):
        lines = [line for error in _chain(self.exception) for line in _described(error)]
        return "\n".join([*lines, "", "The log has the whole message."])

    def get_traceback_html(self):
        return None


class OneOfAKind(logging.Filter):
    """Lets the first record of a kind pass, and then none for a quarter of an hour.

    All processes of a machine count in one file, since `run_due` may be another one every minute.
    Where the file cannot be written, each process counts by itself.
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
    """Records are of one kind that come from the same line by the same way through the code."""
    exception = record.exc_info[1] if record.exc_info else None
    lines = [line for error in _chain(exception) for line in _described(error)]
    text = "\n".join([record.name, str(record.msg) if not lines else "", *lines])
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def _count(counts, kind):
    """How many were left out since the last mail of this kind; None to leave out this one too.
    `counts` has for every kind the time of its mail and how many were left out since."""
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
    """An exception and those that led to it, the first one first."""
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
