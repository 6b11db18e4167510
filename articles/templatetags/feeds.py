"""Feed links of pages. They need no query, so that error pages can have them too."""

from django import template

from articles.feeds.channels import OF_ROWS, OF_THE_SITE
from articles.feeds.generators import FORMATS

NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}

register = template.Library()


@register.inclusion_tag("articles/_feed_links.html")
def feed_links(row=None):
    """Links to the feeds of the site, or to those of a tag or a storyline. RSS comes first,
    since some readers take the first format they find."""
    channels = [OF_ROWS[type(row)](row)] if row else OF_THE_SITE
    return {
        "links": [
            {
                "title": f"{channel.title()} ({NAMES[kind]})",
                "media_type": generator.media_type,
                "address": channel.address(kind),
            }
            for kind, generator in FORMATS.items()
            for channel in channels
        ]
    }
