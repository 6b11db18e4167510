"""Expired sessions. Django ignores them, but it leaves their rows in the database."""

from django.contrib.sessions.models import Session
from django.utils import timezone

AT_ONCE = 5000


def forget() -> int:
    """Delete the oldest expired sessions, at most `AT_ONCE`. Returns how many were deleted."""
    expired = Session.objects.filter(expire_date__lt=timezone.now()).order_by("expire_date")
    count, _by_model = Session.objects.filter(pk__in=expired.values("pk")[:AT_ONCE]).delete()
    return count
