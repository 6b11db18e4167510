"""Wrong passwords and codes, which django-axes counts in the database."""

from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone


def forget() -> int:
    """Delete the attempts that count no more; returns how many rows there were. A login does so
    too, but nobody may log in for long."""
    expired = timezone.now() - settings.AXES_COOLOFF_TIME
    count, _by_model = AccessAttempt.objects.filter(attempt_time__lte=expired).delete()
    return count
