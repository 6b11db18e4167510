"""Finds days in text, in the forms that people and programs write them."""

import datetime as dt
import re
from collections.abc import Callable
from typing import NamedTuple

from articles.rules.times import is_possible

# News is dated before the digest that cites it, or a few days ahead for an event.
MOST_DAYS_AHEAD = 7
# The first three letters of a month are enough to tell it: `Jan`, `Sept.`, `September`.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
# Named by the order of their parts. The first form that fits somewhere wins.
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        r"(?<![\d-])(?P<y>\d{4})\s{0,3}(?P<sep>[-./–])\s{0,3}(?P<m>\d{1,2})\s{0,3}(?P=sep)"
        r"\s{0,3}(?P<d>\d{1,2})(?!\d)\.?",
        r"(?<!\d)(?P<y>\d{4})\s{0,3}[년年]\s{0,3}(?P<m>\d{1,2})\s{0,3}[월月]"
        r"\s{0,3}(?P<d>\d{1,2})\s{0,3}[일日]?",
        rf"(?<![a-z])(?P<name>{_MONTH})\s{{0,3}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}}(?P<y>\d{{4}})(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s{{1,3}}of)?[\s-]{{1,3}}(?P<name>{_MONTH}),?[\s-]{{1,3}}(?P<y>\d{{4}})(?!\d)",
        r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)",
        r"(?<![\d.])['’]?(?P<short>\d{2})\.\s?(?P<m>\d{1,2})\.\s?(?P<d>\d{1,2})(?![\d%])\.?",
        r"(?<![\d/])(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4})(?![\d/])",
        r"(?<!\d)(?P<m>\d{1,2})\s{0,3}[월月]\s{0,3}(?P<d>\d{1,2})\s{0,3}[일日号]",
        rf"(?<![a-z])(?P<name>{_MONTH})\s{{0,3}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s{{1,3}}(?P<name>{_MONTH})(?![a-z])",
    )
)

# Beside a citation only, with the day of the digest: elsewhere these words mean other things.
_AGO = re.compile(
    r"(?<!\w)(?:(?P<count>\d{1,2}|an?|one|two|three)\s?(?:일\s?전|日前|天前|days? ago)"
    r"|(?P<weeks>(?:일|1)주일? 전|(?:a|1|one) week ago|1週間前|一周前)"
    r"|(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/])"
    r"|(?P<mm>\d{1,2})\.\s?(?P<dd>\d{1,2})\.?\s?(?=[(（][월화수목금토일]\s?[)）])"
    r"|(?P<word>오늘|금일|어제|어저께|하루 전|그제|그저께|이틀 전|사흘 전|나흘 전|today|yesterday"
    r"|今日|本日|昨日|一昨日|おととい|今天|昨天|前天))(?!\w)",
    re.IGNORECASE,
)
_DAYS_AGO = {
    **dict.fromkeys(("오늘", "금일", "today", "今日", "本日", "今天"), 0),
    **dict.fromkeys(
        ("어제", "어저께", "하루 전", "yesterday", "昨日", "昨天", "a", "an", "one"), 1
    ),
    **dict.fromkeys(("그제", "그저께", "이틀 전", "一昨日", "おととい", "前天", "two"), 2),
    **dict.fromkeys(("사흘 전", "three"), 3),
    "나흘 전": 4,
}


_DIGIT = re.compile(r"\d")
# Digits and signs of full width, as Korean and Japanese editors type them.
_NARROW = {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *map(ord, "－．／"))}


class FoundDay(NamedTuple):
    """A day, and where it stands in the text."""

    day: dt.date
    start: int
    end: int


def find_day(text: str, near: dt.date | None = None) -> FoundDay | None:
    """The first day in a text, in one of these forms; None if there is none:

    `2026-01-03`, `2026.1.3.`, `2026/01/03`, `2026년 1월 3일`, `2026年1月3日`, `20260103`,
    `26.01.03`, `Jan 3, 2026`, `3 January 2026`, `25/12/2026` (if it is clear which part is the
    month), and, with `near`, `1월 3일`, `1月3日` and `Jan 3`, which are the last such day before
    `near` or within the seven days after it.
    """
    if not _DIGIT.search(text):
        return None
    text = text.translate(_NARROW)
    for form in _FORMS:
        for match in form.finditer(text):
            if day := _day(match.groupdict(), near):
                return FoundDay(day, match.start(), match.end())
    return None


def find_day_cited(text: str, near: dt.date | None = None) -> FoundDay | None:
    """The first day in what stands beside a citation: one that `find_day` finds, or else `어제`,
    `3일 전`, `yesterday`, `2 days ago`, `1/3` or `1.3(토)`, which count from `near`."""
    if (found := find_day(text, near)) or near is None:
        return found
    for match in _AGO.finditer(text.translate(_NARROW)):
        parts = match.groupdict()
        if month := parts["m"] or parts["mm"]:
            day = _day({"m": month, "d": parts["d"] or parts["dd"]}, near)
        else:
            count = (parts["count"] or parts["word"] or "").casefold()
            past = 7 if parts["weeks"] else _DAYS_AGO.get(count, count)
            day = near - dt.timedelta(days=int(past))
        if day:
            return FoundDay(day, match.start(), match.end())
    return None


def read_day(
    text: str,
    near: dt.date | None = None,
    find: Callable[[str, dt.date | None], FoundDay | None] = find_day,
) -> dt.date | None:
    """The day that a text consists of, with nothing but signs and a weekday beside it; else
    None."""
    found = find(text, near)
    if found is None:
        return None
    rest = text[: found.start] + text[found.end :]
    return None if _SAYS_MORE.search(_WEEKDAY.sub("", rest)) else found.day


def read_month(text: str) -> dt.date | None:
    """The first day of the month that a text consists of, as `2026년 3월`, `2026-03` or `March
    2026`; else None."""
    match = _MONTH_ALONE.fullmatch(text.translate(_NARROW).strip())
    if match is None:
        return None
    month, _none = _month_and_day({"d": None, **match.groupdict()})
    return _possible(int(match["y"] or match["year"]), month, 1)


_MONTH_ALONE = re.compile(
    rf"(?P<y>\d{{4}})\s{{0,3}}[-./년年]\s{{0,3}}(?P<m>\d{{1,2}})\s{{0,3}}[월月.]?"
    rf"|(?P<name>{_MONTH})\s{{1,3}}(?P<year>\d{{4}})",
    re.IGNORECASE | re.ASCII,
)
_WEEKDAY = re.compile(
    r"[월화수목금토일月火水木金土日](?:요일|曜日)?|星期.|周.|(?:mon|tues?|wed(?:nes)?|thur?s?|fri|satur?|sun)(?:day)?",
    re.IGNORECASE,
)
_SAYS_MORE = re.compile(r"\w")


def _day(parts: dict[str, str | None], near: dt.date | None) -> dt.date | None:
    month, day = _month_and_day(parts)
    year = parts.get("y") or (f"20{parts['short']}" if parts.get("short") else None)
    if year:
        return _possible(int(year), month, day)
    if near is None:
        return None
    last = near + dt.timedelta(days=MOST_DAYS_AHEAD)
    candidates = (_possible(year, month, day) for year in (last.year, last.year - 1))
    return next((found for found in candidates if found and found <= last), None)


def _month_and_day(parts: dict[str, str | None]) -> tuple[int, int]:
    """Zeros if the order of the two is not clear, as in 03/04/2026."""
    if name := parts.get("name"):
        return _MONTHS.index(name[:3].lower()) + 1, int(parts["d"] or 0)
    if "a" in parts:
        first, second = int(parts["a"] or 0), int(parts["b"] or 0)
        if first > 12:
            return second, first
        return (first, second) if second > 12 or first == second else (0, 0)
    return int(parts["m"] or 0), int(parts["d"] or 0)


def _possible(year: int, month: int, day: int) -> dt.date | None:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    return found if is_possible(found) else None
