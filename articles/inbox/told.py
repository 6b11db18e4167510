"""What programs are told of candidates: states and reasons, from which a prompt can learn.

Excerpts are told to nobody.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from articles.inbox import used
from articles.inbox.arriving import KNOWN, NEW, REFUSED, TOO_MANY, Outcome
from articles.models import Candidate

AT_ONCE = 500  # in one query
USED, LEFT_OUT = "used", "left-out"
_NOWHERE = dict.fromkeys(("state", "reason", "parked_until", "used_on"))


def account(urls: Sequence[str], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What became of the pages that a program sent, in their order. `urls` are as they were
    sent."""
    counts = Counter(outcome.fate for outcome in outcomes)
    states = _states([each.candidate for each in outcomes if each.candidate])
    rows = [
        {"url": url, "fate": outcome.fate, "why": outcome.why or None}
        | (states[outcome.candidate.pk] if outcome.candidate else _NOWHERE)
        for url, outcome in zip(urls, outcomes, strict=True)
    ]
    named = {"new": NEW, "known": KNOWN, "refused": REFUSED, "too_many": TOO_MANY}
    return {name: counts[fate] for name, fate in named.items()} | {"candidates": rows}


def of_origin(origin: str, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """The candidates that an origin brought from the first to the last day, of the site's zone, in
    the order in which they came."""
    days = (first, last)
    rows = Candidate.objects.filter(arrivals__origin=origin, arrivals__came_at__date__range=days)
    found = list(rows.defer("excerpt").order_by("arrivals__pk"))
    states: dict[int, dict[str, Any]] = {}
    for start in range(0, len(found), AT_ONCE):
        states |= _states(found[start : start + AT_ONCE])
    return [
        {
            "url": each.url,
            "title": each.title,
            "publisher": each.publisher,
            "published_on": each.published_on and each.published_on.isoformat(),
            "language": each.language,
            "score": each.score,
            "came_at": each.came_at.astimezone(dt.UTC).isoformat(),
            **states[each.pk],
        }
        for each in found
    ]


def _states(candidates: Collection[Candidate]) -> dict[int, dict[str, Any]]:
    """The state of each, why it is not used, and the day on which readers got its page."""
    places, reasons = used.places(candidates), used.left_out(candidates)
    found = {}
    for each in candidates:
        place, why = places.get(each.pk), reasons.get(each.pk)
        is_out = place is not None and place.is_public
        state = USED if is_out else LEFT_OUT if why and not place else each.state
        found[each.pk] = {
            "state": state,
            "reason": (why if state == LEFT_OUT else each.reason) or None,
            "parked_until": each.parked_until and each.parked_until.isoformat(),
            "used_on": place.date.isoformat() if place and is_out else None,
        }
    return found
