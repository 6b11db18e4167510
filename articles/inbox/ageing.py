"""What time does to candidates: parked ones come back, unused ones expire and are forgotten."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from articles.models import Article, Candidate, OriginDay

EXPIRES_AFTER = dt.timedelta(days=14)
# A page that comes again within this time is known, so that a feed does not bring it back.
KEPT_FOR = dt.timedelta(days=90)
COUNTS_KEPT_FOR = dt.timedelta(days=400)
AT_ONCE = 2_000
State = Candidate.State


def wake() -> int:
    """Bring back the parked candidates whose day has come, before all others of that day. Returns
    their number."""
    due = Candidate.objects.filter(state=State.PARKED, parked_until__lte=timezone.localdate())
    return due.update(state=State.NEW, listed_on=F("parked_until"), parked_until=None, turn=0)


def expire() -> int:
    """Let candidates expire that are new for a fortnight; returns their number. Their excerpts
    go."""
    first = timezone.localdate() - EXPIRES_AFTER
    old = Candidate.objects.filter(state=State.NEW, listed_on__lte=first)
    return old.update(state=State.EXPIRED, excerpt="")


@transaction.atomic
def forget() -> int:
    """Delete the candidates that came or were decided about three months ago and of which there is
    no article, at most AT_ONCE. Returns their number."""
    moment = timezone.now() - KEPT_FOR
    old = Candidate.objects.filter(state__in=[State.EXPIRED, State.REJECTED, State.CHOSEN])
    old = old.filter(came_at__lte=moment).exclude(decided_at__gt=moment)
    old = old.exclude(Exists(Article.objects.filter(uid=OuterRef("article_uid"))))
    keys = list(old.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    Candidate.objects.filter(pk__in=keys).delete()
    OriginDay.objects.filter(day__lt=timezone.localdate() - COUNTS_KEPT_FOR).delete()
    return len(keys)
