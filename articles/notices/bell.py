"""What one person at the desk is told, and what of it they have seen.

It is read from the audit trail when somebody looks; only what was seen is stored.
"""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet, Subquery
from django.utils import timezone

from articles.models import AuditEntry, NoticeReader
from articles.notices import events
from articles.notices.audience import concerning, may_be_told
from articles.notices.events import Bound, Event

KEPT = dt.timedelta(days=14)
MAX_SHOWN = 200
MAX_COUNTED = 100


@dataclass(frozen=True)
class Notice:
    event: Event
    is_unseen: bool


@dataclass(frozen=True)
class _Reader:
    """A user with what is known of them: the seen rows, and the bound of the site."""

    user: User
    seen: frozenset[int]
    bound: Bound

    def rows(self) -> QuerySet[AuditEntry]:
        return concerning(self._happened(), self.user)

    def unseen(self, limit: int) -> list[int]:
        """The newest unseen rows. Whom an event concerns is a long question, and every page of the
        desk asks; so it is asked only if there is an event."""
        others = self._happened().exclude(actor_id=self.user.pk).exclude(pk__in=self.seen)
        if not others.exists():
            return []
        rows = self.rows().exclude(pk__in=self.seen).order_by("-at", "-pk")[:limit]
        return [row.pk for row in rows if self.bound.lets_pass(row)]

    def _happened(self) -> QuerySet[AuditEntry]:
        since = max(timezone.now() - KEPT, self.user.date_joined)
        return events.rows(since, self.bound)


def unseen(user: User) -> int:
    """How many notices the user has not seen, at most `MAX_COUNTED`; three queries, or two if
    nothing happened."""
    return len(_reader(user).unseen(MAX_COUNTED)) if may_be_told(user) else 0


def shown(count: int) -> str:
    """The count as the bell shows it; empty for none."""
    return f"{MAX_COUNTED - 1}+" if count >= MAX_COUNTED else str(count or "")


def notices(user: User) -> list[Notice]:
    """The newest `MAX_SHOWN` notices of the last 14 days, newest first."""
    reader = _reader(user)
    rows = reader.rows().order_by("-at", "-pk")[:MAX_SHOWN]
    told = events.of_rows([row for row in rows if reader.bound.lets_pass(row)])
    return [Notice(event, event.entry.pk not in reader.seen) for event in told]


@transaction.atomic
def see(user: User, until: int) -> None:
    """Mark as seen what has a row up to the primary key `until`: the newest one that the user was
    shown."""
    row, _is_new = NoticeReader.objects.select_for_update().get_or_create(user=user)
    reader = _reader(user)
    shown = reader.rows().filter(pk__lte=until).order_by("-at", "-pk")
    row.seen = sorted(shown.values_list("pk", flat=True)[: events.MAX_EVENTS])
    row.save(update_fields=["seen"])


def _reader(user: User) -> _Reader:
    bound = events.bounds()[:1]
    columns = ("notices__seen", Subquery(bound.values("pk")), Subquery(bound.values("at")))
    found = User.objects.filter(pk=user.pk).values_list(*columns)
    seen, *row = found.first() or (None, None)
    return _Reader(user, frozenset(seen or ()), Bound(*row) if row[0] else Bound())
