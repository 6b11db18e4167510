"""The frame around each page, and its links."""

from functools import lru_cache

from django import template
from django.utils.translation import get_language

from articles.pages.frame import frame
from articles.rules import times
from articles.rules.paths import path_to

register = template.Library()

register.simple_tag(path_to)
register.simple_tag(frame)


@register.filter
def written_out(date):
    """A date in the site's format, with its weekday: `2026년 1월 3일 토요일`."""
    return _written_out(date, get_language())


@lru_cache(maxsize=1_000)
def _written_out(date, _language):
    return times.written_out(date)
