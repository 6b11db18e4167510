"""Addresses at which other software has its feeds, for subscribers who come from there."""

from django.http import HttpResponsePermanentRedirect
from django.urls import reverse

from articles.serving.public import read_only

# Jekyll has feed.xml, Ghost rss/, WordPress feed/, Hugo index.xml; others are what people try.
KINDS = {
    "feed.xml": "rss",
    "feed": "rss",
    "feed/": "rss",
    "feed/atom/": "atom",
    "rss.xml": "rss",
    "rss": "rss",
    "rss/": "rss",
    "index.xml": "rss",
    "atom.xml": "atom",
    "feed.json": "json",
}


@read_only
def moved(request, kind):
    return HttpResponsePermanentRedirect(reverse(f"articles:digests-{kind}"))
