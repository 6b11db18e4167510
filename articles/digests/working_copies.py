"""What is typed in open forms, kept apart from the digests: neither readers nor the history see it.

A form is known by the key made when it was opened. Of its states only the newest is kept, and
once the form is saved its key is closed, which is how a form sent twice is recognized.
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

MAX_OPEN = 200  # a user
MAX_CHARACTERS = 2_000_000
KEPT_FOR = dt.timedelta(days=30)
RECENT = 20

# What a form has posted: names and values, in order.
Fields = Sequence[Sequence[str]]


class TooLarge(Exception):
    """More text than a working copy holds."""


class Superseded(Exception):
    """The key is closed, another user's, or has a newer state already: use a new key."""


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
    """Keep the state of an open form; the same one twice is kept once.

    Raises TooLarge or Superseded, and then keeps nothing.
    """
    if sum(len(name) + len(value) for name, value in fields) > MAX_CHARACTERS:
        raise TooLarge
    if digest is not None:
        digest = _locked_digest(digest)  # first, as in a save, so that they never deadlock
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
    """The form's copy, made if need be and locked until the transaction ends.

    Of two sends of one form the second waits here for the first. None for another user's key.
    """
    copy, _is_new = _locked(user, key)
    return copy if copy.user_id == user.pk else None


def close(user: User, key: uuid.UUID, digest: Digest) -> None:
    """Note, in the transaction of a save, which digest the form became."""
    copy = claim(user, key)
    if copy is not None:
        copy.digest, copy.version = digest, digest.version
        copy.fields, copy.is_closed = [], True
        copy.save()


def open_copies(user: User) -> QuerySet[WorkingCopy]:
    return WorkingCopy.objects.filter(user=user, is_closed=False).exclude(fields=[])


def offer(user: User, digest: Digest | None = None) -> WorkingCopy | None:
    """The newest open copy of a user for a digest, or for a new one."""
    return open_copies(user).filter(digest=digest).order_by("-saved_at", "-pk").first()


def discard(user: User, key: uuid.UUID) -> None:
    WorkingCopy.objects.filter(user=user, key=key, is_closed=False).delete()


def recently_closed(user: User) -> list[str]:
    """Keys of the forms that a user saved last."""
    closed = WorkingCopy.objects.filter(user=user, is_closed=True).order_by("-saved_at")
    return [str(key) for key in closed.values_list("key", flat=True)[:RECENT]]


def purge() -> None:
    """Forget what nobody came back for."""
    WorkingCopy.objects.filter(saved_at__lt=timezone.now() - KEPT_FOR).delete()


def typed(fields: Fields, base: dict[str, Any]) -> dict[str, Any]:
    """The fields as a snapshot, with what was not on the form as in `base`, and without new
    articles in which nothing was typed but remarks."""
    data, _prefixes = posted.snapshot(fields, base)
    known = {article["uid"] for article in base.get("articles", [])}
    articles = [
        article
        for article, texts in zip(data["articles"], texts_of(data)["articles"], strict=True)
        if article["uid"] in known or any(texts[name] for name in ARTICLE_FIELDS)
    ]
    return data | {"articles": articles}


def remarks(fields: Fields) -> list[dict[str, Any]]:
    """The articles of a form on which something was typed or ticked for the desk alone.

    Each has its `headline`, the `comment` that was typed, and whether the assignee, the ready
    mark or a comment's tick `is_changed`.
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
    """A snapshot with the texts that the form shows for it."""
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
