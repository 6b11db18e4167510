"""Snapshots of a whole digest."""

import hashlib
import json

from articles.models import Article, Digest, Revision

SCHEMA = 1


def snapshot(digest: Digest) -> dict:
    """The digest as a JSON value of schema 1: its own fields and, in order, its articles."""
    articles = digest.articles.order_by("position").prefetch_related("citations__publisher", "tags")
    return {
        "date": digest.date.isoformat(),
        "title": digest.title,
        "introduction": digest.introduction,
        "language": digest.language,
        "status": digest.status,
        "front_matter": digest.front_matter,
        "articles": [_article_snapshot(article) for article in articles],
    }


def record(digest: Digest, *, author=None, note: str = "") -> Revision | None:
    """Keep the digest's present state, unless it equals the newest revision's.

    Call it in the transaction that saved the digest, while the digest is locked. `author` is
    a user, or None for a command. Returns the new revision, or None if nothing changed.
    """
    data = snapshot(digest)
    fingerprint = hashlib.sha256(_canonical(data)).hexdigest()
    newest = digest.revisions.order_by("-number").values("number", "fingerprint").first()
    if newest and newest["fingerprint"] == fingerprint:
        return None
    return Revision.objects.create(
        digest=digest,
        date=digest.date,
        number=newest["number"] + 1 if newest else 1,
        schema=SCHEMA,
        data=data,
        fingerprint=fingerprint,
        note=note,
        author=author,
    )


def _article_snapshot(article: Article) -> dict:
    return {
        "id": article.pk,
        "headline": article.headline,
        "slug": article.slug,
        "points": article.points,
        "technical_significance": article.technical_significance,
        "industry_impact": article.industry_impact,
        "outlook": article.outlook,
        "tags": [tag.name for tag in article.tags.all()],
        "citations": [
            {
                "publisher": citation.publisher.name,
                "url": citation.url,
                "published_on": citation.published_on and citation.published_on.isoformat(),
            }
            for citation in article.citations.all()
        ],
    }


def _canonical(data: dict) -> bytes:
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
