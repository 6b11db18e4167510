"""Signing articles: a person says that an article agrees with its citations.

A signature names a person, a time and the text for which it was given. It lapses by itself when
that text changes, and counts again when the text comes back.
"""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from articles.changes import audit, site_version
from articles.digests import revisions
from articles.digests.permissions import require
from articles.models import Digest, Signature, signatures_of, text_hash

PERMISSION = "articles.change_digest"


def hashes(data: dict[str, Any]) -> dict[str, str]:
    """The hash of each article's text in a snapshot, by uid."""
    return {article["uid"]: text_hash(article) for article in data["articles"]}


def of_digest(data: dict[str, Any]) -> dict[str, list[Signature]]:
    """The signatures that count for the articles of a snapshot, by uid."""
    return signatures_of(hashes(data))


def sign(digest: Digest, uids: Collection[str], *, by: User) -> list[str]:
    """Sign articles of a locked digest as they are stored, and return the uids of those that the
    user had not signed. Call it in a transaction. Raises PermissionDenied."""
    require(by, PERMISSION)
    present = hashes(revisions.snapshot(digest)) if uids else {}
    signed = []
    for uid in uids:
        if uid in present and _sign(uid, present[uid], by):
            signed.append(uid)
    if signed:
        audit.record("signed", by=by, digest=digest, detail={"articles": signed})
        _show(digest)
    return signed


def take_back(digest: Digest, uid: str, *, by: User) -> bool:
    """Take back the user's signature under the present text of an article of a locked digest;
    whether there was one. Call it in a transaction. Raises PermissionDenied."""
    require(by, PERMISSION)
    present = hashes(revisions.snapshot(digest)).get(uid)
    rows = Signature.objects.filter(article_uid=uid, user=by, text_hash=present)
    if present is None or not rows.delete()[0]:
        return False
    audit.record("signature-taken-back", by=by, digest=digest, detail={"articles": [uid]})
    _show(digest)
    return True


def _sign(uid: str, hashed: str, by: User) -> bool:
    values = {"name": audit.name_of(by), "signed_at": timezone.now()}
    _row, is_new = Signature.objects.get_or_create(
        article_uid=uid, user=by, text_hash=hashed, defaults=values
    )
    return is_new


def _show(digest: Digest) -> None:
    """Readers see who signed, so a signature under a public digest changes its page."""
    if digest.is_public:
        Digest.objects.filter(pk=digest.pk).update(version=F("version") + 1)
        digest.refresh_from_db(fields=["version"])
        site_version.move(digest)
