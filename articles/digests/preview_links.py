"""Preview links: addresses that show a digest before publication to a person without an account."""

import datetime as dt
import hashlib
import secrets

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.digests import editing
from articles.digests.permissions import require
from articles.models import Digest, PreviewLink

TOKEN_BYTES = 32
DAYS = (1, 3, 7, 14)
DEFAULT_DAYS = 3
PERMISSION = "articles.change_digest"


class NotAllowed(Exception):
    """The digest cannot have preview links. The message is a sentence for the editor."""


def why_not(digest: Digest, is_public: bool | None = None) -> str | None:
    """Why this digest cannot have preview links, as a sentence; None if it can. `is_public` says
    whether readers have it, where the caller has asked."""
    if digest.is_public if is_public is None else is_public:
        return _("Readers have this digest already. Give its own address.")
    if digest.status == Digest.Status.WITHDRAWN:
        return _("A withdrawn digest has no preview. Hand it in for review first.")
    return None


@transaction.atomic
def make(
    digest: Digest, *, by: User | None = None, days: int = DEFAULT_DAYS, recipient: str = ""
) -> tuple[PreviewLink, str]:
    """A new link and its token. The token is not stored and cannot be shown again.

    `days` is the lifetime, one of DAYS. The digest is locked first: a simultaneous withdrawal
    either ends this link or prevents it. Raises PermissionDenied, NotAllowed, ValueError, or
    Digest.DoesNotExist if the digest was deleted.
    """
    require(by, PERMISSION)
    if days not in DAYS:
        raise ValueError(days)
    digest = editing.lock(digest)
    if refusal := why_not(digest):
        raise NotAllowed(refusal)
    token, now = secrets.token_urlsafe(TOKEN_BYTES), timezone.now()
    link = PreviewLink.objects.create(
        digest=digest,
        token_hash=_hash(token),
        recipient=recipient,
        author=by,
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    detail = {"link": link.pk, "expires_at": link.expires_at.isoformat()}
    audit.record("preview-link-made", by=by, digest=digest, note=recipient, detail=detail)
    return link, token


def find(token: str) -> PreviewLink | None:
    """The link with that token if it is valid now, else None."""
    links = PreviewLink.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    return links.filter(token_hash=_hash(token)).first()


def count_view(link: PreviewLink) -> None:
    PreviewLink.objects.filter(pk=link.pk).update(
        views=F("views") + 1, last_viewed_at=timezone.now()
    )


@transaction.atomic
def revoke(link: PreviewLink, *, by: User | None = None) -> None:
    """End a link now. A link that has already ended is unchanged. Raises PermissionDenied."""
    require(by, PERMISSION)
    if _end(PreviewLink.objects.filter(pk=link.pk)):
        detail = {"link": link.pk}
        audit.record("preview-link-revoked", by=by, digest=link.digest, detail=detail)


def revoke_all(digest: Digest) -> None:
    """End all links of a digest. The calling step writes the audit row."""
    _end(digest.preview_links.all())


def _end(links: QuerySet[PreviewLink]) -> int:
    return links.filter(revoked_at=None).update(revoked_at=timezone.now())


def _hash(token: str) -> str:
    """The SHA-256 of a token. A plain hash is enough: a token has 256 random bits, too many to
    guess."""
    return hashlib.sha256(token.encode()).hexdigest()
