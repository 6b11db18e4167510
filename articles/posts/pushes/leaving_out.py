"""Articles leave a digest with a reason, from which their program can learn.

The article stays out: later pushes meet it as one that an editor deleted. It comes back from the
history.
"""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.digests import editing, publishing, reading, restoring, revisions, schedules
from articles.digests.publishing import NotAllowed
from articles.models import Article, Digest, LeftOut
from articles.models.left_out import MAX_WORDS
from articles.posts.pushes import record
from articles.rules.text import one_line


@transaction.atomic
def leave_out(
    digest: Digest, uid: str, reason: str, *, by: User | None, words: str = "", seen: str | None
) -> LeftOut:
    """Take an article out of a digest that readers do not have. `reason` is one of
    `LeftOut.Reason`; `words` may add to it, and must for OTHER. `seen` is that of `reading.lock`.

    Raises what `reading.lock` raises, and NotAllowed.
    """
    read = reading.lock(digest, uid, by=by, seen=seen)
    reading.refuse_if_public(read.digest)
    words = one_line(words)[:MAX_WORDS]
    if reason not in LeftOut.Reason.values or (reason == LeftOut.Reason.OTHER and not words):
        raise NotAllowed(_("Choose a reason, or write one."))
    if read.digest.status in reading.OUT and len(read.data["articles"]) == 1:
        raise NotAllowed(
            _("This is the last article of a scheduled digest. Cancel the schedule first.")
        )
    articles = [one for one in read.data["articles"] if one is not read.article]
    push = record.writer_of(read.digest, uid)
    values = {
        "headline": read.article["headline"],
        "date": read.digest.date,
        "reason": reason,
        "words": words,
        "program": push and push.program,
        "push": push,
        "user": by,
        "left_out_at": timezone.now(),
    }
    row, _is_new = LeftOut.objects.update_or_create(article_uid=uid, defaults=values)
    editing.write(read.digest, read.data | {"articles": articles})
    note = _("Left out “%(headline)s”: %(why)s") % {"headline": read.name, "why": row.why}
    detail = {"article": uid, "reason": reason}
    audit.record("left-out", by=by, digest=read.digest, note=note, detail=detail)
    schedules.commit(read.digest, by=by, note=note)
    return row


@transaction.atomic
def bring_back(digest: Digest, uid: str, *, version: int, by: User | None) -> None:
    """Bring an article back that was in the digest at a version. One that came back meanwhile stays
    as it is now. Raises PermissionDenied and NotAllowed."""
    digest = editing.lock(digest)
    if publishing.release(digest.pk):  # keep the text that readers had at that hour
        digest.refresh_from_db()
    reading.refuse_if_public(digest)
    if Article.objects.filter(uid=uid).exists():
        raise NotAllowed(_("Somebody brought the article back already, so it stays as it is."))
    saved = digest.revisions.filter(kind=revisions.Kind.SAVED, version__lte=version)
    revision = saved.order_by("-version", "-number").first()
    if revision is None:
        raise NotAllowed(_("The history does not have this article any more."))
    restoring.restore_article(digest, revision, uid, by=by)
    LeftOut.objects.filter(article_uid=uid).delete()


def reasons(uids: Collection[str]) -> dict[str, LeftOut]:
    """The rows of those articles that are out, by uid. One query; none for no articles."""
    rows = LeftOut.objects.standing().filter(article_uid__in=list(uids)) if uids else ()
    return {str(row.article_uid): row for row in rows}
