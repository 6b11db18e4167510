"""Snapshots of a whole digest: taking, keeping and finding them.

A snapshot of schema 2 is a JSON object: the digest's own fields, dates and times in ISO 8601,
`corrections`, and `articles` in their order, each with `uid`, texts, `drafted_by`, `read_by`,
`tags` (names in order) and `citations` (`publisher`, `url`, `published_on`).
"""

import hashlib
import json

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from articles.models import Article, Citation, Digest, Revision

SCHEMA = 2
Kind = Revision.Kind


class Unreadable(Exception):
    """A snapshot of a schema that this version does not know; the message is for the editor."""


def _with_authorship(data: dict) -> dict:
    """From schema 1, which did not say how articles were made."""
    unknown = {"drafted_by": "", "read_by": ""}
    return data | {"articles": [unknown | article for article in data["articles"]]}


# For every schema before the present one: a function from its snapshots to those of the next.
UPGRADES = {1: _with_authorship}


def snapshot(digest: Digest) -> dict:
    """The digest as it is in the database, as a snapshot of the present schema."""
    articles = digest.articles.order_by("position").prefetch_related("citations__publisher", "tags")
    uids = {article.pk: str(article.uid) for article in articles}
    return {
        "date": digest.date.isoformat(),
        "title": digest.title,
        "introduction": digest.introduction,
        "language": digest.language,
        "status": digest.status,
        "publish_at": _moment(digest.publish_at),
        "published_at": _moment(digest.published_at),
        "revised_at": _moment(digest.revised_at),
        "feed_id": digest.feed_id,
        "front_matter": digest.front_matter,
        "articles": [_article_snapshot(article) for article in articles],
        "corrections": [
            {
                "article": uids.get(correction.article_id),
                "text": correction.text,
                "corrected_at": _moment(correction.corrected_at),
                "changes": correction.changes,
            }
            for correction in digest.corrections.all()
        ],
    }


def record(digest: Digest, *, author=None, note: str = "") -> Revision | None:
    """Keep the digest's present state, unless it equals the newest one kept.

    Call it in the transaction that saved the digest, while the digest is locked. `author` is
    a user, or None for a command. Returns the new revision, or None if nothing changed.
    """
    return keep(digest, snapshot(digest), author=author, note=note)


def keep(digest: Digest, data: dict, *, kind=Kind.SAVED, author=None, note: str = "", version=None):
    """Keep a snapshot as a revision, unless the newest of its kind is the same.

    `version` is the one that the snapshot was made from, by default the digest's own. Returns
    the new revision or None. The digest must be locked.
    """
    fingerprint = hashlib.sha256(_canonical(data)).hexdigest()
    newest = digest.revisions.filter(kind=kind).order_by("-number").first()
    if newest and newest.fingerprint == fingerprint:
        return None
    last = digest.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return Revision.objects.create(
        digest=digest,
        date=digest.date,
        number=last + 1,
        kind=kind,
        version=version or digest.version,
        schema=SCHEMA,
        data=data,
        fingerprint=fingerprint,
        note=note,
        author=author,
    )


def at_version(digest: Digest, version: int) -> dict | None:
    """The snapshot of the digest when it had that version; None if it was never kept."""
    saved = digest.revisions.filter(kind=Kind.SAVED, version__lte=version)
    revision = saved.order_by("-version", "-number").first()
    return content(revision) if revision and revision.schema <= SCHEMA else None


def content(revision: Revision) -> dict:
    """The snapshot of a revision in the present schema; raises Unreadable."""
    if revision.schema > SCHEMA:
        message = _(
            "Revision %(number)d was written by a newer version of this software and cannot be "
            "read by this one."
        )
        raise Unreadable(message % {"number": revision.number})
    data = revision.data
    for schema in range(revision.schema, SCHEMA):
        data = UPGRADES[schema](data)
    return data


def newest_published(digest: Digest) -> Revision | None:
    """The last revision that readers saw; None if there was none."""
    if digest.first_public_at is None:
        return None
    saved = digest.revisions.filter(kind=Kind.SAVED).order_by("-number")
    replaced_at = timezone.now()
    for pk, created_at, status, publish_at in saved.values_list(
        "pk", "created_at", "data__status", "data__publish_at"
    ):
        # A schedule needs no save to come out: it did if its hour came before the next save.
        came_out = status == Digest.Status.SCHEDULED and parse_datetime(publish_at) <= replaced_at
        if came_out or status == Digest.Status.PUBLISHED:
            return Revision.objects.select_related("author").get(pk=pk)
        replaced_at = created_at
    return None


def _article_snapshot(article: Article) -> dict:
    return {
        "uid": str(article.uid),
        "headline": article.headline,
        "slug": article.slug,
        "feed_id": article.feed_id,
        "points": article.points,
        "technical_significance": article.technical_significance,
        "industry_impact": article.industry_impact,
        "outlook": article.outlook,
        "drafted_by": article.drafted_by,
        "read_by": article.read_by,
        "tags": [tag.name for tag in article.tags.all()],
        "citations": [_citation_snapshot(citation) for citation in article.citations.all()],
    }


def _citation_snapshot(citation: Citation) -> dict:
    return {
        "publisher": citation.publisher.name,
        "url": citation.url,
        "published_on": citation.published_on and citation.published_on.isoformat(),
    }


def _moment(value) -> str | None:
    return value and value.isoformat()


def _canonical(data: dict) -> bytes:
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
