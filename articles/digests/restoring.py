"""Restores a digest, or one of its articles, from a revision.

Both functions lock the digest, write it and record a new revision in one transaction. The history
stays complete, and a restore can itself be undone. They return the new revision, or None if the
text already equals it. If they raise `NotAllowed` or `revisions.Unreadable`, nothing changes.
"""

import datetime as dt
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.digests import editing, public_text, publishing, revisions, schedules
from articles.digests.publishing import NotAllowed, Stale
from articles.models import Digest, Revision
from articles.rules import nameless

MAX_NAME_LENGTH = 80
OUT = (Digest.Status.SCHEDULED, Digest.Status.PUBLISHED)


@transaction.atomic
def restore(
    digest: Digest, revision: Revision, *, by: User | None = None, version: int | None = None
) -> Revision | None:
    """Restore the whole digest from the revision: texts, articles, order, citations, tags.

    Status, times and corrections stay. The date stays too if readers have had it in an address, or
    if another digest has that day now. `version` is the version that the editor saw; a newer one
    raises Stale.
    """
    digest = _lock(digest, revision, version, by)
    data = revisions.content(revision)
    if digest.status in OUT and not data["articles"]:
        message = _("Revision %(number)d has no articles. Withdraw the digest before restoring it.")
        raise NotAllowed(message % {"number": revision.number})
    note = _("Restored from revision %(number)d") % {"number": revision.number}
    data = data | {"date": _date(digest, data)}
    return _write(digest, data, data.get("corrections", []), by, note)


@transaction.atomic
def restore_article(
    digest: Digest,
    revision: Revision,
    uid: str,
    *,
    by: User | None = None,
    version: int | None = None,
) -> Revision | None:
    """Restore one article from the revision, and leave everything else unchanged.

    An existing article keeps its place. A deleted article returns to its former place, after the
    article that it followed.
    """
    digest = _lock(digest, revision, version, by)
    data = revisions.content(revision)
    old = data["articles"]
    article = next((article for article in old if article["uid"] == uid), None)
    if article is None:
        raise NotAllowed(
            _("Revision %(number)d does not have this article.") % {"number": revision.number}
        )
    present = revisions.snapshot(digest)
    articles = _with_article(present["articles"], old, article)
    note = _("Article “%(headline)s” restored from revision %(number)d") % {
        "headline": Truncator(nameless.shown_headline(article["headline"])).chars(MAX_NAME_LENGTH),
        "number": revision.number,
    }
    return _write(digest, present | {"articles": articles}, data.get("corrections", []), by, note)


def _lock(digest: Digest, revision: Revision, version: int | None, by: User | None) -> Digest:
    digest = editing.lock(digest)
    if revision.digest_id != digest.pk:
        raise NotAllowed(_("This revision belongs to another digest."))
    if version is not None and version != digest.version:
        raise Stale(
            _("Somebody saved this digest in the meantime. Look at it again, then restore.")
        )
    if publishing.release(digest.pk):  # keep the text that readers had at that hour
        digest.refresh_from_db()
    if by is not None and digest.is_public and not by.has_perm(publishing.PUBLISH):
        raise NotAllowed(_("Only editors change a digest that readers see."))
    return digest


def _date(digest: Digest, data: dict[str, Any]) -> str:
    is_taken = Digest.objects.filter(date=data["date"]).exclude(pk=digest.pk).exists()
    return digest.date.isoformat() if digest.first_public_at or is_taken else data["date"]


def _with_article(
    present: list[dict[str, Any]], old: list[dict[str, Any]], article: dict[str, Any]
) -> list[dict[str, Any]]:
    """The articles of a snapshot with one article put in: over its present version, or at its
    former place."""
    uids = [other["uid"] for other in present]
    uid = article["uid"]
    if uid in uids:
        return [article if other["uid"] == uid else other for other in present]
    order = [other["uid"] for other in old]
    followed = (other for other in reversed(order[: order.index(uid)]) if other in uids)
    place = next((uids.index(other) + 1 for other in followed), 0)
    return [*present[:place], article, *present[place:]]


def _write(
    digest: Digest,
    data: dict[str, Any],
    corrections: list[dict[str, Any]],
    by: User | None,
    note: str,
) -> Revision | None:
    before = revisions.snapshot(digest)
    uids = {article["uid"] for article in before["articles"]}
    missing = {article["uid"] for article in data["articles"]} - uids
    try:
        editing.write(digest, _with_identities(digest, data, missing))
    except public_text.Unfit as error:
        raise NotAllowed(" ".join(error.messages)) from error
    _relink_corrections(digest, corrections, missing)
    if revisions.snapshot(digest) == before:
        return None
    audit.record("restored", by=by, digest=digest, note=note)
    return schedules.commit(digest, by=by, note=note)


def _with_identities(digest: Digest, data: dict[str, Any], missing: set[str]) -> dict[str, Any]:
    """The snapshot with the slugs and feed ids that returning articles last had with readers. A
    revision from before their publication does not have them."""
    wanted = {a["uid"] for a in data["articles"] if a["uid"] in missing and not a.get("feed_id")}
    if not (wanted and digest.feed_id):
        return data
    found: dict[str, dict[str, str]] = {}
    saved = digest.revisions.filter(kind=revisions.Kind.SAVED).order_by("-number")
    for articles in saved.values_list("data__articles", flat=True).iterator(chunk_size=20):
        for article in articles:
            if article["uid"] in wanted - found.keys() and article.get("feed_id"):
                found[article["uid"]] = {name: article[name] for name in ("feed_id", "slug")}
        if len(found) == len(wanted):
            break
    return data | {"articles": [a | found.get(a["uid"], {}) for a in data["articles"]]}


def _relink_corrections(
    digest: Digest, corrections: list[dict[str, Any]], returned: set[str]
) -> None:
    """Link corrections to the articles that returned. A correction loses its article when the
    article is deleted."""
    articles = {str(a.uid): a for a in digest.articles.filter(uid__in=returned)}
    for correction in corrections:
        if correction["article"] in articles:
            digest.corrections.filter(
                article=None,
                text=correction["text"],
                corrected_at=dt.datetime.fromisoformat(correction["corrected_at"]),
            ).update(article=articles[correction["article"]])
