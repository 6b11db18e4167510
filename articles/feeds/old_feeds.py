"""Feed addresses of other software, redirected for subscribers of a site that moved here."""

from django.http import HttpResponsePermanentRedirect
from django.urls import reverse

from articles.serving.public import read_only

# Jekyll uses feed.xml, Ghost rss/, WordPress feed/, Hugo index.xml; others are common guesses.
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
