"""Who has which digest open. Nothing is locked, and an entry expires without a new signal."""

import datetime as dt
import uuid

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles.models import Digest, Presence

FADES_AFTER = dt.timedelta(seconds=45)


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
