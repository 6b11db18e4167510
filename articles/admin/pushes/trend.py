"""The quality of a program's pushes as the desk shows it: in words, and as small bars.

This module computes only positions; the style sheet sets colours, lines and type.
"""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.admin.pushes.told import label, percent
from articles.models import LeftOut
from articles.posts.pushes import quality
from articles.preflight.findings import RULES

MAX_FIELDS = 4
# In units of the drawing.
STEP, BAR, HEIGHT = 26, 9, 32
LEAST = 1  # keeps a share of nothing visible


@dataclass(frozen=True)
class Bar:
    """One share of one week."""

    kind: str
    x: int
    y: int
    height: int
    title: str


def rows(now=None) -> list[dict]:
    """A row for each program of which something came in the last thirty days."""
    return [_row(each) for each in quality.recent(now)]


def _row(each):
    fates = each.fates
    return {
        "program": each.program,
        "pushes": each.pushes,
        "refused": each.refused,
        "recognised": None if each.recognised is None else percent(each.recognised),
        "findings": [
            # A rule of a former version has no name any more.
            {"rule": RULES.get(code, {"name": code}), "rate": rate}
            for code, rate in each.findings
        ],
        "written": fates.written,
        "untouched": fates.untouched,
        "edited": fates.edited,
        "deleted": fates.deleted,
        "left_out": [f"{LeftOut.Reason(reason).label} {count}" for reason, count in each.left_out],
        "changed": [
            _("%(field)s %(share)d %%") % {"field": capfirst(label(name)), "share": percent(share)}
            for name, share in fates.shares[:MAX_FIELDS]
        ],
        "taken": each.taken,
        "dismissed": each.dismissed,
        "trend": draw(each.weeks),
    }


def draw(weeks) -> dict:
    """The bars of all weeks, and the same in words for whoever does not see them."""
    bars = [bar for place, week in enumerate(weeks) for bar in _bars(place, week)]
    return {
        "bars": bars,
        "width": STEP * len(weeks),
        "height": HEIGHT,
        "words": "; ".join(bar.title for bar in bars),
    }


def _bars(place, week):
    shares = (("recognised", week.recognised), ("untouched", week.untouched))
    titles = {
        "recognised": _("week to %(date)s: %(share)d %% recognised"),
        "untouched": _("week to %(date)s: %(share)d %% of the articles stayed as they came"),
    }
    for number, (kind, share) in enumerate(shares):
        if share is not None:
            height = max(LEAST, round(share * HEIGHT))
            words = {"date": f"{week.last:%Y-%m-%d}", "share": percent(share)}
            x = place * STEP + number * (BAR + 1)
            yield Bar(kind, x, HEIGHT - height, height, titles[kind] % words)
