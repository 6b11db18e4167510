"""Identifiers that never change once readers have them: feed ids, slugs, names of publishers and
tags."""

import datetime as dt
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from articles.digests import naming
from articles.models import Article, Digest
from articles.rules.hidden_text import shown_line
from articles.rules.text import Slugs

Status = Digest.Status
# The key of a digest's layout with the feed id of its old site.
KEPT_ID = "feed_id"


def settle(digest: Digest, now: dt.datetime) -> None:
    """Give feed ids, slugs and names to a digest that is published or scheduled, and to its new
    articles. A draft gets them when it is published: nothing in a draft may decide them.

    The digest must be locked. `now` (aware) is the date in new feed ids.
    """
    if digest.status in (Status.PUBLISHED, Status.SCHEDULED):
        settle_articles(digest, now)
        naming.settle(digest)


def settle_articles(digest: Digest, now: dt.datetime) -> None:
    """Give the digest a feed id, and its articles feed ids and slugs. An article that readers never
    had gets its slug from its present headline. The caller saves the digest."""
    is_new = digest.published_at is None and not digest.is_public
    found = digest.articles.order_by("position").only("headline", "slug", "feed_id", "digest")
    articles = list(found)
    new = [article for article in articles if not article.feed_id]
    if is_new:
        _settle_slugs(articles, Slugs())
    else:
        _settle_slugs(new, Slugs(article.slug for article in articles if article.feed_id))
    digest.feed_id = digest.feed_id or first_feed_id(digest, now)
    for article in new:
        article.feed_id = new_feed_id("article", now)
    if new:
        Article.objects.bulk_update(new, ["feed_id"])


def first_feed_id(digest: Digest, now: dt.datetime | None = None) -> str:
    """The feed id of a digest that has none yet: the one that subscribers of its old site have, if
    its import kept that and no other digest has it, else a new one."""
    kept = digest.layout.get(KEPT_ID, "")
    is_free = kept and not Digest.objects.filter(feed_id=kept).exists()
    return kept if is_free else new_feed_id("digest", now)


def new_feed_id(kind: str, now: dt.datetime | None = None) -> str:
    """A new tag URI (RFC 4151) for a `digest` or an `article`. It is random, so it stays unique and
    unchanged even if addresses, domains and primary keys change."""
    host, now = urlsplit(settings.SITE_URL).hostname, now or timezone.now()
    return f"tag:{host},{now.astimezone(dt.UTC):%Y-%m-%d}:{kind}/{uuid.uuid4()}"


def _settle_slugs(articles: list[Article], taken: Slugs) -> None:
    """Give articles of a locked digest slugs made from their headlines, in order. Its others have
    those that are taken."""
    changed = []
    for article in articles:
        slug = taken.unique(shown_line(article.headline))
        if article.slug != slug:
            article.slug = slug
            changed.append(article)
    if changed:
        aside = Article.objects.filter(pk__in=[article.pk for article in changed])
        aside.update(slug=Concat(Value("-"), Cast("pk", CharField())))
        Article.objects.bulk_update(changed, ["slug"])
