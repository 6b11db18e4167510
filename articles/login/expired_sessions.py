"""Sessions that have ended by themselves. Django ignores them, and leaves their rows."""

from django.contrib.sessions.models import Session
from django.utils import timezone

AT_ONCE = 5000


def forget() -> int:
    """Delete at most `AT_ONCE` of them, the oldest first; returns how many."""
    expired = Session.objects.filter(expire_date__lt=timezone.now()).order_by("expire_date")
    count, _by_model = Session.objects.filter(pk__in=expired.values("pk")[:AT_ONCE]).delete()
    return count
