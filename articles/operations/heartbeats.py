"""When `run_due` last ran, and the age of the last verified backup.

The rows are in the database because any node may do the work and every node must know. Readers do
not see them, so the site version stays the same. The database's clock decides.
"""

import datetime as dt

from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from articles.models import Heartbeat

RUN_DUE = "run_due"
BACKUP = "backup"
# However many nodes run, and however often.
WRITTEN_EVERY = dt.timedelta(minutes=1)


def beat(name: str) -> None:
    """Record that something happens now. Writes at most about once a minute, however often it is
    called."""
    rows = Heartbeat.objects.filter(pk=name)
    # A moment in the future comes from a wrong clock and is replaced.
    if rows.filter(at__range=(Now() - WRITTEN_EVERY, Now())).exists():
        return
    if not rows.update(at=Now()):
        Heartbeat.objects.get_or_create(pk=name, defaults={"at": Now()})


def note(name: str, at: dt.datetime) -> None:
    """Record that something happened at that moment."""
    Heartbeat.objects.update_or_create(pk=name, defaults={"at": at})


def last() -> dict[str, dt.datetime]:
    """When each kind of work last happened. Work that never happened is missing."""
    return dict(Heartbeat.objects.values_list("name", "at"))


def age(name: str) -> dt.timedelta | None:
    """The time since something last happened; None if it never did."""
    since = ExpressionWrapper(Now() - F("at"), output_field=DurationField())
    return Heartbeat.objects.filter(pk=name).values_list(since, flat=True).first()
