"""The deadline watch: which days must have a digest, by which hour, and which of them lack it.

`DIGEST_DEADLINE` sets the hour for each weekday, in the site's time zone. Days that editors marked
as planned gaps are exempt. Only public digests count, so that the result reveals nothing about
hidden ones. This machine's clock decides what is late.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BooleanField, Value
from django.utils import timezone

from articles.models import Digest, PlannedGap
from articles.rules import times

# A digest scheduled for exactly the deadline must not count as missing when this machine's clock is
# slightly ahead of the database's clock, which decides what is public.
GRACE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
HORIZON = 60 * DAY

Kind = Literal["issue", "none-planned", "missing", "to-come", "not-watched"]


@dataclass(frozen=True)
class State:
    """The state of today's digest.

    `date` is today in the site's zone. `due_at` is today's deadline, None if no digest is planned.
    `is_out` says whether readers have it. `next_due` is the next deadline to come, None if there is
    none within two months.
    """

    date: dt.date
    due_at: dt.datetime | None
    is_out: bool
    is_missing: bool
    next_due: dt.datetime | None


@dataclass(frozen=True)
class Day:
    """A day of the coverage calendar. `reason` says why no digest is planned, if an editor gave
    one."""

    date: dt.date
    kind: Kind
    reason: str = ""


def due_at(date: dt.date) -> dt.datetime | None:
    """The day's deadline, aware and in the site's zone; None if no digest is planned.

    If the clocks skip that hour, the deadline is the first moment after the gap. If the clocks show
    it twice, it is the first of the two moments.
    """
    hour = _promised(date)
    return None if hour is None or PlannedGap.objects.filter(date=date).exists() else hour


def missing(now: dt.datetime | None = None) -> dt.date | None:
    """Today, in the site's zone, if its deadline has passed and its digest is not public; else
    None."""
    now = now or timezone.now()
    return timezone.localdate(now, _zone()) if missed_hour(now) else None


def missed_hour(now: dt.datetime | None = None) -> dt.datetime | None:
    """The deadline of today's digest if it is missing, else None; at most one query."""
    now = now or timezone.now()
    today = timezone.localdate(now, _zone())
    hour = _promised(today)
    if not has_passed(hour, now):
        return None
    published, gaps = _facts(today, today)
    return None if today in published or today in gaps else hour


def state(now: dt.datetime | None = None) -> State:
    """The state of today's digest, and the next deadline."""
    now = now or timezone.now()
    today = timezone.localdate(now, _zone())
    published, gaps = _facts(today, today + HORIZON)
    due = None if today in gaps else _promised(today)
    is_out = today in published
    ahead = (
        hour
        for date in _days(today, today + HORIZON)
        if date not in gaps and date not in published
        if (hour := _promised(date)) and hour > now
    )
    return State(
        date=today,
        due_at=due,
        is_out=is_out,
        is_missing=not is_out and has_passed(due, now),
        next_due=next(ahead, None),
    )


def coverage(first: dt.date, last: dt.date, now: dt.datetime | None = None) -> list[Day]:
    """Every day from `first` to `last`, with its kind: with a digest, a planned gap, missing its
    digest, still to come, or not watched (there is no deadline, or the day is before the first
    digest)."""
    now = now or timezone.now()
    today = timezone.localdate(now, _zone())
    published, gaps = _facts(first, last)
    since = Digest.objects.published().order_by("date").values_list("date", flat=True).first()

    def kind(date: dt.date) -> Kind:
        if date in published:
            return "issue"
        if date in gaps:
            return "none-planned"
        if not settings.DIGEST_DEADLINE:
            return "not-watched"
        if (due := _promised(date)) is None:
            return "none-planned"
        if not has_passed(due, now):
            return "to-come"
        return "missing" if date == today or (since and date > since) else "not-watched"

    return [Day(date, kind(date), gaps.get(date, "")) for date in _days(first, last)]


def hour_of(date: dt.date, hours: dict[int, dt.time]) -> dt.datetime | None:
    """The moment that a plan of hours by weekday names for a day, aware and in the site's zone;
    None if it names none. Skipped and doubled hours are as in `due_at`."""
    hour = hours.get(date.weekday())
    if hour is None:
        return None
    try:
        return times.at(date, hour, _zone())
    except times.SkippedHour as skipped:
        return skipped.after
    except times.DoubledHour as doubled:
        return doubled.first


def has_passed(due: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a promised hour is over, with some grace; not if there is none."""
    return due is not None and due + GRACE <= now


def _promised(date: dt.date) -> dt.datetime | None:
    """The deadline by the day's weekday, ignoring planned gaps."""
    return hour_of(date, settings.DIGEST_DEADLINE)


def _facts(first: dt.date, last: dt.date) -> tuple[set[dt.date], dict[dt.date, str]]:
    """The days of public digests, and the planned gaps with their reasons, in one query."""
    span = {"date__range": (first, last)}
    is_digest, is_gap = (Value(flag, output_field=BooleanField()) for flag in (True, False))
    published = Digest.objects.published().filter(**span).order_by()
    gaps = PlannedGap.objects.filter(**span).order_by()
    rows = published.values_list("date", is_digest, Value("")).union(
        gaps.values_list("date", is_gap, "reason")
    )
    rows = list(rows)
    return (
        {date for date, is_out, _ in rows if is_out},
        {date: reason for date, is_out, reason in rows if not is_out},
    )


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + DAY * step for step in range((last - first) // DAY + 1))


def _zone() -> ZoneInfo:
    return timezone.get_default_timezone()
