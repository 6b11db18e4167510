"""An article moves to the digest of another day, with all that is its own.

Its citations, tags and feed id go with it, and so do comments of the desk, which know it by its
uid, and its corrections.
"""

import datetime as dt

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import preflight
from articles.changes import audit
from articles.digests import (
    editing,
    identifiers,
    public_text,
    publishing,
    reading,
    revisions,
    schedules,
    starting,
)
from articles.digests.permissions import require
from articles.digests.publishing import NotAllowed
from articles.models import Article, Digest
from articles.rules.hidden_text import shown_line
from articles.rules.text import unique_slug

OUT = (Digest.Status.SCHEDULED, Digest.Status.PUBLISHED)


@transaction.atomic
def move_article(
    article: Article,
    to: dt.date | Digest,
    *,
    by: User | None = None,
    place: int | None = None,
    is_quick: bool = False,
) -> Digest:
    """Move an article, with everything that belongs to it, to the end of another day's digest, or
    to a place in it from 1.

    If the day has no digest, a draft is created. Returns the target digest. Raises
    PermissionDenied, or NotAllowed if the article cannot go there. With `is_quick`, as for a single
    key, it also refuses digests that readers have.
    """
    require(by, "articles.change_digest")
    if not isinstance(to, Digest):
        to = Digest.objects.filter(date=to).first() or starting.from_template(
            starting.default_template(), to, by=by
        )
    if to.pk == article.digest_id:
        raise NotAllowed(_("The article is in this digest already. Choose another day."))
    article, source, target = _lock(article, to)
    if is_quick:
        for digest in (source, target):
            reading.refuse_if_public(digest)
    _check_states(source, target, by)
    if source.status not in OUT and target.status in OUT:
        _refuse_faults(article, source)
    _carry(article, source, target)
    if place is not None:
        _put_at(article, target, place)
    for digest, other, note in (
        (source, target, _("“%(headline)s” moved to %(date)s")),
        (target, source, _("“%(headline)s” came from %(date)s")),
    ):
        names = {"headline": _short(article.name), "date": other.date.isoformat()}
        audit.record("article-moved", by=by, digest=digest, note=note % names)
        schedules.commit(digest, by=by, note=note % names)
    return target


def _lock(article: Article, to: Digest) -> tuple[Article, Digest, Digest]:
    """The article and both digests as they are now, locked. Raises NotAllowed if one is gone."""
    # A fixed order, so that two moves never deadlock.
    rows = Digest.objects.select_for_update().filter(pk__in=[to.pk, article.digest_id])
    locked = {digest.pk: digest for digest in rows.order_by("pk")}
    source, target = locked.get(article.digest_id), locked.get(to.pk)
    present = Article.objects.filter(pk=article.pk, digest=source).first()
    if not (source and target and present):
        raise NotAllowed(_("Somebody moved or deleted this meanwhile. Look at it again."))
    for digest in (source, target):
        if publishing.release(digest.pk):  # keep the text that readers had at that hour
            digest.refresh_from_db()
    return present, source, target


def _check_states(source: Digest, target: Digest, user: User | None) -> None:
    if source.status in OUT or target.status in OUT:
        require(user, "articles.publish_digest")
    if source.status in OUT and source.articles.count() == 1:
        raise NotAllowed(
            _("This is the last article readers have of that day. Withdraw the digest first.")
        )


def _refuse_faults(article: Article, source: Digest) -> None:
    """Raises NotAllowed for faults that only the article of a draft may have."""
    data = revisions.snapshot(source)
    found = [each for each in preflight.faults(data) if each.article == str(article.uid)]
    if found:
        raise NotAllowed(" ".join(public_text.told(found, data)))


def _carry(article: Article, source: Digest, target: Digest) -> None:
    """Change the article's digest and position. Its uid, feed id, tags and citations stay."""
    taken = set(target.articles.values_list("slug", flat=True))
    if article.slug in taken:
        article.slug = unique_slug(shown_line(article.headline), taken)
    if source.published_at is None and not source.is_public:
        article.feed_id = ""  # it had one for a planned hour, and readers never saw it
    left, article.digest = article.position, target
    article.position = (target.articles.aggregate(last=Max("position"))["last"] or 0) + 1
    article.save()
    for follower in source.articles.filter(position__gt=left).order_by("position"):
        follower.position -= 1
        follower.save(update_fields=["position"])
    article.corrections.update(digest=target)
    identifiers.settle(target, timezone.now())
    corrected = article.corrections.aggregate(last=Max("corrected_at"))["last"]
    if corrected and target.published_at and corrected >= target.published_at:
        target.revised_at = max(corrected, target.revised_at or corrected)


def _put_at(article: Article, target: Digest, place: int) -> None:
    data = revisions.snapshot(target)
    others = [one for one in data["articles"] if one["uid"] != str(article.uid)]
    moved = [one for one in data["articles"] if one["uid"] == str(article.uid)]
    articles = [*others[: place - 1], *moved, *others[place - 1 :]]
    editing.write(target, data | {"articles": articles})


def _short(headline: str) -> str:
    return headline if len(headline) <= 120 else f"{headline[:119]}…"
