"""Bearer tokens of programs: making, finding, ending them.

A token is shown once. Only its SHA-256 is stored: a token has 256 random bits, too many to guess.
It lets a program hand in digests (`push`) or read drafts (`read`), and never anything else.
"""

import datetime as dt
import hashlib
import re
import secrets

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.api import patience
from articles.changes import audit
from articles.digests.permissions import require
from articles.models import ApiToken, Program

# Recognisable, for those who look for secrets in code; `serving.logs` removes it from logs.
PREFIX = "newsroom_"
TOKEN_BYTES = 32
BEGINNING = len(PREFIX) + 5
MOST_DAYS = 3660
USE_NOTED_EVERY = dt.timedelta(hours=1)

PUSH, READ = SCOPES = ("push", "read")
# What the owner of a token must be allowed at the desk; one of them is enough.
NEEDED = {
    PUSH: ("articles.change_digest",),
    READ: ("articles.view_digest", "articles.change_digest"),
}

_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


class NotAllowed(Exception):
    """There can be no such token. The message is a sentence that says what to do."""


@transaction.atomic
def make(
    program: Program,
    *,
    owner: User | None,
    may_push: bool,
    may_read: bool,
    days: int | None = None,
    by: User | None = None,
) -> tuple[ApiToken, str]:
    """A new token of a program: its row, and the token itself, which cannot be shown again.

    It ends after `days`, or never, and with the account of its owner. A token without an owner
    is the operator's. `by` is who makes it, None for a command. Raises PermissionDenied and
    NotAllowed.
    """
    require(by, "articles.add_apitoken")
    if refusal := why_not(owner, may_push=may_push, may_read=may_read, days=days):
        raise NotAllowed(refusal)
    plain, now = PREFIX + secrets.token_urlsafe(TOKEN_BYTES), timezone.now()
    token = ApiToken.objects.create(
        program=program,
        owner=owner,
        beginning=plain[:BEGINNING],
        token_hash=_hash(plain),
        may_push=may_push,
        may_read=may_read,
        created_at=now,
        expires_at=days and now + dt.timedelta(days=days),
    )
    expires_at = token.expires_at and token.expires_at.isoformat()
    detail = {"scopes": _granted(token), "expires_at": expires_at, "owner": owner and owner.pk}
    _record("api-token-made", token, by, **detail)
    return token, plain


def why_not(
    owner: User | None, *, may_push: bool, may_read: bool, days: int | None = None
) -> str | None:
    """Why there can be no such token, as a sentence; None if there can."""
    if not (may_push or may_read):
        return _("A token must be for something. Let it hand in digests, read drafts, or both.")
    if days is not None and not 0 < days <= MOST_DAYS:
        message = _("A token can last from 1 to %(most)d days.")
        return message % {"most": MOST_DAYS}
    wanted = [scope for scope, is_wanted in ((PUSH, may_push), (READ, may_read)) if is_wanted]
    if not all(_owner_may(owner, scope) for scope in wanted):
        message = _(
            "%(name)s may not do this at the desk, so the token would not work. Choose another "
            "owner, or ask an admin for the role."
        )
        return message % {"name": audit.name_of(owner)}
    return None


def of(request) -> ApiToken | None:
    """The token that a request shows in its header `Authorization: Bearer …` (RFC 6750, section
    2.1), with its program and owner; None if there is none that works now."""
    scheme, _blank, plain = request.headers.get("Authorization", "").partition(" ")
    plain = plain.strip()
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(plain):
        return None
    tokens = ApiToken.objects.select_related("program", "owner")
    token = tokens.filter(token_hash=_hash(plain)).first()
    return None if token is None or why_dead(token) else token


def why_dead(token: ApiToken) -> str | None:
    """Why a token does not work any more, in a few words; None if it does."""
    if token.revoked_at is not None:
        return _("revoked")
    if token.expires_at is not None and token.expires_at <= timezone.now():
        return _("expired")
    if not any(may(token, scope) for scope in SCOPES):
        return _("its owner has no right to this any more")
    return None


def may(token: ApiToken, scope: str) -> bool:
    """Whether a token that is neither revoked nor expired has that scope now."""
    return scope in _granted(token) and _owner_may(token.owner, scope)


def note_use(token: ApiToken) -> None:
    """Note that the token was used, at most once an hour and if the database accepts it now."""
    now = timezone.now()
    if not _is_due(token.last_used_at, now):
        return
    due = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    due |= Q(last_used_at__gt=now)
    tokens = ApiToken.objects.filter(due, pk=token.pk)
    with patience.short():
        tokens.update(last_used_at=now)


@transaction.atomic
def revoke(token: ApiToken, *, by: User | None = None) -> bool:
    """End a token now; returns whether it had not been revoked before. An owner may end the own
    tokens. `by` is None for a command. Raises PermissionDenied."""
    if by is None or by.pk != token.owner_id:
        require(by, "articles.change_apitoken")
    is_first = _unrevoked().filter(pk=token.pk).update(revoked_at=timezone.now()) > 0
    if is_first:
        _record("api-token-revoked", token, by)
    return is_first


def beginning_with(text: str) -> QuerySet[ApiToken]:
    """The tokens that are not revoked and that begin with the beginning of this text."""
    return _unrevoked().filter(beginning=text[:BEGINNING]).select_related("program")


def _unrevoked():
    return ApiToken.objects.filter(revoked_at=None)


def _granted(token):
    granted = {PUSH: token.may_push, READ: token.may_read}
    return [scope for scope in SCOPES if granted[scope]]


def _owner_may(owner, scope):
    """Whether the owner may do at the desk what the scope allows. The operator may do all."""
    if owner is None:
        return True
    return (
        owner.is_active and owner.is_staff and any(owner.has_perm(name) for name in NEEDED[scope])
    )


def _is_due(noted_at, now):
    """A moment in the future comes from a wrong clock and is replaced."""
    return noted_at is None or not now - USE_NOTED_EVERY < noted_at <= now


def _record(action, token, by, **detail):
    detail |= {"token": token.pk, "beginning": token.beginning}
    audit.record(action, by=by, target=audit.target_of(token.program), detail=detail)


def _hash(plain):
    return hashlib.sha256(plain.encode()).hexdigest()
