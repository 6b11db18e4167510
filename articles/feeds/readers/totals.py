"""The counts of feed readers, for the desk."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from articles.feeds.readers.names import OTHER
from articles.models import FeedReading

KEPT_FOR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Reader:
    """`requests` holds one number per day, in order; `subscribers` is the last report or None."""

    name: str
    requests: list[int]
    subscribers: int | None

    @property
    def total(self):
        return sum(self.requests)


def readers(last: dt.date, days: int, most: int) -> list[Reader]:
    """Readers of the `days` days up to `last`, in the site's time zone, those with the most
    requests first. Readers beyond the first `most` are summed up in the last row. One query."""
    first = last - dt.timedelta(days=days - 1)
    rows = (
        FeedReading.objects.filter(day__range=(first, last))
        .values_list("reader", "day")
        .annotate(requests=Sum("requests"), subscribers=Sum("subscribers"))
        .order_by("day", "reader")
    )
    found: dict[str, Reader] = {}
    for name, day, requests, subscribers in rows:
        reader = found.get(name) or Reader(name, [0] * days, None)
        reader.requests[(day - first).days] = requests
        last_told = reader.subscribers if subscribers is None else subscribers
        found[name] = Reader(name, reader.requests, last_told)
    ranked = sorted(found.values(), key=lambda r: (r.name == OTHER, -r.total, r.name))
    if len(ranked) <= most:
        return ranked
    return [*ranked[: most - 1], _together(ranked[most - 1 :])]


def forget() -> int:
    """Delete rows older than a year; returns their number."""
    oldest = timezone.localdate() - KEPT_FOR
    return FeedReading.objects.filter(day__lt=oldest).delete()[0]


def _together(several):
    told = [reader.subscribers for reader in several if reader.subscribers is not None]
    requests = [sum(day) for day in zip(*(reader.requests for reader in several), strict=True)]
    return Reader(OTHER, requests, sum(told) if told else None)
