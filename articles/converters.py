"""Parts of addresses. What cannot exist, such as a 30th of February, does not match and so
answers 404."""

import datetime as dt


class DayConverter:
    """`2026/01/03` <-> `datetime.date(2026, 1, 3)`"""

    regex = r"[0-9]{4}/[0-9]{2}/[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value.replace("/", "-"))

    def to_url(self, value: dt.date) -> str:
        return value.isoformat().replace("-", "/")


class MonthConverter:
    """`2026/01` <-> `datetime.date(2026, 1, 1)`"""

    regex = r"[0-9]{4}/[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value.replace("/", "-") + "-01")

    def to_url(self, value: dt.date) -> str:
        return value.isoformat().replace("-", "/")[:7]


class YearConverter:
    """`2026` <-> `datetime.date(2026, 1, 1)`"""

    regex = r"[0-9]{4}"

    def to_python(self, value: str) -> dt.date:
        return dt.date(int(value), 1, 1)

    def to_url(self, value: dt.date) -> str:
        return f"{value.year:04d}"


class PreviewTokenConverter:
    """The 256 bits of a preview link, as `secrets.token_urlsafe` writes them."""

    regex = r"[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
