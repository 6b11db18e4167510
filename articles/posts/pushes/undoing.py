"""Undoes a push: what it wrote leaves, as far as nobody touched it since."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.digests import editing, revisions, schedules
from articles.digests.permissions import require
from articles.digests.publishing import NotAllowed
from articles.models import Digest, Push
from articles.posts.pushes import record, suggestions
from articles.posts.pushes.record import Content, Entry

PERMISSION = "articles.change_digest"
Status = Digest.Status


@dataclass
class Undone:
    """What became of the articles of a push, by their headlines: removed, put back as they were
    before, or left as they are, because somebody changed them or readers have them. `uids` are
    those of the removed ones. `withdrawn` is the number of suggestions that wait no more."""

    removed: list[str] = field(default_factory=list)
    put_back: list[str] = field(default_factory=list)
    stayed: list[str] = field(default_factory=list)
    uids: list[str] = field(default_factory=list)
    withdrawn: int = 0


@transaction.atomic
def undo(push: Push, *, by: User | None) -> Undone:
    """Undo a push. Its program may hand in other texts for the day afterwards, but not the same
    bytes. Raises PermissionDenied, and NotAllowed if it was undone or refused before."""
    require(by, PERMISSION)
    digest = Digest.objects.select_for_update().filter(pk=push.digest_id).first()
    push = Push.objects.select_for_update(of=["self"]).select_related("program").get(pk=push.pk)
    if push.undone_at:
        raise NotAllowed(_("This push was undone before."))
    if push.outcome == Push.Outcome.REFUSED:
        raise NotAllowed(_("This push was refused. There is nothing to undo."))
    undone = _take_back(digest, push, by) if digest else Undone()
    undone.withdrawn = suggestions.withdraw(push, by=by)
    push.excerpts.all().delete()
    push.undone_at, push.undone_by = timezone.now(), by
    push.account["removed"] = undone.uids
    push.save(update_fields=["undone_at", "undone_by", "account"])
    audit.record("push-undone", by=by, digest=digest, target=f"{push}", detail={"push": push.pk})
    return undone


def _take_back(digest: Digest, push: Push, by: User | None) -> Undone:
    undone = Undone()
    data = revisions.snapshot(digest)
    ready = {
        str(uid) for uid in digest.articles.filter(is_ready=True).values_list("uid", flat=True)
    }
    entries = {e["uid"]: e for e in push.articles if e["fate"] in record.WRITTEN}
    replaced = any(entry["before"] for entry in entries.values())
    undone_before = list(_undone_before(push, digest)) if replaced else []
    articles = []
    for article in data["articles"]:
        entry = entries.get(article["uid"])
        if entry is None:
            articles.append(article)
        elif article["uid"] in ready or not _is_untouched(digest, article, entry["content"]):
            undone.stayed.append(article["headline"])
            articles.append(article)
        elif before := _before(entry, undone_before):
            undone.put_back.append(article["headline"])
            articles.append({**article, **before})
        else:
            undone.removed.append(article["headline"])
            undone.uids.append(article["uid"])
    if undone.removed or undone.put_back:
        editing.write(digest, {**data, "articles": articles})
        note = _("Undid a push of %(program)s") % {"program": push.program.name}
        schedules.commit(digest, by=by, note=note)
    return undone


def _undone_before(push: Push, digest: Digest) -> Iterator[Entry]:
    """What earlier pushes wrote into their digest that are undone, newest first."""
    earlier = Push.objects.filter(digest=digest, pk__lt=push.pk)
    undone = earlier.exclude(undone_at=None).order_by("-pk").values_list("articles", flat=True)
    for entries in undone.iterator(chunk_size=1):  # a push can have some megabytes
        yield from (entry for entry in entries if entry["fate"] in record.WRITTEN)


def _before(entry: Entry, undone_before: Iterable[Entry]) -> Content | None:
    """An article as it was before a push wrote it, and before the undone ones whose text it still
    had then; None if it was not there."""
    before: Content | None = entry["before"]
    for earlier in undone_before:
        if before and earlier["uid"] == entry["uid"] and earlier["content"] == before:
            before = earlier["before"]
    return before


def _is_untouched(digest: Digest, article: dict[str, Any], written: Content) -> bool:
    """Whether an article of a draft still is what the push wrote."""
    is_draft = digest.status in (Status.DRAFT, Status.IN_REVIEW)
    return is_draft and record.content_of(article) == written
