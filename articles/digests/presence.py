"""Who has which digest open. Nothing is locked, and whoever is not heard of fades away."""

import datetime as dt
import uuid

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles.models import Digest, Presence

FADES_AFTER = dt.timedelta(seconds=45)


def note(digest: Digest, user: User, article_uid: uuid.UUID | None = None) -> None:
    """The user is at this article now; `since` starts anew with each article and each return."""
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
        pass  # two windows of the same user at once, or the digest was deleted just now


def others(digest: Digest, user: User) -> QuerySet[Presence]:
    """Everybody else who was heard of lately, first come first."""
    heard = Presence.objects.filter(digest=digest, seen_at__gte=timezone.now() - FADES_AFTER)
    return heard.exclude(user=user).select_related("user").order_by("since", "pk")
