"""The archive by year and month."""

import calendar
import datetime as dt
from itertools import groupby

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from articles.models import Digest
from articles.views.public import public_page


@public_page
def overview(request):
    """Every year with its twelve months and how many issues each has, newest year first."""
    counts = Digest.objects.published().month_counts()
    years = [
        (dt.date(year, 1, 1), _months(year, {row["month"]: row["digests"] for row in rows}))
        for year, rows in groupby(counts, key=lambda row: row["year"])
    ]
    return render(request, "articles/archive.html", {"years": years[::-1]})


@public_page
def year(request, first):
    """A calendar of one year: days with an issue are links, the others are plain numbers."""
    digests = {d.date: d for d in Digest.objects.published().filter(date__year=first.year)}
    if not digests:
        raise Http404(_("There are no issues in this year."))
    months = [
        {
            "first": dt.date(first.year, month, 1),
            "weeks": _weeks(first.year, month, digests),
            "count": sum(date.month == month for date in digests),
        }
        for month in range(1, 13)
    ]
    context = {
        "first": first,
        "months": months,
        "count": len(digests),
        **_neighbours(first, dt.date(first.year, 12, 31)),
    }
    return render(request, "articles/year.html", context)


@public_page
def month(request, first):
    """The issues of one month with their headlines, newest first."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    digests = Digest.objects.published().filter(date__range=(first, last)).newest_first()
    digests = list(digests.prefetch_related("articles"))
    if not digests:
        raise Http404(_("There are no issues in this month."))
    context = {"first": first, "digests": digests, **_neighbours(first, last)}
    return render(request, "articles/month.html", context)


def _months(year, digests_by_month):
    return [(dt.date(year, m, 1), digests_by_month.get(m, 0)) for m in range(1, 13)]


def _weeks(year, month, digests):
    """Weeks from Sunday; each day is `(date, digest or None)`, or None outside the month."""
    weeks = calendar.Calendar(calendar.SUNDAY).monthdatescalendar(year, month)
    return [
        [(date, digests.get(date)) if date.month == month else None for date in week]
        for week in weeks
    ]


def _neighbours(first, last):
    """The nearest issues before and after a span, to link its neighbouring spans."""
    published = Digest.objects.published()
    return {"previous": published.previous_to(first), "next": published.next_to(last)}
