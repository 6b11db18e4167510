"""What origins bring: how many candidates came, were chosen, reached readers, were rejected."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils import timezone

from articles.inbox import origins, used
from articles.models import Arrival, Candidate, OriginDay

DAYS = 30
State = Candidate.State


@dataclass
class Yield:
    """An origin in the last DAYS days. `rejected` has the numbers by reason; `dropped` were too
    many for a day."""

    name: str
    came: int = 0
    chosen: int = 0
    published: int = 0
    waiting: int = 0
    dropped: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """The reasons with their numbers, the most frequent first."""
        return self.rejected.most_common()


def of_origins() -> list[Yield]:
    """The origins that brought something, those first of which most reached readers. A candidate
    of several origins counts for each. Five queries."""
    since = timezone.now() - dt.timedelta(days=DAYS)
    came = Arrival.objects.filter(came_at__gte=since).order_by()
    counted = came.values_list("origin", "candidate__state", "candidate__reason")
    rows = list(counted.annotate(count=Count("pk")))
    dropped = OriginDay.objects.filter(day__gte=timezone.localdate(since), dropped__gt=0)
    named = origins.names({row[0] for row in rows})
    found = {origin: Yield(name) for origin, name in named.items()}
    for origin, state, reason, count in rows:
        _add(found[origin], state, reason, count)
    out = Candidate.objects.filter(used.is_used(), arrivals__came_at__gte=since).order_by()
    published = out.values_list("arrivals__origin").annotate(count=Count("pk"))
    for origin, count in published:
        if origin in found:
            found[origin].published = count
    for day in dropped:
        if day.origin in found:
            found[day.origin].dropped += day.dropped
    return sorted(found.values(), key=lambda each: (-each.published, -each.chosen, each.name))


def _add(row: Yield, state: str, reason: str, count: int) -> None:
    row.came += count
    if state == State.CHOSEN:
        row.chosen += count
    elif state == State.REJECTED:
        row.rejected[reason] += count
    elif state != State.EXPIRED:
        row.waiting += count
