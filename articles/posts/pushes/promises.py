"""Programs that promised to hand in a digest by an hour, and have not.

A promise has days and hours in the site's time zone. It is broken when its hour has passed and
nothing came for that day, or only what was refused. Days that editors marked as planned gaps are
exempt, and so is an hour before the program was made. At most four queries, whatever the archive.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from articles.digests import deadlines
from articles.models import PlannedGap, Program, Push
from newsroom.environment import parse_weekly_hours

REFUSED = Push.Outcome.REFUSED
# More refusals of a day than these are not looked through.
MAX_REFUSED = 100


@dataclass(frozen=True)
class Broken:
    """A promise for `date` that was not kept. `refusal` is the first sentence of the newest refused
    push of that day; empty if nothing came at all."""

    program: Program
    date: dt.date
    due_at: dt.datetime
    refusal: str


def broken(now: dt.datetime | None = None, *, date: dt.date | None = None) -> list[Broken]:
    """The broken promises for a day, by default today's, the earliest hour first."""
    now = now or timezone.now()
    date = date or timezone.localdate(now, timezone.get_default_timezone())
    due = {}
    for program in Program.objects.exclude(promise=""):
        hour = deadlines.hour_of(date, parse_weekly_hours(program.promise))
        if hour and deadlines.has_passed(hour, now) and program.created_at <= hour:
            due[program] = hour
    if not due or PlannedGap.objects.filter(date=date).exists():
        return []
    pushes = Push.objects.filter(date=date, program__in=list(due)).order_by("-pk")
    kept = set(pushes.exclude(outcome=REFUSED).order_by().values_list("program", flat=True))
    late = sorted((hour, one.name, one) for one, hour in due.items() if one.pk not in kept)
    refusals = _refusals(pushes) if late else {}
    return [Broken(one, date, hour, refusals.get(one.pk, "")) for hour, _name, one in late]


def _refusals(pushes: QuerySet[Push]) -> dict[int, str]:
    """The first sentence of the newest refusal of each program."""
    found: dict[int, str] = {}
    refused = pushes.filter(outcome=REFUSED)
    for program, errors in refused.values_list("program", "account__errors")[:MAX_REFUSED]:
        found.setdefault(program, errors[0]["detail"] if errors else str(REFUSED.label))
    return found
