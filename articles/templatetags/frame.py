"""What stands around every page, and where it leads."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from articles import times
from articles.context_processors import site
from articles.paths import path_to

register = template.Library()

register.simple_tag(path_to)


@register.filter
def written_out(date):
    """A day as the site writes it, with its weekday: `2026년 1월 3일 토요일`."""
    return _written_out(date, get_language())


@register.simple_tag
def frame(name):
    """The part of the frame that a template is of, or a whole page such as that of 404. It is given
    nothing of the request, so it is always the same, made once for each language and time zone."""
    return _made(name, get_language(), get_current_timezone_name(), tuple(site().items()))


@lru_cache(maxsize=1_000)
def _written_out(date, _language):
    return times.written_out(date)


@lru_cache(maxsize=64)
def _made(name, _language, _zone, told):
    return render_to_string(name, dict(told))
