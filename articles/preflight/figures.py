"""Figures and days in a text, so that they can be looked for in another: those of an article in
what its cited page says.

Spellings differ, so figures are compared by value: `1억 2천만`, `120,000,000` and `120 million` are
one, and so are `3월 5일`, `March 5` and `2026-03-05`. A figure that was rounded is another one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from articles.preflight.numbers import PART

MOST = 500  # of one text
_LONGEST = 20_000
_SCALES = {
    **{"십": 10, "백": 100, "천": 10**3, "만": 10**4, "억": 10**8, "조": 10**12},
    **{"千": 10**3, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12},
    **{"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12},
    **{"bn": 10**9, "m": 10**6, "k": 10**3},
}
_SMALL, _LARGE = "십백천千", "만억조万萬亿億兆"
# Letters such as `5m` count as a scale only behind the sign of a currency.
_WORDS = "thousand|million|billion|trillion|bn"
_STEP = rf"(?:{PART})(?:[{_SMALL}]?[{_LARGE}]|[{_SMALL}](?![가-힣]?[일년월])| ?(?:{_WORDS})\b)?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = re.compile(
    r"(?<!\d)(?:\d{4}[-./](?P<m1>\d{1,2})[-./](?P<d1>\d{1,2})(?!\d)"
    r"|(?P<m2>\d{1,2}) ?[월月] ?(?P<d2>\d{1,2}) ?[일日号]"
    rf"|\b(?P<m3>{_MONTH}) (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,?\d)"
    rf"|(?P<d4>\d{{1,2}})(?:st|nd|rd|th)? (?P<m4>{_MONTH})(?![a-z]))",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"(?<![0-9A-Za-z_가-힣.,/:~-])(?P<sign>[$€£¥₩])?"
    rf"(?P<value>{_STEP}(?: {_STEP}|(?<=[{_LARGE}]){_STEP}){{0,3}})"
    r"(?P<letter>[kmb]n?\b)?(?P<unit> ?(?:%p|%포인트|%|퍼센트|percent\b|per cent\b))?(?!\d)",
    re.IGNORECASE,
)
_PIECE = re.compile(rf"({PART})([{_SMALL}]?[{_LARGE}]|[{_SMALL}]| ?(?:{_WORDS})\b)?", re.IGNORECASE)


@dataclass(frozen=True)
class Figure:
    """A figure of a text, from `start` to `end`. `meaning` is equal for equal figures: the value,
    or a month and its day."""

    start: int
    end: int
    text: str
    meaning: tuple[str, Decimal | tuple[int, int]]


def spot(text: str) -> list[Figure]:
    """The figures and days of a text, in order. Digits within words and single bare digits are
    left out: they are found everywhere."""
    text = text[:_LONGEST]
    days = list(_days(text))
    taken = [(day.start, day.end) for day in days]
    found = [f for f in _figures(text) if all(f.end <= a or f.start >= b for a, b in taken)]
    return sorted([*days, *found], key=lambda figure: figure.start)[:MOST]


def common(text: str, others: Iterable[Figure]) -> list[Figure]:
    """The figures of a text that are among others."""
    wanted = {figure.meaning for figure in others}
    return [figure for figure in spot(text) if figure.meaning in wanted]


def _days(text: str) -> Iterator[Figure]:
    for match in _DAY.finditer(text):
        month, day = next(
            (match[f"m{n}"], int(match[f"d{n}"])) for n in (1, 2, 3, 4) if match[f"d{n}"]
        )
        number = int(month) if month.isdecimal() else _MONTHS.index(month[:3].lower()) + 1
        if 1 <= number <= 12 and 1 <= day <= 31:
            yield Figure(match.start(), match.end(), match[0], ("day", (number, day)))


def _figures(text: str) -> Iterator[Figure]:
    for match in _FIGURE.finditer(text):
        value = _amount(match["value"])
        scale = _SCALES.get((match["letter"] or "").lower()) if match["sign"] else None
        end = match.end("unit") if match["unit"] else match.end("value")
        if scale:
            value, end = value * scale, match.end("letter")
        is_bare = match["value"].isdecimal() and len(match["value"]) == 1
        if is_bare and not (match["sign"] or match["unit"] or scale):
            continue
        kind = "share" if match["unit"] else "number"
        yield Figure(match.start(), end, text[match.start() : end], (kind, value))


def _amount(text: str) -> Decimal:
    """The value of `1억 2천만`, `8억 7,000만` or `1.2 billion`."""
    value = Decimal(0)
    for digits, scale in _PIECE.findall(text):
        number = Decimal(digits.replace(",", ""))
        word = scale.strip().lower()
        for sign in [word] if word in _SCALES else word:
            number *= _SCALES[sign]
        value += number
    return value.normalize()
