"""The feed with one item a digest."""

import datetime as dt

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.feeds.generators import RssFeed
from articles.models import Digest
from articles.text import clean
from articles.views.public import public_page

ITEMS = 30


class DigestFeed(Feed):
    """One instance serves every request, so nothing is kept on `self`.

    Every address is absolute and made from SITE_URL, whatever host the request named.
    """

    feed_type = RssFeed
    ttl = 60
    item_guid_is_permalink = False

    def __call__(self, request, *args, **kwargs):
        return public_page(super().__call__)(request, *args, **kwargs)

    @property
    def language(self):
        return settings.LANGUAGE_CODE

    def title(self):
        return settings.SITE_NAME

    def description(self):
        return _("Every issue of %(site)s, with its full text.") % {"site": settings.SITE_NAME}

    def link(self):
        return settings.SITE_URL + reverse("articles:home")

    def feed_url(self):
        return settings.SITE_URL + reverse("articles:digests-rss")

    def items(self):
        return Digest.objects.published().for_page().newest_first()[:ITEMS]

    def item_title(self, digest):
        return clean(digest.title)

    def item_description(self, digest):
        return clean(digest.summary)

    def item_link(self, digest):
        return settings.SITE_URL + digest.get_absolute_url()

    def item_guid(self, digest):
        return digest.feed_id

    def item_author_name(self):
        return settings.SITE_NAME

    def item_pubdate(self, digest):
        return digest.first_public_at.astimezone(dt.UTC)

    def item_updateddate(self, digest):
        return digest.last_changed_at.astimezone(dt.UTC)

    def item_categories(self, digest):
        """The names of its articles' tags, each once, in their order on the page."""
        articles = digest.articles.all()
        return list(dict.fromkeys(tag.name for article in articles for tag in article.tags.all()))

    def item_extra_kwargs(self, digest):
        context = {"digest": digest, "base": self.item_link(digest)}
        return {"content": render_to_string("articles/feed_digest.html", context)}
