"""How the desk shows times, states and authors."""

from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import time_format
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.models import Digest
from articles.rules import times

Status = Digest.Status


def zoned(moment):
    """The moment in the site's time zone, with the name of the zone."""
    return times.shown(moment, timezone.get_current_timezone())


def clock(moment):
    """The hour in the site's time zone, with the name of the zone."""
    return time_format(timezone.localtime(moment), "H:i T")


def author_of(revision):
    """The name of the user or of the program that wrote a revision; empty if neither did, as with a
    command, or if the account is gone."""
    if revision.author:
        return audit.name_of(revision.author)
    return _("program %(name)s") % {"name": revision.program} if revision.program else ""


def status_badge(digest):
    """The status as it is for readers: a schedule whose hour has come counts as published."""
    status = Status(digest.status)
    if status == Status.SCHEDULED and digest.publish_at <= timezone.now():
        status = Status.PUBLISHED
    return _badge(status, get_language())


@lru_cache(maxsize=16)  # a list has fifty of them
def _badge(status, _language):
    return format_html('<span class="status status-{}">{}</span>', status.value, status.label)
