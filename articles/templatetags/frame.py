"""The frame around each page, and its links."""

from functools import lru_cache

from django import template
from django.utils.translation import get_language

from articles.pages.frame import frame
from articles.rules import times
from articles.rules.paths import path_to

register = template.Library()

# The entry of the main menu that each kind of page is in, by the names of their URL patterns.
_MENU = {
    "home": ("home",),
    "archive": ("archive", "year", "month"),
    "tags": ("tags", "tag", "topics", "publishers", "publisher"),
    "subscribe": ("subscribe",),
    "search": ("search",),
}
_ENTRIES = {name: entry for entry, names in _MENU.items() for name in names}

register.simple_tag(path_to)
register.simple_tag(frame)


@register.simple_tag(takes_context=True)
def menu(context):
    """The main menu. It gets the value of `aria-current` by the entry that the page is in: `page`
    for the entry's own page, `true` for a page below it."""
    match = getattr(context.get("request"), "resolver_match", None)
    entry = _ENTRIES.get(match.url_name) if match else None
    here = {entry: "page" if match.url_name == entry else "true"} if entry else {}
    return frame("articles/_menu.html", **here)


@register.filter
def written_out(date):
    """A date in the site's format, with its weekday: `2026년 1월 3일 토요일`."""
    return _written_out(date, get_language())


@lru_cache(maxsize=1_000)
def _written_out(date, _language):
    return times.written_out(date)
