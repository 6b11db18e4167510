"""The trash: deleted digests are stored completely for thirty days and can be restored.

A deleted digest is a revision of kind DELETED without a digest. Restoring brings back its number,
address, articles and history. It never makes the digest public.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any, cast

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import search
from articles.changes import audit
from articles.digests import editing, old_addresses, publishing, revisions, schedules
from articles.digests.permissions import require
from articles.digests.publishing import NotAllowed, Stale
from articles.models import (
    Article,
    Comment,
    Correction,
    Digest,
    Excerpt,
    Push,
    Revision,
    Storyline,
    Suggestion,
    Tag,
)
from articles.rules.hidden_text import shown_line
from articles.rules.text import Slugs

KEPT_DAYS = 30
PERMISSION = "articles.delete_digest"
Kind = Revision.Kind


@transaction.atomic
def delete(digest: Digest, *, by: User | None = None, version: int | None = None) -> Revision:
    """Store the whole digest, then delete it.

    `version` is the version that the editor saw; a newer one raises Stale. `by` is the user whose
    permission is checked, None for a command. Raises PermissionDenied.
    """
    require(by, PERMISSION)
    digest = editing.lock(digest)
    if version is not None and version != digest.version:
        raise Stale(_("Somebody changed this digest meanwhile. Look at it again."))
    authors = digest.corrections.values_list("author", flat=True)
    gone = {
        "digest": digest.pk,
        "revisions": list(digest.revisions.order_by("number").values_list("pk", flat=True)),
        "correction_authors": list(authors),
        "old_addresses": old_addresses.of(digest),
        "pushes": list(digest.pushes.order_by("pk").values_list("pk", flat=True)),
        "suggestions": list(map(_kept_suggestion, digest.suggestions.order_by("pk"))),
    }
    data = revisions.snapshot(digest) | {"gone": gone}
    kept = revisions.keep(digest, data, kind=Kind.DELETED, author=by, note=_("Deleted"))
    kept = cast(Revision, kept)  # never None: each history is unique
    audit.record("deleted", by=by, digest=digest)
    search.remove(digest)
    digest.delete()
    kept.refresh_from_db()
    return kept


def deleted() -> QuerySet[Revision]:
    """The deleted digests that can still be restored, latest first."""
    since = timezone.now() - dt.timedelta(days=KEPT_DAYS)
    kept = Revision.objects.filter(kind=Kind.DELETED, digest=None, created_at__gt=since)
    return kept.select_related("author").order_by("-created_at", "-pk")


def days_left(revision: Revision) -> int:
    """Whole days until a deleted digest is purged. The last day counts as one."""
    gone_at = revision.created_at + dt.timedelta(days=KEPT_DAYS)
    return max(0, -((timezone.now() - gone_at) // dt.timedelta(days=1)))


@transaction.atomic
def restore(revision: Revision, *, by: User | None = None) -> Digest:
    """Restore a deleted digest as a draft, or as withdrawn if readers had it.

    Raises PermissionDenied, or NotAllowed if it is not in the trash or its day has another digest.
    """
    require(by, PERMISSION)
    rows = deleted().select_related(None).select_for_update()
    revision = rows.filter(pk=revision.pk).first()  # type: ignore[assignment]  # None is refused below
    if revision is None:
        raise NotAllowed(_("This digest is not in the trash any more."))
    try:
        data = revisions.content(revision)
    except revisions.Unreadable as problem:
        raise NotAllowed(str(problem)) from problem
    if Digest.objects.filter(date=data["date"]).exists():
        raise _taken(data)
    gone = data.get("gone", {})
    digest = _bring_back(data, gone.get("digest"), revision.version + 1)
    editing.add_articles(digest, _with_free_names(data["articles"]), editing.Names())
    _restore_corrections(digest, data["corrections"], gone.get("correction_authors", []))
    old_addresses.add_free(digest, gone.get("old_addresses", []))
    own = [*gone.get("revisions", []), revision.pk]
    Revision.objects.filter(pk__in=own, digest=None).update(digest=digest)
    Push.objects.filter(pk__in=gone.get("pushes", []), digest=None).update(digest=digest)
    _restore_suggestions(digest, gone.get("suggestions", []))
    audit.record("restored-from-trash", by=by, digest=digest)
    schedules.commit(digest, by=by, note=_("Restored from the trash"), is_new=True)
    return digest


def _bring_back(data: dict[str, Any], pk: int | None, version: int) -> Digest:
    """Create the digest without its articles. Raises NotAllowed if its day gets another one at this
    moment."""
    try:
        with transaction.atomic():
            return publishing.bring_back(data, pk=pk, version=version)
    except IntegrityError as error:
        raise _taken(data) from error


def _taken(data: dict[str, Any]) -> NotAllowed:
    message = _("There is another digest for %(date)s by now. Delete or move that one first.")
    return NotAllowed(message % {"date": data["date"]})


def purge() -> int:
    """Purge digests that were deleted more than thirty days ago, with their history.

    Returns the number of digests.
    """
    until = timezone.now() - dt.timedelta(days=KEPT_DAYS)
    old = Revision.objects.filter(kind=Kind.DELETED, digest=None, created_at__lte=until)
    count = 0
    for revision in old:
        own = [*revision.data.get("gone", {}).get("revisions", []), revision.pk]
        # Only revisions without a digest: the others belong to a restored digest.
        Revision.objects.filter(pk__in=own, digest=None).delete()
        uids = [article["uid"] for article in revision.data["articles"]]
        gone = set(uids) - set(map(str, _uids_in_use(uids)))
        Comment.objects.filter(article_uid__in=gone).delete()
        pushes = revision.data.get("gone", {}).get("pushes", [])
        loose = Q(article_uid=None, push__in=pushes, push__digest=None)
        Excerpt.objects.filter(Q(article_uid__in=gone) | loose).delete()
        count += 1
    return count


def _uids_in_use(uids: list[str]) -> Iterable[uuid.UUID]:
    return Article.objects.filter(uid__in=uids).values_list("uid", flat=True)


def _with_free_names(articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Articles of a snapshot with free identifiers and present names of tags and
    storylines. Each keeps its uid and
    feed id unless another article has it now. Slugs are unique within the digest."""
    others = Article.objects.filter(uid__in=[article["uid"] for article in articles])
    uids = set(map(str, others.values_list("uid", flat=True)))
    ids = Article.objects.filter(feed_id__in=[a.get("feed_id", "") for a in articles])
    feed_ids = set(ids.values_list("feed_id", flat=True))
    present = {n: Tag.objects.present_name(n) for article in articles for n in article["tags"]}
    named = {article["storyline"] for article in articles}
    lines = {name: name and Storyline.objects.present_name(name) for name in named}
    slugs = Slugs()
    return [
        article
        | {
            "uid": str(uuid.uuid4()) if article["uid"] in uids else article["uid"],
            "feed_id": "" if article.get("feed_id", "") in feed_ids else article["feed_id"],
            "slug": _free_slug(slugs, article),
            "tags": [present[name] for name in article["tags"]],
            "storyline": lines[article["storyline"]],
        }
        for article in articles
    ]


def _free_slug(slugs: Slugs, article: dict[str, Any]) -> str:
    slug = article.get("slug", "")
    is_free = slug and slug not in slugs
    return slugs.take(slug) if is_free else slugs.unique(shown_line(article["headline"]))


def _restore_corrections(
    digest: Digest, corrections: list[dict[str, Any]], authors: list[int | None]
) -> None:
    articles = {str(article.uid): article for article in digest.articles.all()}
    users = User.objects.in_bulk(set(authors) - {None})
    for number, correction in enumerate(corrections):
        Correction.objects.create(
            digest=digest,
            article=articles.get(correction["article"]),
            text=correction["text"],
            corrected_at=dt.datetime.fromisoformat(correction["corrected_at"]),
            changes=correction.get("changes", []),
            author=users.get(authors[number]) if number < len(authors) else None,
        )


def _kept_suggestion(suggestion: Suggestion) -> dict[str, Any]:
    uid, moment = suggestion.article_uid, suggestion.decided_at
    return {
        "push": suggestion.push_id,
        "article": uid and str(uid),
        "field": suggestion.field,
        "value": suggestion.value,
        "status": suggestion.status,
        "decided_by": suggestion.decided_by_id,
        "decided_at": moment and moment.isoformat(),
    }


def _restore_suggestions(digest: Digest, kept: list[dict[str, Any]]) -> None:
    pushes = set(digest.pushes.values_list("pk", flat=True))
    users = User.objects.in_bulk({one["decided_by"] for one in kept} - {None})
    for one in kept:
        if one["push"] in pushes:
            Suggestion.objects.create(
                push_id=one["push"],
                digest=digest,
                article_uid=one["article"],
                field=one["field"],
                value=one["value"],
                status=one["status"],
                decided_by=users.get(one["decided_by"]),
                decided_at=one["decided_at"] and dt.datetime.fromisoformat(one["decided_at"]),
            )
