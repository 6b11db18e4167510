"""Who has which digest open. Nothing is locked, and an entry expires without a new signal."""

import datetime as dt
import uuid

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles.models import Digest, Presence, WorkingCopy

FADES_AFTER = dt.timedelta(seconds=45)
# An open form stores what is typed after a few seconds. Its owner may be without a connection.
WRITES_UNTIL = dt.timedelta(minutes=15)


def note(digest: Digest, user: User, article_uid: uuid.UUID | None = None) -> None:
    """Record that the user is at this article now. `since` restarts when the user changes the
    article or returns."""
    now = timezone.now()
    mine = Presence.objects.filter(digest=digest, user=user)
    here = mine.filter(article_uid=article_uid, seen_at__gte=now - FADES_AFTER)
    if here.update(seen_at=now) or mine.update(article_uid=article_uid, since=now, seen_at=now):
        return
    Presence.objects.filter(seen_at__lt=now - FADES_AFTER).delete()
    try:
        with transaction.atomic():
            Presence.objects.create(
                digest=digest, user=user, article_uid=article_uid, since=now, seen_at=now
            )
    except IntegrityError:
        pass  # two windows of one user at the same time, or a digest that was just deleted


def others(digest: Digest, user: User) -> QuerySet[Presence]:
    """The other users with a recent signal, in the order of arrival."""
    heard = Presence.objects.filter(digest=digest, seen_at__gte=timezone.now() - FADES_AFTER)
    return heard.exclude(user=user).select_related("user").order_by("since", "pk")


def is_open(digest: Digest) -> bool:
    """Whether anybody has the digest open, or typed into a form of it in the last minutes that is
    not saved yet."""
    now = timezone.now()
    if Presence.objects.filter(digest=digest, seen_at__gte=now - FADES_AFTER).exists():
        return True
    typed = WorkingCopy.objects.filter(digest=digest, is_closed=False)
    return typed.filter(saved_at__gte=now - WRITES_UNTIL).exists()
