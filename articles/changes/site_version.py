"""The site version: one value that changes whenever readers would see something different.

Pages and feeds derive their validators from it; caches derive their keys from it. It has two parts.
The number increases in the transaction of every public change. The moment also moves when a digest
comes out by its schedule and no row changes. Both only increase.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import DateTimeField, F, Max, Value
from django.db.models.functions import Greatest, Now

from articles.changes import hubs, months
from articles.changes.change_signal import ChangeSignal
from articles.changes.showing import Showing
from articles.models import Digest, SiteVersion

# Makes every process of this machine read the version at its next request.
signal = ChangeSignal(settings.SITE_VERSION_SIGNAL)
_SHOWN = Digest.Status.PUBLISHED, Digest.Status.SCHEDULED
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Version:
    """`moment` is aware, in UTC, by the database's clock; None before the first change.
    `of_digests` is how many of the `number` changes were changes of one digest."""

    number: int
    moment: dt.datetime | None
    of_digests: int = 0

    @property
    def of_no_digest(self) -> int:
        """How many changes were not of one digest; see `changes_of_no_digest`."""
        return self.number - self.of_digests

    def __lt__(self, other: "Version") -> bool:
        return self._order() < other._order()

    def _order(self):
        return self.number, self.moment or _NEVER

    def __str__(self):
        return f"{self.number}-{self.moment:%Y%m%dT%H%M%S.%f}" if self.moment else "0"


def current() -> Version:
    """The current version of the site, in one query."""
    sql, parameters = _current_on(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    if row is None:
        return Version(0, None)
    number, of_digests, *moments = row
    moment = max(_moment(moment) for moment in moments if moment)
    return Version(number, moment, of_digests)


show = Showing(signal, lambda: str(current())).show


@cache
def _current_on(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The query of an engine. Every page that is not stored asks it, and Django takes longer to
    write it than the database to answer."""
    came_out = Digest.objects.due().order_by().values("status").annotate(at=Max("publish_at"))
    versions = SiteVersion.objects.annotate(came_out=came_out.values("at")).order_by("pk")
    columns = versions.values_list("number", "of_digests", "changed_at", "came_out")
    sql, parameters = columns[:1].query.sql_with_params()
    return sql, tuple(parameters)


def _moment(value: dt.datetime | str) -> dt.datetime:
    """A moment as a database gives it. SQLite leaves out the zone, which is UTC."""
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def changes_of_no_digest() -> int:
    """The number of changes that were not changes of one digest, such as a publisher's name, which
    several digests may show. (It also counts changes by older software that does not record the
    digest.)"""
    return next(iter(_others().all()), 0)


# Not the row of `current()`, which is another one after every change: pages are kept while the rows
# that they read stay the same.
@cache
def _others() -> models.QuerySet:
    return SiteVersion.objects.values_list(F("number") - F("of_digests"), flat=True)[:1]


def move(digest: Digest | None = None) -> None:
    """Record that readers see something different after this transaction.

    `digest` is the changed digest, whose row is saved and whose version has increased. None is for
    all other changes, which leave the days and times of all digests as they were.
    """
    is_withdrawn = digest is not None and digest.status not in _SHOWN
    transaction.on_commit(partial(show, at_once=is_withdrawn), robust=True)
    changed = {"number": F("number") + 1, "changed_at": Greatest("changed_at", Now())}
    if digest is not None:
        changed["of_digests"] = F("of_digests") + 1
    rows = SiteVersion.objects.filter(pk=SiteVersion.ONLY)
    if rows.filter(months_at=F("number")).update(months_at=F("number") + 1, **changed):
        if digest is not None:
            months.count_of(digest)
    else:
        if not rows.update(**changed):
            rows.get_or_create(pk=SiteVersion.ONLY, defaults={"changed_at": Now()})
        months.count_all()
    hubs.note(digest)


def move_with(digest: Digest) -> None:
    """Call `move` for a digest that was just saved, if it is public."""
    if digest.status == Digest.Status.PUBLISHED or digest.is_public:
        move(digest)


def keep_at_least(moment: dt.datetime, digest: Digest) -> None:
    """Record a scheduled time once its row, which is saved, no longer implies it.

    The digest came out at that moment, so the version stays the same. Hubs have not heard of it
    yet, so they are told now.
    """
    rows = SiteVersion.objects.filter(pk=SiteVersion.ONLY)
    rows.update(changed_at=Greatest("changed_at", Value(moment, DateTimeField())))
    months.count_of(digest)
    hubs.note(digest)
