"""When an entry of a feed came out, as feeds write it.

feedparser has readers of dates, too, but they make today of what they read halfway
(`2026.11.30 08:00`), and they take the clocks of Seoul for those of Greenwich.
"""

import datetime as dt
import email.utils
import re
from contextlib import suppress

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from articles.rules.dates import find_day

MAX_LENGTH = 80
_ISO = re.compile(r"\d{4}-\d|\d{8}(?!\d)")
# Names of zones that RFC 822 does not have.
_SEOUL = re.compile(r"\b[KJ]ST\b")


def moment_of(text: str) -> dt.datetime | None:
    """The moment that a text of a feed names; None if it names no day. What has no zone is on the
    clocks of the site. Of a day in another spelling only the day counts."""
    text = text.strip()[:MAX_LENGTH]
    for reader in (_of_iso, _of_mail, _of_words):
        with suppress(ValueError, OverflowError):
            if moment := reader(text):
                return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    return None


def _of_iso(text: str) -> dt.datetime | None:
    return parse_datetime(text) if _ISO.match(text) else None


def _of_mail(text: str) -> dt.datetime:
    """As RFC 822 has it, also without an hour."""
    timed = text if ":" in text else f"{text} 00:00"
    return email.utils.parsedate_to_datetime(_SEOUL.sub("+0900", timed))


def _of_words(text: str) -> dt.datetime | None:
    found = find_day(text)
    return dt.datetime.combine(found.day, dt.time()) if found else None
