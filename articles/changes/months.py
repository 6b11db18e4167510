"""The months that readers have, each with the number of its digests and its last change.

They are counted beforehand, so that overviews of a long archive read a row for each month instead
of one for each digest. Each change of a public digest counts its month again, in the same
transaction. `SiteVersion.months_at` is the version that the counts are of. If another one is
current (older software has changed something), the digests themselves are counted until the next
change. A digest that comes out by its schedule changes no row, so its month is always counted.
"""

import calendar
import datetime as dt
from collections.abc import Iterable
from itertools import starmap
from typing import NamedTuple

from django.db.models import Count, Exists, F, Max, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce, Substr

from articles.models import Digest, Month, Revision, SiteVersion

# The last change that readers were told of: publication or correction.
CHANGED = Coalesce("revised_at", "published_at", "publish_at")


class Counted(NamedTuple):
    """A month that begins on the day `first`: how many public digests it has, and when one of them
    last changed."""

    first: dt.date
    digests: int
    changed_at: dt.datetime


def public(first: dt.date = dt.date.min, last: dt.date = dt.date.max) -> list[Counted]:
    """The months with public digests that begin from `first` to `last`, newest first. Two queries,
    and one more while a scheduled digest is out and not yet marked as published."""
    span = (_first(first), last)
    # Asked first: a digest that is marked a moment later is in both answers, not in none.
    due = {_first(date) for date in Digest.objects.due().values_list("date", flat=True)}
    rows = _valid().filter(first__range=span)
    months = list(starmap(Counted, rows.values_list(*Counted._fields)))
    if not months:
        return _counted(Digest.objects.filter(date__range=span))
    if asked := {month for month in due if span[0] <= month <= last}:
        months = [month for month in months if month.first not in asked]
        months += _counted(_in(asked))
    return sorted(months, reverse=True)


def last_change() -> dt.datetime | None:
    """When a public digest last changed. Two queries, as `public` has them."""
    due = Digest.objects.due().aggregate(at=Max(CHANGED))["at"]
    counted = _valid().aggregate(at=Max("changed_at"))["at"]
    if counted is None:
        return Digest.objects.published().aggregate(at=Max(CHANGED))["at"]
    return max(due or counted, counted)


def count_of(digest: Digest) -> None:
    """Count the month of a digest again, and the one it was in before its last change.

    Call it at the end of the transaction of the change, with the row of the site version locked.
    """
    firsts = {_first(digest.date)}
    if digest.version > 1:  # else it was in no other
        saved = Revision.objects.filter(digest=digest, kind=Revision.Kind.SAVED)
        firsts |= set(map(_first, saved.order_by("-number").values_list("date", flat=True)[:2]))
    found = _counted(_in(firsts))
    Month.objects.bulk_create(
        [Month(*month) for month in found],
        update_conflicts=True,
        unique_fields=["first"],
        update_fields=["digests", "changed_at"],
    )
    if gone := firsts - {month.first for month in found}:
        Month.objects.filter(first__in=gone).delete()


def count_all() -> None:
    """Count all months again. Call it in a transaction."""
    rows = SiteVersion.objects.filter(pk=SiteVersion.ONLY)
    rows.update(months_at=F("number"))  # first, because it locks the row
    Month.objects.all().delete()
    Month.objects.bulk_create(Month(*month) for month in _counted(Digest.objects.all()))


def _valid() -> QuerySet[Month]:
    """The rows, if they are counts of the current version; else none."""
    return Month.objects.filter(Exists(SiteVersion.objects.filter(months_at=F("number"))))


def _counted(digests: QuerySet[Digest]) -> list[Counted]:
    """The months of those of the digests that are public, newest first, in one query."""
    # A substring, because on SQLite each date function is a call into Python.
    named = digests.published().values(month=Substr(Cast("date", TextField()), 1, 7))
    counts = named.annotate(digests=Count("pk"), changed_at=Max(CHANGED)).order_by("-month")
    return [
        Counted(dt.date.fromisoformat(f"{month}-01"), number, changed_at)
        for month, number, changed_at in counts.values_list("month", "digests", "changed_at")
    ]


def _in(firsts: Iterable[dt.date]) -> QuerySet[Digest]:
    """All digests of the months that begin on these days."""
    spans = (Q(date__range=(first, _last(first))) for first in sorted(firsts))
    condition = Q()
    for span in spans:
        condition |= span
    return Digest.objects.filter(condition)


def _first(date: dt.date) -> dt.date:
    return date.replace(day=1)


def _last(first: dt.date) -> dt.date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])
