"""The coverage calendar as SVG: days with a digest, days on which one is being made, and days that
lack one.

This module computes only positions; the style sheet sets colours, lines and type.
"""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from articles.digests import deadlines
from articles.models import Digest

# What is on the way, by status. A day that misses its digest says so instead.
ON_THE_WAY = (Digest.Status.DRAFT, Digest.Status.IN_REVIEW, Digest.Status.SCHEDULED)
WEEKS_BACK, WEEKS_AHEAD = 5, 2
DAYS = range(7)
# In units of the drawing.
WIDTH, HEIGHT, MARGIN, HEAD = 44, 38, 40, 20


@dataclass(frozen=True)
class Cell:
    """One day: its position, its kind, and its link (empty for none)."""

    date: dt.date
    x: int
    y: int
    kind: str
    label: str
    url: str
    is_today: bool

    @property
    def title(self):
        """The day in words, for tooltips and screen readers."""
        names = {"date": f"{self.date:%Y-%m-%d}", "weekday": WEEKDAYS[self.date.weekday()]}
        words = {**names, "state": self.label}
        return _("%(date)s (%(weekday)s): %(state)s") % words


def span(today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day shown: whole weeks, Monday first."""
    monday = today - dt.timedelta(days=today.weekday())
    return (
        monday - dt.timedelta(weeks=WEEKS_BACK),
        monday + dt.timedelta(weeks=WEEKS_AHEAD + 1, days=-1),
    )


def draw(first: dt.date, last: dt.date, digests: dict[dt.date, Digest], user) -> dict:
    """The template's context: `weeks` of cells, column heads, and sizes."""
    today = timezone.localdate()
    links = _Links(user, digests)
    cells = [
        Cell(
            date=day.date,
            x=MARGIN + place % 7 * WIDTH,
            y=HEAD + place // 7 * HEIGHT,
            kind=_kind(day, digests.get(day.date)),
            label=_label(day, digests.get(day.date)),
            url=links.to(day),
            is_today=day.date == today,
        )
        for place, day in enumerate(deadlines.coverage(first, last))
    ]
    found = {cell.kind for cell in cells}
    weeks = [cells[start : start + 7] for start in range(0, len(cells), 7)]
    return {
        "weeks": [{"cells": week, "month": _month_begun(week), "y": week[0].y} for week in weeks],
        "weekdays": [{"name": WEEKDAYS_ABBR[n], "x": MARGIN + n * WIDTH} for n in DAYS],
        "width": MARGIN + 7 * WIDTH,
        "height": HEAD + len(weeks) * HEIGHT,
        "summary": _summary(cells),
        "kinds": [(kind, name) for kind, name in _kinds().items() if kind in found],
    }


class _Links:
    """The link of each day for this user."""

    def __init__(self, user, digests):
        self.digests = digests
        self.may_add = user.has_perm("articles.add_digest")
        self.may_see_gaps = user.has_perm("articles.view_plannedgap")

    def to(self, day):
        if day.date in self.digests:
            return reverse("admin:articles_digest_change", args=[self.digests[day.date].pk])
        if day.kind == "none-planned" and self.may_see_gaps:
            return reverse("admin:articles_plannedgap_changelist")
        if self.may_add:
            return f"{reverse('admin:articles_digest_add')}?date={day.date.isoformat()}"
        return ""


def _kind(day, digest):
    is_on_the_way = digest and day.kind not in ("issue", "missing")
    return digest.status if is_on_the_way and digest.status in ON_THE_WAY else day.kind


def _kinds():
    return {
        "issue": _("Digest out"),
        **{status.value: str(status.label) for status in ON_THE_WAY},
        "to-come": _("To come"),
        "missing": _("Missing"),
        "none-planned": _("None planned"),
        "not-watched": _("No deadline set"),
    }


def _label(day, digest):
    """The kind of a day in words, with the reason of a gap or the status of a hidden digest."""
    kind, more = _kind(day, digest), day.reason
    if digest and kind == day.kind != "issue":
        more = digest.get_status_display()
    return " – ".join(filter(None, [_kinds()[kind], more]))


def _month_begun(week):
    """The name of the month that starts in a week. The first week always names its month."""
    first = next((cell.date for cell in week if cell.date.day == 1), None)
    if first is None and week[0].y == HEAD:
        first = week[0].date
    return str(MONTHS[first.month]) if first else ""


def _summary(cells):
    """The number of days of each kind, for users who cannot see the drawing."""
    kinds = [cell.kind for cell in cells]
    counted = [(name, kinds.count(kind)) for kind, name in _kinds().items()]
    return ", ".join(f"{name} {number}" for name, number in counted if number)
