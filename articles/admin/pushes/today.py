"""What programs handed in for a day, as the desk's first page tells it."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from articles.admin.pushes.push import LARGE, badges
from articles.models import Push, Suggestion
from articles.rules import times

MAX_LOOKED_AT = 50
WAITING = Q(suggestions__status=Suggestion.Status.WAITING)


def rows(date) -> list[dict]:
    """The newest push of each program for a day, newest first; `waiting` counts the suggestions of
    all its pushes that wait."""
    pushes = Push.objects.filter(date=date).select_related("program").defer(*LARGE, "findings")
    counted = pushes.annotate(waiting=Count("suggestions", filter=WAITING))
    found = {}
    for push in counted.order_by("-received_at", "-pk")[:MAX_LOOKED_AT]:
        row = found.setdefault(push.program_id, _row(push))
        row["waiting"] += push.waiting
    return list(found.values())


def _row(push):
    return {
        "program": push.program.name,
        "hour": times.shown_hour(push.received_at, timezone.get_current_timezone()),
        "badges": badges(push),
        "waiting": 0,
        "url": reverse("admin:articles_push_change", args=[push.pk]),
    }
