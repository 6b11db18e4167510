"""The readers of the feeds as SVG: the requests of each reader by day.

This module computes only positions; the style sheet sets colours, lines and type.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.feeds import readers

DAYS, MOST = 30, 8
# In units of the drawing.
STEP, HEIGHT, GAP = 11, 34, 26
LEAST = 2  # keeps a day with few requests visible


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int
    title: str


@dataclass(frozen=True)
class Row:
    """One reader: `y` is the baseline of its bars."""

    name: str
    said: str
    y: int
    bars: list[Bar]
    requests: list[int]
    subscribers: int | None
    total: int


def draw() -> dict | None:
    """The template's context; None if nobody requested a feed for a month."""
    today = timezone.localdate()
    found = readers.readers(today, days=DAYS, most=MOST)
    if not found:
        return None
    days = [today - dt.timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    top = max(max(reader.requests) for reader in found)
    rows = [_row(reader, place, days, top) for place, reader in enumerate(found)]
    told = [row.subscribers for row in rows if row.subscribers is not None]
    return {
        "rows": rows,
        "width": STEP * DAYS,
        "height": len(rows) * (HEIGHT + GAP),
        "top": top,
        "first": days[0],
        "last": days[-1],
        "days": [
            {"date": day, "requests": [row.requests[number] for row in rows]}
            for number, day in reversed(list(enumerate(days)))
        ],
        "subscribers": sum(told) if told else None,
    }


def _row(reader, place, days, top):
    name, line = _name(reader.name), (place + 1) * (HEIGHT + GAP) - 4
    bars = [
        _bar(number, requests, day, line, top)
        for number, (requests, day) in enumerate(zip(reader.requests, days, strict=True))
        if requests
    ]
    said = ngettext("%(count)d request", "%(count)d requests", reader.total)
    sentence = said % {"count": reader.total}
    if reader.subscribers is not None:
        people = ngettext("%(count)d subscriber", "%(count)d subscribers", reader.subscribers)
        sentence = f"{people % {'count': reader.subscribers}} · {sentence}"
    return Row(name, sentence, line, bars, reader.requests, reader.subscribers, reader.total)


def _bar(number, requests, day, line, top):
    height = max(LEAST, round(requests / top * HEIGHT))
    title = f"{day:%Y-%m-%d}: {requests}"
    return Bar(number * STEP, line - height, height, title)


def _name(name):
    """A name in words for a reader that has no name of its own."""
    words = {
        readers.BROWSER: _("Browsers"),
        readers.UNNAMED: _("Without a name"),
        readers.OTHER: _("Others"),
    }
    return words.get(name, name)
