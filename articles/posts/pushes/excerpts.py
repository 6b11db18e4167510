"""Excerpts of cited pages: kept when a program hands them in, and found for whoever reads the
article against them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q

from articles.models import Digest, Excerpt, Push
from articles.posts.pushes.pushed import PushedArticle
from articles.posts.pushes.record import Entry, Fate
from articles.rules.addresses import comparison_key
from articles.rules.lines import without_unread


def store(push: Push, entries: Sequence[Entry], articles: Sequence[PushedArticle]) -> None:
    """Keep the excerpts of a saved push; a newer one of the same page replaces the older. Those of
    articles that an editor deleted are not kept. `entries` are those of the articles, in order."""
    for entry, article in zip(entries, articles, strict=True):
        if entry["fate"] == Fate.DELETED:
            continue
        for key, text in article.excerpts.items():
            place = {"article_uid": entry["uid"], "url_key": key}
            if entry["uid"]:
                newer = {"text": text, "push": push, "candidate": None}
                Excerpt.objects.update_or_create(**place, defaults=newer)
            else:
                Excerpt.objects.create(**place, text=text, push=push)


def of_article(digest: Digest, article: dict[str, Any]) -> dict[str, str]:
    """The excerpts of the pages that an article in a snapshot of a digest cites, by comparison key.
    One query."""
    cited = without_unread(article["citations"])
    keys = {comparison_key(citation["url"]) for citation in cited}
    own = Q(article_uid=article["uid"])
    waited = Q(article_uid=None, push__digest=digest)  # it was a suggestion, and has a uid by now
    rows = Excerpt.objects.filter(own | waited, url_key__in=keys)
    # The article's own comes last, and counts.
    ordered = rows.order_by(F("article_uid").asc(nulls_first=True), "pk")
    return dict(ordered.values_list("url_key", "text"))
