"""Wall-clock times in a zone whose clocks may change, and how moments are written.

Clock changes come from the IANA time zone database through `zoneinfo`. Where a wall-clock time has
two offsets, `fold` tells them apart (PEP 495).
"""

import datetime as dt
from typing import cast
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

MINUTE = dt.timedelta(minutes=1)
# The years that a digest, a citation or an address may have. Python's own first and last years are
# left out: date arithmetic needs days before and after them.
FIRST_YEAR, LAST_YEAR = 1900, 2999


class SkippedHour(ValueError):
    """The clocks go forward past this time. The message is a sentence for the editor.

    `before` is the last whole minute on the clocks before the change. `after` is the first moment
    after it. Both are aware and in the zone.
    """

    def __init__(self, wall: dt.datetime, before: dt.datetime, after: dt.datetime) -> None:
        self.before, self.after = before, after
        message = _(
            "There is no %(time)s on %(date)s in %(zone)s: the clocks go forward from %(before)s "
            "to %(after)s. Choose one of these two."
        )
        super().__init__(message % _named(wall, before=before, after=after))


class DoubledHour(ValueError):
    """The clocks go back and show this time twice. The message is a sentence for the editor.

    `first` and `second` are the two moments, aware and in the zone.
    """

    def __init__(self, wall: dt.datetime, first: dt.datetime, second: dt.datetime) -> None:
        self.first, self.second = first, second
        message = _(
            "%(time)s comes twice on %(date)s in %(zone)s, because the clocks go back: first as "
            "%(first)s, then as %(second)s. Choose one of these two."
        )
        super().__init__(message % _named(wall, first=first, second=second))


def is_possible(day: dt.date) -> bool:
    """Whether the site accepts a date in this year."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def parse_day(text: str) -> dt.date:
    """The day of a text in ISO 8601, such as 2026-01-03. Raises ValueError if the text is not a
    day, or if the site does not accept it."""
    day = dt.date.fromisoformat(text)
    if not is_possible(day):
        raise ValueError(text)
    return day


def at(date: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The one moment at which the clocks of `zone` show `time` on `date`, aware and in the zone.

    Raises SkippedHour if there is no such moment, and DoubledHour if there are two.
    """
    wall = dt.datetime.combine(date, time.replace(tzinfo=None, fold=0), tzinfo=zone)
    earlier, later = wall, wall.replace(fold=1)
    if _offset(earlier) == _offset(later):
        return wall
    if _offset(earlier) > _offset(later):
        raise DoubledHour(wall, earlier, later)
    change = _change_between(later.astimezone(dt.UTC), earlier.astimezone(dt.UTC), zone)
    raise SkippedHour(wall, (change - MINUTE).astimezone(zone), change.astimezone(zone))


def written_out(date: dt.date) -> str:
    """The day in the active language, with its weekday: `2026년 1월 3일 토요일`."""
    named = {"day": formats.date_format(date), "weekday": formats.date_format(date, "l")}
    return _("%(weekday)s, %(day)s") % named


def shown(moment: dt.datetime, zone: ZoneInfo) -> str:
    """The moment on the clocks of `zone`, with the zone's name and offset.

    For example `2026-01-03 07:00 KST (UTC+9)`. A zone whose hours have no abbreviation gets its
    IANA name.
    """
    return f"{moment.astimezone(zone):%Y-%m-%d} {shown_hour(moment, zone)}"


def shown_hour(moment: dt.datetime, zone: ZoneInfo) -> str:
    """Like `shown`, without the date."""
    local = moment.astimezone(zone)
    name = local.tzname() or zone.key
    if name[0] in "+-":
        name = zone.key
    return f"{local:%H:%M} {name}" + ("" if name == "UTC" else f" ({_offset_name(local)})")


def _offset(moment: dt.datetime) -> dt.timedelta:
    """The UTC offset of an aware moment."""
    return moment.utcoffset() or dt.timedelta()


def _offset_name(local: dt.datetime) -> str:
    """The offset as CLDR writes it, but with a plain minus: `UTC+9`, `UTC-3:30`, `UTC+0`."""
    seconds = round(_offset(local).total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, seconds_left = divmod(rest, 60)
    text = f"UTC{'-' if seconds < 0 else '+'}{hours}"
    if rest:
        text += f":{minutes:02}"
    return text + (f":{seconds_left:02}" if seconds_left else "")


def _change_between(low: dt.datetime, high: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The second at which the offset of `zone` changes, after `low` and not after `high` (UTC)."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > dt.timedelta(seconds=1):
        middle = low + dt.timedelta(seconds=(high - low) // dt.timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def _named(wall: dt.datetime, **moments: dt.datetime) -> dict[str, str]:
    """The placeholders of the messages. A moment on another day, as around midnight, includes its
    date."""
    zone, named = cast(ZoneInfo, wall.tzinfo), {}
    for name, moment in moments.items():
        write = shown_hour if moment.date() == wall.date() else shown
        named[name] = write(moment, zone)
    return {"time": f"{wall:%H:%M}", "date": f"{wall:%Y-%m-%d}", "zone": zone.key, **named}
