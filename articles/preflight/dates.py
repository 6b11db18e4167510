"""Conflicting dates: of the citation, in its address, of the digest, in the title."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.preflight.checked import CheckedCitation, CheckedDigest
from articles.preflight.findings import Found, Severity, rule

# Digits with separators are certainly a date. Digits without, or seconds since 1970, count as one
# only near the digest's own date.
_SEPARATED = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/._])(\d{1,2})\2(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?=\D|\d\d|$)")
_DIGITS = re.compile(r"(?<!\d)\d{10,15}(?!\d)")
_NEAR_BEFORE, _NEAR_AFTER = dt.timedelta(days=366), dt.timedelta(days=31)
_DAY = dt.timedelta(days=1)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# ASCII letters only, since Python's IGNORECASE also matches the long s for an s.
_MONTH = r"(?P<month>(?a:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))[a-z]{0,6}\.?"
_IN_TITLE = (
    re.compile(
        r"(?<!\d)(?P<year>\d{4})\s?[-./]\s?(?P<month>\d{1,2})\s?[-./]\s?(?P<day>\d{1,2})(?!\d)"
    ),
    re.compile(
        r"(?:(?P<year>\d{4})년\s?)?(?<!\d)(?P<month>\d{1,2})월\s?(?P<day>\d{1,2})일(?![가-힣])"
    ),
    re.compile(rf"\b{_MONTH}\s(?P<day>\d{{1,2}})\b(?:,?\s(?P<year>\d{{4}}))?", re.IGNORECASE),
    re.compile(rf"\b(?P<day>\d{{1,2}})\s{_MONTH}\b(?:\s(?P<year>\d{{4}}))?", re.IGNORECASE),
)


@dataclass(frozen=True)
class Dated:
    """A date in an address; `moment` is aware if the address has a timestamp."""

    day: dt.date
    moment: dt.datetime | None = None


@rule(
    "date-differs-from-address",
    Severity.WARNING,
    gettext_lazy("Date differs from the address"),
    gettext_lazy("Look at the cited page and correct the date, or the address."),
)
def differs_from_address(digest: CheckedDigest) -> Iterator[Found]:
    """A timestamp may fall on different days in the publisher's time zone and in the site's."""
    for citation in digest.citations:
        dated = _dated(citation, digest)
        stated = citation.published_on
        if not dated or not stated or _same_day(dated, stated):
            continue
        sentence = _("The citation is dated %(stated)s, but its address says %(found)s.")
        params = {"stated": stated.isoformat(), "found": dated.day.isoformat()}
        yield Found(citation.place, sentence % params, f"{citation.url} {stated}")


@rule(
    "source-newer-than-issue",
    Severity.WARNING,
    gettext_lazy("Citation newer than the digest"),
    gettext_lazy("Correct the wrong one of the two; check the time zone as well."),
)
def newer_than_digest(digest: CheckedDigest) -> Iterator[Found]:
    for citation in digest.citations:
        dated = _dated(citation, digest)
        days = [day for day in (citation.published_on, dated and dated.day) if day]
        if digest.date and days and max(days) > digest.date:
            sentence = _("The citation is dated %(cited)s, after this digest's date, %(digest)s.")
            params = {"cited": max(days).isoformat(), "digest": digest.date.isoformat()}
        elif dated and dated.moment and digest.moment and dated.moment > digest.moment:
            sentence = _(
                "The number in the citation's address reads as the time %(cited)s, after this "
                "digest's own, %(digest)s (%(zone)s)."
            )
            params = {
                "cited": _clock(dated.moment, digest),
                "digest": _clock(digest.moment, digest),
                "zone": str(digest.zone),
            }
        else:
            continue
        text = f"{citation.url} {citation.published_on} {digest.date} {digest.moment}"
        yield Found(citation.place, sentence % params, text)


@rule(
    "source-old",
    Severity.WARNING,
    gettext_lazy("Old citation"),
    gettext_lazy("Say in the text why this is news now, or cite something newer."),
)
def old(digest: CheckedDigest) -> Iterator[Found]:
    most = digest.tuning.limits["source_age_days"]
    for citation in digest.citations:
        dated = _dated(citation, digest)
        day = citation.published_on or (dated.day if dated else None)
        age = (digest.date - day).days if digest.date and day else 0
        if day and age > most:
            sentence = _("The citation is of %(date)s, %(age)d days before this digest.")
            params = {"date": day.isoformat(), "age": age}
            yield Found(citation.place, sentence % params, f"{citation.url} {day} {digest.date}")


@rule(
    "title-date-differs",
    Severity.WARNING,
    gettext_lazy("Another date in the title"),
    gettext_lazy("Correct the title or the date."),
)
def title_differs(digest: CheckedDigest) -> Iterator[Found]:
    days = list(_days_in(digest.title, digest.date)) if digest.date else []
    if digest.date and days and digest.date not in days:
        sentence = _("The title says %(found)s, but this digest is for %(date)s.")
        params = {"found": days[0].isoformat(), "date": digest.date.isoformat()}
        yield Found(digest.place("title"), sentence % params, f"{digest.title} {digest.date}")


@rule(
    "slug-date-differs",
    Severity.WARNING,
    gettext_lazy("Another date in the name"),
    gettext_lazy("Rename it, or correct the date."),
)
def slug_differs(digest: CheckedDigest) -> Iterator[Found]:
    """Checks the name of the post's file, and slugs that start with a date."""
    places = [(digest.place("date"), digest.slug)]
    places += [(article.place("headline"), article.slug) for article in digest.articles]
    for place, slug in places:
        match = _SEPARATED.match(slug)
        day = match and _day(match[1], match[3], match[4])
        if day and digest.date and day != digest.date:
            sentence = _("The name “%(name)s” says %(found)s, but this digest is for %(date)s.")
            params = {"name": slug, "found": day.isoformat(), "date": digest.date.isoformat()}
            yield Found(place, sentence % params, f"{slug} {digest.date}")


def _dated(citation: CheckedCitation, digest: CheckedDigest) -> Dated | None:
    """The date in the address; if it has several, the one that equals the stated date."""
    if not citation.is_address:
        return None
    found = dates_in(citation.url, near=digest.date, zone=digest.zone)
    stated = citation.published_on
    agreeing = (dated for dated in found if stated and _same_day(dated, stated))
    return next(agreeing, found[0] if found else None)


def dates_in(url: str, *, near: dt.date | None, zone: dt.tzinfo) -> list[Dated]:
    """Dates in the path and parameters of an address, the most certain first."""
    tail = url.partition("://")[2].partition("/")[2]
    separated = (_day(match[1], match[3], match[4]) for match in _SEPARATED.finditer(tail))
    compact = (_day(*match.groups()) for match in _COMPACT.finditer(tail))
    found = [Dated(day) for day in separated if day]
    found += [Dated(day) for day in compact if day and _is_near(day, near)]
    moments = (_moment(match[0], zone) for match in _DIGITS.finditer(tail))
    found += [Dated(at.date(), at) for at in moments if at and _is_near(at.date(), near)]
    return found


def _moment(digits: str, zone: dt.tzinfo) -> dt.datetime | None:
    """Ten digits are seconds. Of a longer number, the last 13 are milliseconds, since Indian
    newspapers use ids with a prefix of one or two digits."""
    if 10 < len(digits) < 13:
        return None
    seconds = int(digits) if len(digits) == 10 else int(digits[-13:]) / 1000
    return dt.datetime.fromtimestamp(seconds, zone)


def _day(year: str | int, month: str | int, day: str | int) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _is_near(day: dt.date, near: dt.date | None) -> bool:
    return near is not None and -_NEAR_BEFORE <= day - near <= _NEAR_AFTER


def _same_day(dated: Dated, stated: dt.date) -> bool:
    return abs(dated.day - stated) <= (_DAY if dated.moment else dt.timedelta())


def _days_in(title: str, issue_date: dt.date) -> Iterator[dt.date]:
    """Dates in a title; without a year, the digest's year is used."""
    for pattern in _IN_TITLE:
        for match in pattern.finditer(title):
            name = match["month"].lower()
            month = name if name.isdecimal() else _MONTHS.index(name[:3]) + 1
            day = _day(match["year"] or issue_date.year, month, match["day"])
            if day:
                yield day


def _clock(moment: dt.datetime, digest: CheckedDigest) -> str:
    return f"{moment.astimezone(digest.zone):%Y-%m-%d %H:%M}"
