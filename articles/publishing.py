"""From draft to readers and back: the only code that writes a digest's status.

Every function locks the digest, changes it and records a revision in one transaction, or
raises `NotAllowed` and changes nothing.
"""

import datetime as dt
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import editing, revisions
from articles.models import Article, Correction, Digest

Status = Digest.Status


class NotAllowed(Exception):
    """The digest is not in a state for this; the message is a sentence for the editor."""


@transaction.atomic
def publish(digest: Digest, *, by=None, at: dt.datetime | None = None) -> Digest:
    """Make a digest visible from `at` (an aware datetime) on, or from now on.

    A past `at` is kept as the time of publication, for imported posts; a future one
    schedules the digest. `by` is the user whose permission is checked, None for a command.
    Raises PermissionDenied or NotAllowed.
    """
    digest = _locked(digest, by, "articles.publish_digest")
    now = timezone.now()
    at = at or now
    if digest.status == Status.PUBLISHED:
        raise NotAllowed(_("This digest is already published."))
    if not digest.articles.exists():
        raise NotAllowed(_("A digest without articles cannot be published. Add an article first."))
    fix_feed_ids(digest, now)
    digest.publish_at = at
    if at > now:
        digest.status = Status.SCHEDULED
        return _finish(digest, by, _("Scheduled"))
    digest.status = Status.PUBLISHED
    digest.published_at = digest.published_at or at
    return _finish(digest, by, _("Published"))


@transaction.atomic
def withdraw(digest: Digest, *, by=None) -> Digest:
    """Take a published or scheduled digest away from readers; a scheduled one becomes a draft.

    Raises PermissionDenied or NotAllowed.
    """
    digest = _locked(digest, by, "articles.withdraw_digest")
    if digest.status == Status.SCHEDULED and digest.publish_at > timezone.now():
        digest.status = Status.DRAFT
        digest.publish_at = None
        return _finish(digest, by, _("Schedule cancelled"))
    if digest.status not in (Status.PUBLISHED, Status.SCHEDULED):
        raise NotAllowed(_("Only a published or scheduled digest can be withdrawn."))
    digest.published_at = digest.published_at or digest.publish_at
    digest.status = Status.WITHDRAWN
    return _finish(digest, by, _("Withdrawn"))


@transaction.atomic
def correct(digest: Digest, text: str, *, by=None, article=None) -> Correction:
    """Add a correction that readers see, to the digest or to one of its articles.

    Raises PermissionDenied, or NotAllowed if the digest is not public or the article not its own.
    """
    digest = _locked(digest, by, "articles.publish_digest")
    if not Digest.objects.published().filter(pk=digest.pk).exists():
        raise NotAllowed(_("Only a published digest can have corrections. Edit the text instead."))
    if article is not None and article.digest_id != digest.pk:
        raise NotAllowed(_("The corrected article belongs to another digest."))
    correction = Correction.objects.create(
        digest=digest, article=article, text=text, corrected_at=timezone.now(), author=by
    )
    digest.published_at = digest.published_at or digest.publish_at
    digest.revised_at = correction.corrected_at
    _finish(digest, by, _("Corrected"))
    return correction


def bring_back(data: dict, *, pk: int | None, version: int) -> Digest:
    """A digest made from a snapshot, without its articles and never public: what readers once
    had is withdrawn, anything else a draft. Call it in a transaction."""

    def moment(name):
        return data[name] and dt.datetime.fromisoformat(data[name])

    was_out = bool(moment("published_at") and moment("publish_at") and data["feed_id"])
    return Digest.objects.create(
        pk=None if Digest.objects.filter(pk=pk).exists() else pk,
        status=Status.WITHDRAWN if was_out else Status.DRAFT,
        date=dt.date.fromisoformat(data["date"]),
        publish_at=moment("publish_at") if was_out else None,
        published_at=moment("published_at"),
        revised_at=moment("revised_at"),
        version=version,
        **{
            name: data[name]
            for name in ("title", "introduction", "language", "feed_id", "front_matter")
        },
    )


def _locked(digest, user, permission):
    if user is not None and not user.has_perm(permission):
        raise PermissionDenied
    return editing.lock(digest)


def fix_feed_ids(digest, now):
    """Give the digest and its new articles permanent identifiers (tag URIs, RFC 4151).

    Random, so that they stay the same and are never reused whatever becomes of addresses,
    domains and primary keys.
    """
    digest.feed_id = digest.feed_id or _tag_uri("digest", now)
    articles = list(digest.articles.filter(feed_id=""))
    for article in articles:
        article.feed_id = _tag_uri("article", now)
    Article.objects.bulk_update(articles, ["feed_id"])


def _tag_uri(kind, now):
    host = urlsplit(settings.SITE_URL).hostname
    return f"tag:{host},{now.astimezone(dt.UTC):%Y-%m-%d}:{kind}/{uuid.uuid4()}"


def _finish(digest, author, note):
    digest.version += 1
    digest.save()
    revisions.record(digest, author=author, note=note)
    return digest
