"""The stamps of posts: a day, or a moment in one of the forms that static site generators read."""

import datetime as dt
import enum
import re
from functools import lru_cache

from articles.rules.times import parse_day

_STAMP = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"[ \t]*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?)?"
)
_FILE_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
# The zones farthest behind and ahead of UTC.
_BEHIND, _AHEAD = dt.timedelta(hours=-12), dt.timedelta(hours=14)


class _Precision(enum.IntEnum):
    """The smallest unit that a stamp gives."""

    DAY, MINUTE, SECOND, FRACTION = range(4)


def parse_stamp(text: object, zone: dt.tzinfo | None) -> dt.datetime:
    """An aware datetime from `2026-01-03[ 00:31[:05[.25]][ +0900]]`; raises ValueError. `zone` is
    for a text without an offset."""
    return _read(text, zone)[0]


def moment_on(text: object, zone: dt.tzinfo | None, day: dt.date | None) -> dt.datetime:
    """The moment of a stamp whose file is for a day. If the stamp is on that day in no zone of the
    world, its hour counts on that day. Raises ValueError."""
    moment, precision = _read(text, zone)
    return _on_day(moment, precision, day)


def days_of(text: object, zone: dt.tzinfo) -> set[dt.date]:
    """The days that a stamp gives: on its own clocks, and on those of the site's zone."""
    moment = parse_stamp(text, zone)
    return {moment.date(), moment.astimezone(zone).date()}


def says(text: object, moment: dt.datetime, date: dt.date, day: dt.date | None) -> bool:
    """Whether a written stamp gives a moment and a date, at the precision it is written in. `day`
    is the day that the file had for it."""
    try:
        written, precision = _read(text, moment.tzinfo)
    except ValueError:
        return False
    if precision == _Precision.DAY:
        return (day or written.date()) == date
    written = _on_day(written, precision, day)
    return _cut(written, precision) == _cut(moment, precision)


def day_in_name(name: str) -> dt.date | None:
    """The day at the start of a file name, such as `2026-03-03-news`; None if there is none."""
    match = _FILE_DAY.match(name)
    try:
        return _day(*match.groups()) if match else None
    except ValueError:
        return None


def _read(text: object, zone: dt.tzinfo | None) -> tuple[dt.datetime, _Precision]:
    if not isinstance(text, str):
        raise ValueError(text)
    return _parsed(text, zone)


@lru_cache(maxsize=64)  # a document asks for its own stamp again and again
def _parsed(text: str, zone: dt.tzinfo | None) -> tuple[dt.datetime, _Precision]:
    match = _STAMP.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    year, _sign, month, day, hour, minute, second, fraction, offset = match.groups()
    date = _day(year, month, day)
    micro = int((fraction or "0").ljust(6, "0")[:6])
    time = dt.time(int(hour or 0), int(minute or 0), int(second or 0), micro)
    given = [hour, second, fraction]
    precision = _Precision(next((n for n, part in enumerate(given) if not part), len(given)))
    return dt.datetime.combine(date, time, _zone(offset) if offset else zone), precision


def _day(year: str, month: str, day: str) -> dt.date:
    return parse_day(f"{year}-{int(month):02}-{int(day):02}")


def _zone(offset: str) -> dt.timezone:
    if offset[0] not in "+-":
        return dt.UTC
    digits = offset[1:].replace(":", "").ljust(6, "0")
    hours, minutes, seconds = (int(digits[place : place + 2]) for place in (0, 2, 4))
    if minutes > 59 or seconds > 59:
        raise ValueError(offset)
    shift = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return dt.timezone(-shift if offset[0] == "-" else shift)


def _on_day(moment: dt.datetime, precision: _Precision, day: dt.date | None) -> dt.datetime:
    if day is None or moment.date() == day:
        return moment
    utc = moment.astimezone(dt.UTC)
    is_near = (utc + _BEHIND).date() <= day <= (utc + _AHEAD).date()
    if is_near and precision != _Precision.DAY:
        return moment
    return moment.replace(year=day.year, month=day.month, day=day.day)


def _cut(moment: dt.datetime, precision: _Precision) -> dt.datetime:
    cut = moment.astimezone(dt.UTC)
    if precision < _Precision.FRACTION:
        cut = cut.replace(microsecond=0)
    return cut.replace(second=0) if precision < _Precision.SECOND else cut
