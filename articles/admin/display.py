"""How the desk shows times and states."""

from django.utils import timezone
from django.utils.html import format_html

from articles.models import Digest
from articles.rules import times

Status = Digest.Status


def zoned(moment):
    """The moment in the site's time zone, with the name of the zone."""
    return times.shown(moment, timezone.get_current_timezone())


def status_badge(digest):
    """The status as it is for readers: a schedule whose hour has come counts as published."""
    status = Status(digest.status)
    if status == Status.SCHEDULED and digest.publish_at <= timezone.now():
        status = Status.PUBLISHED
    return format_html('<span class="status status-{}">{}</span>', status.value, status.label)
