"""The archive by year and month."""

import calendar
import datetime as dt
import re

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from articles.changes import months
from articles.models import Digest, PlannedGap
from articles.rules.times import FIRST_YEAR, LAST_YEAR
from articles.serving.public import public_page
from articles.views.digest_lists import NoSuchPlace

YEARS_A_PAGE = 10
LATEST = 7
_YEAR = re.compile(r"[0-9]{4}")


@public_page
def overview(request):
    """The newest digests, and ten years with the number of digests per month; `?before=YYYY` shows
    only the ten years before that year."""
    before = _requested_year(request)
    published = Digest.objects.published()
    newest = published.previous_to(dt.date(before, 1, 1)) if before else published.latest_one()
    if before and newest is None:
        raise NoSuchPlace(_("There are no digests before this year."))
    years = _years(newest.date.year) if newest else []
    older = published.previous_to(years[-1]["first"]) if years else None
    context = {
        "heading": _("Archive"),
        "description": _("Every digest ever published, by year and month."),
        "address": request.path,
        "latest": None if before else list(published.newest_first().with_headlines()[:LATEST]),
        "years": years,
        "before": older and older.date.year + 1,
        "oldest": older and published.order_by("date").first(),
        "is_first_page": before is None,
    }
    return render(request, "articles/archive.html", context)


@public_page
def year(request, first):
    """A calendar of one year: days with a digest are links, planned gaps are named."""
    of_months = _calendars(first, dt.date(first.year, 12, 31))
    context = {
        "first": first,
        "months": of_months,
        "count": sum(month["count"] for month in of_months),
        "gap_count": sum(month["gap_count"] for month in of_months),
        **_neighbours(first, dt.date(first.year, 12, 31)),
    }
    if not context["count"]:
        raise Http404(_("There are no digests in this year."))
    return render(request, "articles/year.html", context)


@public_page
def month(request, first):
    """One month as a calendar, and its digests with their headlines, newest first."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    digests = Digest.objects.published().filter(date__range=(first, last)).newest_first()
    digests = list(digests.with_headlines())
    if not digests:
        raise Http404(_("There are no digests in this month."))
    [of_month] = _calendars(first, last, digests)
    context = {"first": first, "month": of_month, "digests": digests, **_neighbours(first, last)}
    return render(request, "articles/month.html", context)


def _requested_year(request):
    """The year in `?before=`, None if it is absent; Http404 if it is not a year."""
    value = request.GET.get("before")
    if value is None:
        return None
    if not _YEAR.fullmatch(value) or not FIRST_YEAR <= int(value) <= LAST_YEAR + 1:
        raise NoSuchPlace(_("The address asks for a year that does not exist."))
    return int(value)


def _years(last):
    """The years up to `last`, newest first: with `first` day, `months` and `count` of digests.

    A year without a digest appears between other years, but not at the end.
    """
    first = max(last - YEARS_A_PAGE + 1, 1)
    span = dt.date(first, 1, 1), dt.date(last, 12, 31)
    counts = {month.first: month.digests for month in months.public(*span)}
    oldest = min(counts, default=span[1]).year
    return [_year(year, counts) for year in range(last, oldest - 1, -1)]


def _year(year, counts):
    days = [dt.date(year, month, 1) for month in range(1, 13)]
    of_months = [(day, counts.get(day, 0)) for day in days]
    return {"first": days[0], "months": of_months, "count": sum(count for _day, count in of_months)}


def _calendars(first, last, digests=None):
    """The months from `first` to `last`, days of one year; `digests` are its digests if they are
    already loaded."""
    span = {"date__range": (first, last)}
    if digests is None:
        digests = Digest.objects.published().filter(**span).only("date", "title", "language")
    by_date = {digest.date: digest for digest in digests}
    gaps = PlannedGap.objects.filter(**span).order_by("date").values_list("date", "reason")
    reasons = {date: reason for date, reason in gaps if date not in by_date}
    return [
        _calendar(dt.date(first.year, month, 1), by_date, reasons)
        for month in range(first.month, last.month + 1)
    ]


def _calendar(first, by_date, reasons):
    """One month: `weeks` from Sunday with None for days outside it, and what to say about it."""
    weeks = calendar.Calendar(calendar.SUNDAY).monthdayscalendar(first.year, first.month)
    dates = [[first.replace(day=day) if day else None for day in week] for week in weeks]
    days = [date for week in dates for date in week if date]

    def shown(date):
        return {"date": date, "digest": by_date.get(date), "is_gap": date in reasons}

    return {
        "first": first,
        "weeks": [[date and shown(date) for date in week] for week in dates],
        "count": sum(date in by_date for date in days),
        "gaps": _runs([(date, reasons[date]) for date in days if date in reasons]),
        "gap_count": sum(date in reasons for date in days),
    }


def _runs(gaps):
    """Planned gaps; consecutive days with one reason are joined: `first`, `last`, `reason`."""
    runs = []
    for date, reason in gaps:
        if runs and runs[-1]["reason"] == reason and (date - runs[-1]["last"]).days == 1:
            runs[-1]["last"] = date
        else:
            runs.append({"first": date, "last": date, "reason": reason})
    return runs


def _neighbours(first, last):
    """The nearest digests before and after a span, for links to the spans beside it."""
    published = Digest.objects.published()
    return {"previous": published.previous_to(first), "next": published.next_to(last)}
