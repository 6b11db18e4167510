"""Filters for templates that show digests."""

from django import template

from articles import rendering
from articles.text import language_of

register = template.Library()

register.filter("markdown", rendering.render)
register.filter("markdown_line", rendering.render_inline)


@register.filter
def language(text, default):
    """The language subtag that fits the script of `text`, for a `lang` attribute."""
    return language_of(text, default)
