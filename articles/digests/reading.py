"""What somebody does who reads an article: each step is about the text that was on the screen.

Every step names the hash of that text. If the article says something else by now, nothing happens.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.digests import editing, public_text, publishing, revisions, schedules
from articles.digests.permissions import require
from articles.digests.publishing import Gone, NotAllowed, Stale
from articles.models import Digest, text_hash
from articles.preflight import remedies
from articles.preflight.remedies import Mended
from articles.rules.nameless import shown_headline

OUT = (Digest.Status.SCHEDULED, Digest.Status.PUBLISHED)
MAX_NAME = 80


@dataclass(frozen=True)
class Read:
    """A locked digest, its snapshot, and the article in it that somebody read."""

    digest: Digest
    data: dict[str, Any]
    article: dict[str, Any]

    @property
    def name(self) -> str:
        return Truncator(shown_headline(self.article["headline"])).chars(MAX_NAME)


def lock(digest: Digest, uid: str, *, by: User | None, seen: str | None = None) -> Read:
    """Lock a digest for a step about one of its articles. `seen` is the hash of the text that the
    user saw. Call it in a transaction.

    Raises PermissionDenied; Stale if the article has another text; NotAllowed if it is gone.
    """
    require(by, publishing.CHANGE)
    try:
        digest = editing.lock(digest)
    except Digest.DoesNotExist as error:
        raise Gone(_("Somebody deleted this digest in the meantime.")) from error
    if publishing.release(digest.pk):  # keep the text that readers had at that hour
        digest.refresh_from_db()
    if digest.status in OUT:
        require(by, publishing.PUBLISH)
    data = revisions.snapshot(digest)
    article = next((one for one in data["articles"] if one["uid"] == uid), None)
    if article is None:
        raise NotAllowed(_("Somebody moved or deleted this article meanwhile."))
    if seen is not None and text_hash(article) != seen:
        raise Stale(
            _("Somebody changed this article meanwhile, so nothing was done. Read it again.")
        )
    return Read(digest, data, article)


def refuse_if_public(digest: Digest) -> None:
    """Raises NotAllowed: what readers have changes in the form, which asks what to tell them."""
    if digest.is_public:
        raise NotAllowed(
            _("Readers have this digest. Change it in the form, which asks about a correction.")
        )


@transaction.atomic
def mend(
    digest: Digest, uid: str, *, by: User | None, seen: str | None = None, key: str | None = None
) -> Mended:
    """Mend an article: everything that can be mended, or only the finding with this key. Signatures
    under the former text lapse. Raises what `lock` raises, and NotAllowed."""
    read = lock(digest, uid, by=by, seen=seen)
    refuse_if_public(read.digest)
    mended = remedies.mend(read.data, uid, key)
    if not mended.changes:
        raise NotAllowed(_("There is nothing here that can be mended without a person."))
    codes = sorted({finding.code for finding in mended.findings})
    note = _("Mended by rule: “%(headline)s”") % {"headline": read.name}
    _put(read, mended.article, "mended", by, note, {"article": uid, "codes": codes})
    return mended


@transaction.atomic
def unmend(digest: Digest, uid: str, *, before: int, after: int, by: User | None) -> None:
    """Put back the text that an article had at the version `before`, if it still is what it was at
    `after`. Raises what `lock` raises, and NotAllowed."""
    read = lock(digest, uid, by=by)
    refuse_if_public(read.digest)
    former, mended = (_at(read.digest, version, uid) for version in (before, after))
    if former is None or mended is None or read.article != mended:
        raise NotAllowed(_("Somebody changed the article since, so it stays as it is."))
    note = _("Mending undone: “%(headline)s”") % {"headline": read.name}
    _put(read, former, "mending-undone", by, note, {"article": uid})


def _at(digest: Digest, version: int, uid: str) -> dict[str, Any] | None:
    data = revisions.at_version(digest, version) or {"articles": []}
    return next((one for one in data["articles"] if one["uid"] == uid), None)


def _put(
    read: Read,
    article: dict[str, Any],
    action: str,
    by: User | None,
    note: str,
    detail: dict[str, Any],
) -> None:
    articles = [article if one is read.article else one for one in read.data["articles"]]
    try:
        editing.write(read.digest, read.data | {"articles": articles})
    except public_text.Unfit as error:
        raise NotAllowed(" ".join(error.messages)) from error
    audit.record(action, by=by, digest=read.digest, note=note, detail=detail)
    schedules.commit(read.digest, by=by, note=note)
