"""Wrong passwords and codes, which django-axes counts in the database."""

from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone


def forget() -> int:
    """Delete the attempts that no longer count. Returns the number of rows. A login deletes them
    too, but there may be no login for a long time."""
    expired = timezone.now() - settings.AXES_COOLOFF_TIME
    count, _by_model = AccessAttempt.objects.filter(attempt_time__lte=expired).delete()
    return count
