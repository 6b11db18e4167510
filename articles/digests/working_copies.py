"""The unsaved text of open forms. It is stored apart from the digests, so neither readers nor the
history see it.

A form has a key from the moment when it is opened. Only its newest state is stored. When the form
is saved its key is closed; this is how a second submission is recognised.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles.digests import editing, posted
from articles.digests.diffing import ARTICLE_FIELDS, DIGEST_FIELDS
from articles.document import ANCHORS
from articles.models import Digest, WorkingCopy
from articles.rules import lines

MAX_OPEN = 200  # per user
MAX_CHARACTERS = 2_000_000
KEPT_FOR = dt.timedelta(days=30)
RECENT = 20

# The names and values that a form posted, in order.
Fields = Sequence[Sequence[str]]


class TooLarge(Exception):
    """The text is larger than a working copy allows."""


class Superseded(Exception):
    """The key is closed, belongs to another user, or has a newer state. Use a new key."""


@transaction.atomic
def store(
    user: User,
    key: uuid.UUID,
    *,
    digest: Digest | None = None,
    version: int | None = None,
    fields: Fields,
    sequence: int,
) -> WorkingCopy:
    """Store the state of an open form. Storing the same state twice has no further effect.

    Raises TooLarge or Superseded, and then stores nothing.
    """
    if sum(len(name) + len(value) for name, value in fields) > MAX_CHARACTERS:
        raise TooLarge
    if digest is not None:
        digest = _locked_digest(digest)  # first, in the same order as a save, to avoid deadlocks
    copy, is_new = _locked(user, key)
    if copy.user_id != user.pk or copy.is_closed or sequence < copy.sequence:
        raise Superseded
    if not is_new and sequence == copy.sequence:
        if copy.fields == fields:
            return copy
        raise Superseded
    copy.digest, copy.version = digest, version
    copy.fields, copy.sequence = fields, sequence
    copy.save()
    if is_new:
        purge()
        _forget_oldest(user)
    return copy


def claim(user: User, key: uuid.UUID) -> WorkingCopy | None:
    """The form's copy, created if needed and locked until the transaction ends.

    If a form is submitted twice, the second request waits here for the first. None if the key
    belongs to another user.
    """
    copy, _is_new = _locked(user, key)
    return copy if copy.user_id == user.pk else None


def close(user: User, key: uuid.UUID, digest: Digest) -> None:
    """Record which digest the form became, in the transaction of the save."""
    copy = claim(user, key)
    if copy is not None:
        copy.digest, copy.version = digest, digest.version
        copy.fields, copy.is_closed = [], True
        copy.save()


def open_copies(user: User) -> QuerySet[WorkingCopy]:
    return WorkingCopy.objects.filter(user=user, is_closed=False).exclude(fields=[])


def offer(user: User, digest: Digest | None = None) -> WorkingCopy | None:
    """The user's newest open copy for a digest, or for a new digest."""
    return open_copies(user).filter(digest=digest).order_by("-saved_at", "-pk").first()


def discard(user: User, key: uuid.UUID) -> None:
    WorkingCopy.objects.filter(user=user, key=key, is_closed=False).delete()


def recently_closed(user: User) -> list[str]:
    """The keys of the forms that the user saved last."""
    closed = WorkingCopy.objects.filter(user=user, is_closed=True).order_by("-saved_at")
    return [str(key) for key in closed.values_list("key", flat=True)[:RECENT]]


def purge() -> None:
    """Delete old copies."""
    WorkingCopy.objects.filter(saved_at__lt=timezone.now() - KEPT_FOR).delete()


def typed(fields: Fields, base: dict[str, Any]) -> dict[str, Any]:
    """The fields as a snapshot. Fields that were not on the form come from `base`. New articles
    with nothing but remarks for the desk are left out."""
    data, _prefixes = posted.snapshot(fields, base)
    known = {article["uid"] for article in base.get("articles", [])}
    articles = [
        article
        for article, texts in zip(data["articles"], texts_of(data)["articles"], strict=True)
        if article["uid"] in known or any(texts[name] for name in ARTICLE_FIELDS)
    ]
    return data | {"articles": articles}


def remarks(fields: Fields) -> list[dict[str, Any]]:
    """The articles of a form with input that is only for the desk.

    Each has its `headline`, the typed `comment`, and `is_changed`: whether the assignee, the ready
    mark or a comment's tick changed.
    """
    found = []
    for row in posted.rows(fields):
        values = row.values
        is_changed = (
            values.get("assignee", "") != values.get("assignee_was", "")
            or row.is_ticked("is_ready") != row.is_ticked("is_ready_was")
            or any(name.startswith("done_") for name in values)
        )
        comment = _plain(values.get("comment", ""))
        if not row.is_deleted and (comment or is_changed):
            headline = _plain(values.get("headline", ""))
            found.append({"headline": headline, "comment": comment, "is_changed": is_changed})
    return found


def texts_of(snapshot: dict[str, Any]) -> dict[str, Any]:
    """A snapshot with its texts as the form shows them."""
    return {
        **{name: _plain(snapshot.get(name) or "") for name in DIGEST_FIELDS},
        "articles": [
            {
                "uid": article["uid"],
                **{name: _plain(_form_text(name, article.get(name))) for name in ARTICLE_FIELDS},
            }
            for article in snapshot.get("articles", [])
        ],
    }


def _locked(user: User, key: uuid.UUID) -> tuple[WorkingCopy, bool]:
    copy, is_new = WorkingCopy.objects.get_or_create(key=key, defaults={"user": user})
    return WorkingCopy.objects.select_for_update().get(pk=copy.pk), is_new


def _locked_digest(digest: Digest) -> Digest | None:
    try:
        return editing.lock(digest)
    except Digest.DoesNotExist:
        return None


def _forget_oldest(user: User) -> None:
    surplus = open_copies(user).order_by("-saved_at", "-pk").values_list("pk", flat=True)[MAX_OPEN:]
    WorkingCopy.objects.filter(pk__in=list(surplus)).delete()


def _form_text(name: str, value: Any) -> str:
    if name == "points":
        return lines.format_points(value or [])
    if name == "citations":
        return lines.format_citations([lines.citation_from(each) for each in value or []])
    if name == "tags":
        return ", ".join(value or [])
    if name == "other":
        ordered = sorted(value or [], key=lambda other: ANCHORS.index(other["after"]))
        return "\n\n".join(_plain(other["text"]) for other in ordered)
    return value or ""


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
