"""Rules for single values. Each raises ValidationError with a sentence that says what to do."""

import datetime as dt
import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from articles.rules import times
from newsroom.environment import parse_weekly_hours

MAX_URL_LENGTH = 2000
_FORBIDDEN_IN_URL = re.compile(r"[\s\x00-\x20\x7f<>\"\\^`{|}]")
_DOMAIN = re.compile(r"(?=.{1,253}$)[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*", re.UNICODE)


def is_web_address(url: str) -> bool:
    """Whether `url` is absolute, uses http or https, in small letters, and has a host and no
    credentials."""
    if len(url) > MAX_URL_LENGTH or _FORBIDDEN_IN_URL.search(url):
        return False
    if not url.startswith(("http://", "https://")):
        return False
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        _DOMAIN.fullmatch(parts.hostname or "") is not None
        and not set("@[") & set(parts.netloc)
        and port_is_valid
    )


def validate_web_address(url: str) -> None:
    if not is_web_address(url):
        raise ValidationError(
            _("“%(url)s” is not a web address. Give the full address, starting with https://."),
            code="invalid_url",
            params={"url": url[:200]},
        )


def validate_day(day: dt.date) -> None:
    if not times.is_possible(day):
        raise ValidationError(
            _("%(day)s is too far away. Give a day between the years %(first)d and %(last)d."),
            code="invalid_day",
            params={
                "day": day.isoformat()[:10],
                "first": times.FIRST_YEAR,
                "last": times.LAST_YEAR,
            },
        )


def validate_domain(domain: str) -> None:
    if domain != domain.lower() or "." not in domain or not _DOMAIN.fullmatch(domain):
        raise ValidationError(
            _("“%(domain)s” is not a domain. Give one in small letters, such as news.example.com."),
            code="invalid_domain",
            params={"domain": domain[:200]},
        )


def validate_points(points: object) -> None:
    """Check that summary points are a list of texts, each one line and not blank."""
    if not isinstance(points, list) or not all(
        isinstance(point, str) and point.strip() and "\n" not in point for point in points
    ):
        raise ValidationError(
            _("Give the summary points as a list of texts of one line each."), code="invalid_points"
        )


def validate_weekly_hours(text: str) -> None:
    """Check days and hours, as DIGEST_DEADLINE has them."""
    try:
        parse_weekly_hours(text)
    except ValueError as error:
        raise ValidationError(
            _(
                "“%(part)s” is not understood. Name each day once, with an hour, such as "
                "mon-fri 07:00, sat 09:00."
            ),
            code="invalid_hours",
            params={"part": error.args[0]},
        ) from error
