"""Converters for URL patterns. A value that cannot exist, such as 30 February, does not match, so
the answer is 404."""

import datetime as dt

from articles.rules.times import is_possible, parse_day


class DayConverter:
    """`2026/01/03` <-> `datetime.date(2026, 1, 3)`"""

    regex = r"[0-9]{4}/[0-9]{2}/[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        return parse_day(value.replace("/", "-"))

    def to_url(self, value: dt.date) -> str:
        return value.isoformat().replace("-", "/")


class IsoDayConverter:
    """`2026-01-03` <-> `datetime.date(2026, 1, 3)`"""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        return parse_day(value)

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()


class MonthConverter:
    """`2026/01` <-> `datetime.date(2026, 1, 1)`"""

    regex = r"[0-9]{4}/[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        return parse_day(value.replace("/", "-") + "-01")

    def to_url(self, value: dt.date) -> str:
        return value.isoformat().replace("-", "/")[:7]


class YearConverter:
    """`2026` <-> `datetime.date(2026, 1, 1)`"""

    regex = r"[0-9]{4}"

    def to_python(self, value: str) -> dt.date:
        return parse_day(f"{value}-01-01")

    def to_url(self, value: dt.date) -> str:
        return f"{value.year:04d}"


class DecadeConverter(YearConverter):
    """`2010s` <-> `datetime.date(2010, 1, 1)`"""

    regex = r"[0-9]{3}0s"

    def to_python(self, value: str) -> dt.date:
        return super().to_python(value.removesuffix("s"))

    def to_url(self, value: dt.date) -> str:
        return f"{super().to_url(value)}s"


class FeedMonthConverter:
    """`2026-01` <-> `datetime.date(2026, 1, 1)`"""

    regex = r"[12][0-9]{3}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        return parse_day(f"{value}-01")

    def to_url(self, value: dt.date) -> str:
        return f"{value:%Y-%m}"


class MomentConverter:
    """`20260102T220000.123456Z` <-> that aware moment, in UTC"""

    regex = r"[12][0-9]{7}T[0-9]{6}\.[0-9]{6}Z"
    form = "%Y%m%dT%H%M%S.%fZ"

    def to_python(self, value: str) -> dt.datetime:
        moment = dt.datetime.strptime(value, self.form).replace(tzinfo=dt.UTC)
        if not is_possible(moment):
            raise ValueError(value)
        return moment

    def to_url(self, value: dt.datetime) -> str:
        return f"{value.astimezone(dt.UTC):{self.form}}"


class FeedFormatConverter:
    """How a feed is written: `rss`, `atom` or `json`."""

    regex = "rss|atom|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PreviewTokenConverter:
    """The 256 bits of a preview link, as `secrets.token_urlsafe` writes them."""

    regex = r"[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ArticleSlugConverter:
    """The name of an article in its address. It has no dot, unlike addresses of old sites."""

    regex = r"[^/.]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PictureWidthConverter:
    """The width of a picture's file in pixels. Each width has only one spelling."""

    regex = r"[1-9][0-9]{1,3}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
