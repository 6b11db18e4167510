"""How many requests a token may send in a minute, counted in the database, so that all processes
and nodes count together."""

import datetime as dt
import threading
from collections import Counter

from django.db import connection
from django.utils import timezone

from articles.api import patience
from articles.api.tokens import PUSH, READ
from articles.models import ApiToken, ApiUse

PER_MINUTE = {PUSH: 30, READ: 120}
KEPT_FOR = dt.timedelta(hours=1)
# One statement, so that no two requests count as one. At the limit it changes no row.
_COUNT = """
    INSERT INTO {table} (token_id, kind, minute, count) VALUES (%s, %s, %s, 1)
    ON CONFLICT (token_id, kind, minute) DO UPDATE SET count = {table}.count + 1
    WHERE {table}.count < %s
"""


def seconds_to_wait(token: ApiToken, kind: str) -> int:
    """Count a request of a kind, one of PER_MINUTE. Returns 0 if the token may send it now, else
    the seconds until the next minute, at least 1.

    While the database accepts no writes, this process counts alone, so that the request is
    answered. Raises IntegrityError if the token was deleted meanwhile.
    """
    now = timezone.now()
    minute = now.replace(second=0, microsecond=0)
    is_within = None
    with patience.short():
        is_within = _count(token, kind, minute)
    if is_within is None:
        is_within = _own.count(token, kind, minute) <= PER_MINUTE[kind]
    return 0 if is_within else 60 - now.second


def forget() -> int:
    """Delete the counts of past hours. Returns the number of rows."""
    past = ApiUse.objects.filter(minute__lt=timezone.now() - KEPT_FOR)
    return past.delete()[0]


def _count(token, kind, minute):
    """Whether a request is within the limit; it is counted if it is."""
    stored = ApiUse._meta.get_field("minute").get_db_prep_value(minute, connection)
    statement = _COUNT.format(table=connection.ops.quote_name(ApiUse._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(statement, [token.pk, kind, stored, PER_MINUTE[kind]])
        return cursor.rowcount > 0


class OwnCounts:
    """The counts of this process for the present minute."""

    def __init__(self):
        self._lock = threading.Lock()
        self._minute = None
        self._counts = Counter()

    def count(self, token, kind, minute):
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, Counter()
            self._counts[token.pk, kind] += 1
            return self._counts[token.pk, kind]


_own = OwnCounts()
