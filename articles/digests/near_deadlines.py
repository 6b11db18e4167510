"""Digests that are due soon and not ready.

`DEADLINE_WARNING` sets how many minutes before a promised hour that is recorded, once a day.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone

from articles import preflight
from articles.changes import audit
from articles.digests import deadlines, publishing
from articles.models import AuditEntry, Digest

ACTION = "deadline-near"
Status = Digest.Status
UNSIGNED = "unsigned"


def record(now: dt.datetime | None = None) -> list[AuditEntry]:
    """Record each digest that is due within the warning and not ready; returns the new rows. `now`
    is an aware moment, by default the present one."""
    now = now or timezone.now()
    until = now + dt.timedelta(minutes=settings.DEADLINE_WARNING)
    zone = timezone.get_default_timezone()
    days = {timezone.localdate(moment, zone) for moment in (now, until)}
    rows = (_record(day, now, until) for day in sorted(days))
    return [row for row in rows if row]


def _record(day: dt.date, now: dt.datetime, until: dt.datetime) -> AuditEntry | None:
    due = deadlines.due_at(day)
    key = f"{ACTION}:{day:%Y-%m-%d}"
    if due is None or not now < due <= until or AuditEntry.objects.filter(key=key).exists():
        return None
    digest = Digest.objects.filter(date=day).first()
    lacks = _lacks(digest, due)
    if lacks is None:
        return None
    detail = {"due_at": due.isoformat(), **lacks}
    target = "" if digest else f"{day:%Y-%m-%d}"
    return audit.record(ACTION, digest=digest, target=target, detail=detail, key=key)


def _lacks(digest: Digest | None, due: dt.datetime) -> dict[str, Any] | None:
    """What a digest lacks at the promised hour: its status (empty if there is none), the number of
    articles in it, of errors, and of articles that nobody signed. None if it lacks nothing."""
    found: dict[str, Any] = {"status": digest.status if digest else ""}
    found |= {"in_it": 0, "errors": 0, "unsigned": 0}
    if digest is None or digest.status == Status.WITHDRAWN:
        return found
    if digest.is_public:
        return None
    found["in_it"] = digest.articles.count()
    if digest.status == Status.SCHEDULED:
        return None if digest.publish_at and digest.publish_at <= due else found
    for finding in publishing.open_findings(digest):
        if finding.code == UNSIGNED:
            found["unsigned"] += 1
        elif finding.severity == preflight.Severity.ERROR:
            found["errors"] += 1
    return None if found["in_it"] and not found["errors"] + found["unsigned"] else found
