"""What happened at this desk and is worth telling: audit rows of some kinds, as events.

An event is read from the audit trail; nothing else is stored for it. Rows that came with an import
or with a restored backup are no events: they tell of what happened elsewhere or before.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from articles.digests import publishing
from articles.models import AuditEntry, Digest

# The kind of an event is the action of its row, except for what a program hands in.
_KIND_OF = {"pushed": "push-arrived", "push-refused": "push-failed"}
KINDS = {
    "submitted": gettext_lazy("Handed in for review"),
    "sent-back": gettext_lazy("Sent back"),
    "assigned": gettext_lazy("Article assigned"),
    "commented": gettext_lazy("Commented"),
    "deadline-near": gettext_lazy("Deadline near, digest not ready"),
    "deadline-missed": gettext_lazy("Deadline missed"),
    "published": gettext_lazy("Published"),
    "corrected": gettext_lazy("Corrected"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "schedule-cancelled": gettext_lazy("Schedule cancelled because of errors"),
    "mail-held-back": gettext_lazy("Mail held back because of errors"),
    "mail-not-cancelled": gettext_lazy("Mail could not be called back"),
    "mail-failed": gettext_lazy("Mail not taken by its service"),
    "push-arrived": gettext_lazy("Handed in by a program"),
    "push-failed": gettext_lazy("Push refused"),
    "push-missed": gettext_lazy("Push missed"),
}
_ACTION_OF = {kind: action for action, kind in _KIND_OF.items()}
ACTIONS = {kind: _ACTION_OF.get(kind, kind) for kind in KINDS}
FOR_READERS = ("published", "corrected")
# Rows before the newest of these are old: a backup was restored, or this software began to tell.
BOUNDS = ("restored-from-backup", "notices-begun")
MAX_EVENTS = 1_000


@dataclass(frozen=True)
class Event:
    """`kind` is a key of `KINDS`. `digest` is the digest as it is now, None if there is none (any
    more); `is_public` says whether readers have it. `counts` has its `articles`, and what the row
    itself counted, such as `errors`."""

    kind: str
    entry: AuditEntry
    digest: Digest | None = None
    is_public: bool = False
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def date(self) -> dt.date | None:
        """The day of the digest; None if the digest is deleted."""
        if self.digest:
            return self.digest.date
        if self.entry.digest_id:
            return None
        return _last_word_as_day(self.entry.target)

    @property
    def path(self) -> str:
        """The place to look at, as a path: the public page for what readers have, else the form at
        the desk, or the desk's first page if there is no digest."""
        if self.digest is None:
            return reverse("admin:index")
        if self.is_public and self.kind in FOR_READERS:
            return self.digest.get_absolute_url()
        return reverse("admin:articles_digest_change", args=[self.digest.pk])


@dataclass(frozen=True)
class Bound:
    """The row before which nothing is fresh; see `BOUNDS`. `pk` is 0 if there is none."""

    pk: int = 0
    at: dt.datetime = dt.datetime(1, 1, 1, tzinfo=dt.UTC)

    def lets_pass(self, row: AuditEntry) -> bool:
        """Whether a later row is fresh. What `run_due` makes up for after a restore is not: it was
        told where the backup was made."""
        if row.actor_id or row.action not in ("published", "deadline-missed", "push-missed"):
            return True
        hour = row.detail.get("due_at") or row.detail.get("publish_at")
        return not hour or dt.datetime.fromisoformat(hour) >= self.at


def bounds() -> QuerySet[AuditEntry]:
    """The rows of which the first is the bound."""
    return AuditEntry.objects.filter(action__in=BOUNDS).order_by("-pk")


def fresh(since: dt.datetime) -> list[Event]:
    """The newest `MAX_EVENTS` events at or after an aware moment, oldest first; three queries."""
    bound = Bound(*(bounds().values_list("pk", "at").first() or ()))
    found = rows(since, bound).order_by("-at", "-pk")[:MAX_EVENTS]
    return of_rows(reversed([row for row in found if bound.lets_pass(row)]))


def rows(since: dt.datetime, bound: Bound) -> QuerySet[AuditEntry]:
    """The audit rows of events at or after `since` and after the bound. The caller asks the bound
    of each whether it passes."""
    found = AuditEntry.objects.filter(action__in=ACTIONS.values(), at__gte=since, pk__gt=bound.pk)
    found = found.exclude(detail__has_key=publishing.IMPORTED)
    return found.exclude(action="pushed", detail__outcome="unchanged")


def of_rows(entries: Iterable[AuditEntry]) -> list[Event]:
    """The events of audit rows, in their order, with their digests; one query."""
    entries = list(entries)
    found = _digests({entry.digest_id for entry in entries if entry.digest_id})
    return [_event(entry, found.get(entry.digest_id or 0)) for entry in entries]


def _digests(keys: Iterable[int]) -> dict[int, Any]:
    published = Digest.objects.published().filter(pk=OuterRef("pk"))
    counted = Digest.objects.annotate(number=Count("articles"), is_out=Exists(published))
    return counted.order_by().in_bulk(list(keys)) if keys else {}


def _event(row: AuditEntry, digest: Any) -> Event:
    counts = {name: n for name, n in row.detail.items() if type(n) is int}
    if digest:
        counts["articles"] = digest.number
    is_public = bool(digest and digest.is_out)
    return Event(_KIND_OF.get(row.action, row.action), row, digest, is_public, counts)


def _last_word_as_day(target: str) -> dt.date | None:
    """The day at the end of what a row without a digest is about: `Morning script 2026-01-03`."""
    try:
        return dt.date.fromisoformat(target.rpartition(" ")[2])
    except ValueError:
        return None
