"""Reads the day and hour of a post as programs other than Jekyll write them in front matter."""

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from articles.document.stamps import parse_stamp
from articles.rules.dates import find_day

# The keys that say when a post came out, the surest first; case and `_` do not matter.
_KEYS = (
    *("date", "pubdate", "datepublished", "publishdate", "publisheddate", "publishedat"),
    *("published", "createdat", "created", "datecreated"),
)
_MAIL = re.compile(r"(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? \S+")
# `Sat Jan 03 2026 07:00:00 GMT+0900 (…)`, as JavaScript writes it.
_SCRIPT = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([+-]\d{4})(?: \(.*\))?"
)
# Seconds since 1970, or their thousandths.
_SECONDS = re.compile(r"(\d{10})(?:\d{3})?")
_SHORT_ZONE = re.compile(r"(.*\d) ?(KST|JST|PST|PDT|EST|EDT|CET|CEST)")
_OFFSETS = {
    **{"KST": "+0900", "JST": "+0900", "PST": "-0800", "PDT": "-0700"},
    **{"EST": "-0500", "EDT": "-0400", "CET": "+0100", "CEST": "+0200"},
}
_NAMED_ZONE = re.compile(r"(\S+[ T]\S+) ([A-Z][A-Za-z]+/[A-Za-z_/]+)")
_HOUR = re.compile(
    r"(?P<half>오전|오후)?\s*(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::\d{2})?|시(?:\s*(?P<min>\d{1,2})분)?)"
    r"\s*(?P<end>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"[월화수목금토일]요일|\([월화수목금토일]\)|\b(?:mon|tues?|wed(?:nes)?|thur?s?|fri|satur?|sun)(?:day)?\b",
    re.IGNORECASE,
)


def moment_of(values: dict[str, Any], zone: ZoneInfo) -> tuple[str, dt.datetime] | None:
    """The first key of a front matter that says when the post came out, and that moment; None if
    none says it. `zone` is for a moment without an offset."""
    keys = {key.casefold().replace("_", "").replace("-", ""): key for key in reversed(values)}
    for name in _KEYS:
        key = keys.get(name)
        written = values.get(key) if key else None
        if isinstance(written, list) and written:
            written = written[0]
        if key and isinstance(written, str) and (moment := _read(written.strip(), zone)):
            return key, moment
    return None


def _read(text: str, zone: ZoneInfo) -> dt.datetime | None:
    if script := _SCRIPT.fullmatch(text):
        month, day, year, time, offset = script.groups()
        text = f"{day} {month} {year} {time} {offset}"
    if short := _SHORT_ZONE.fullmatch(text):
        text = f"{short[1]} {_OFFSETS[short[2]]}"
    try:
        if seconds := _SECONDS.fullmatch(text):
            return dt.datetime.fromtimestamp(int(seconds[1]), zone)
        if _MAIL.fullmatch(text):
            moment = parsedate_to_datetime(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
        if named := _NAMED_ZONE.fullmatch(text):
            return parse_stamp(named[1], ZoneInfo(named[2]))
        return parse_stamp(text, zone)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return _in_words(text, zone)


def _in_words(text: str, zone: ZoneInfo) -> dt.datetime | None:
    """The moment of a text such as `2026년 1월 3일 (토) 오전 7시` or `January 3, 2026`, if it says
    nothing else."""
    found = find_day(text)
    if found is None:
        return None
    rest = _WEEKDAY.sub("", text[: found.start] + " " + text[found.end :]).strip(" ,.")
    hour = _HOUR.fullmatch(rest)
    if rest and not hour:
        return None
    try:
        return dt.datetime.combine(found.day, _time(hour), zone)
    except ValueError:
        return None


def _time(match: re.Match[str] | None) -> dt.time:
    if match is None:
        return dt.time()
    hour, minute = int(match["hour"]), int(match["minute"] or match["min"] or 0)
    half = f"{match['half'] or ''}{match['end'] or ''}".casefold().replace(".", "")
    if half:
        hour = hour % 12 + (12 if half in ("오후", "pm") else 0)
    return dt.time(hour, minute)
