"""When `run_due` last ran, and how old the last verified backup is.

The rows are in the database, since any node may do the work and every node has to know. Readers see
nothing of them, so the site version stays what it is. The database's clock decides.
"""

import datetime as dt

from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from articles.models import Heartbeat

RUN_DUE = "run_due"
BACKUP = "backup"
# However many nodes there are, and however often they take their turns.
WRITTEN_EVERY = dt.timedelta(minutes=1)


def beat(name: str) -> None:
    """Say that something happens now. Writes about once a minute, whoever calls it how often."""
    rows = Heartbeat.objects.filter(pk=name)
    # A moment in the future comes from a clock that was wrong, and is replaced.
    if rows.filter(at__range=(Now() - WRITTEN_EVERY, Now())).exists():
        return
    if not rows.update(at=Now()):
        Heartbeat.objects.get_or_create(pk=name, defaults={"at": Now()})


def note(name: str, at: dt.datetime) -> None:
    """Say that something happened at that moment."""
    Heartbeat.objects.update_or_create(pk=name, defaults={"at": at})


def last() -> dict[str, dt.datetime]:
    """When each kind of work last happened; those that never did are missing."""
    return dict(Heartbeat.objects.values_list("name", "at"))


def age(name: str) -> dt.timedelta | None:
    """How long ago something last happened; None if it never did."""
    since = ExpressionWrapper(Now() - F("at"), output_field=DurationField())
    return Heartbeat.objects.filter(pk=name).values_list(since, flat=True).first()
