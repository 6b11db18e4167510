"""The one value that changes whenever readers would see something else than before.

Pages and feeds take their validators from it, caches their keys. It has two parts: a number that
is counted up in the transaction of every public change, and a moment, which also moves when a
digest comes out by its schedule and no row changes. Both only ever go forward.
"""

import datetime as dt
import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F, Max, Value
from django.db.models.functions import Greatest, Now

from articles.changes import hubs
from articles.changes.change_signal import ChangeSignal
from articles.changes.current_link import CurrentLink
from articles.models import Digest, SiteVersion

logger = logging.getLogger(__name__)

# Has every process of this machine ask for the version with its next request.
signal = ChangeSignal(settings.SITE_VERSION_SIGNAL)
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Version:
    """`moment` is aware, in UTC, by the database's clock; None before the first change."""

    number: int
    moment: dt.datetime | None

    def __lt__(self, other: "Version") -> bool:
        return self._order() < other._order()

    def _order(self):
        return self.number, self.moment or _NEVER

    def __str__(self):
        return f"{self.number}-{self.moment:%Y%m%dT%H%M%S.%f}" if self.moment else "0"


def current() -> Version:
    """The site's version now, in one query."""
    came_out = Digest.objects.due().order_by().values("status").annotate(at=Max("publish_at"))
    row = (
        SiteVersion.objects.annotate(came_out=came_out.values("at"))
        .values_list("number", "changed_at", "came_out")
        .first()
    )
    if row is None:
        return Version(0, None)
    number, changed_at, came_out = row
    return Version(number, max(changed_at, came_out or changed_at).astimezone(dt.UTC))


def changes_of_no_digest() -> int:
    """How many of the changes so far were of what several digests may show, such as a publisher's
    name. (Also those by software that does not yet say which digest it changes.)"""
    others = SiteVersion.objects.values_list(F("number") - F("of_digests"), flat=True)
    return others.first() or 0


def move(digest: Digest | None = None) -> None:
    """Say that readers see something else from the end of this transaction on.

    `digest` is what was changed, and has another version since; None if it was more than one.
    """
    transaction.on_commit(_tell, robust=True)
    changed = {"number": F("number") + 1, "changed_at": Greatest("changed_at", Now())}
    if digest is not None:
        changed["of_digests"] = F("of_digests") + 1
    if not SiteVersion.objects.filter(pk=SiteVersion.ONLY).update(**changed):
        SiteVersion.objects.get_or_create(pk=SiteVersion.ONLY, defaults={"changed_at": Now()})
    hubs.note(digest)


def move_with(digest: Digest) -> None:
    """The same, if readers have the digest, which was just saved."""
    if digest.status == Digest.Status.PUBLISHED or digest.is_public:
        move(digest)


def _tell():
    """Tell the processes of this machine, and the web server, if it sends pages as files: what was
    withdrawn is no longer there. The change is made by now, so a disk that refuses stops nothing:
    the processes that are told take the files away as soon as they can."""
    try:
        if settings.PAGES_DIR:
            CurrentLink(settings.PAGES_DIR).take_away()
    except OSError as error:
        logger.error(
            "Something was changed for readers, and a web server may still send the finished pages "
            "from before: the link to them in PAGES_DIR cannot be removed (%s). The site goes on "
            "trying while it runs. If it cannot, remove %s.",
            error,
            settings.PAGES_DIR / "current",
        )
    finally:
        signal.change()


def keep_at_least(moment: dt.datetime, digest: Digest) -> None:
    """Note the moment at which a digest came out by its schedule, which is noted elsewhere no
    more: the version stays what it was. Hubs, which it moved past, are told now."""
    rows = SiteVersion.objects.filter(pk=SiteVersion.ONLY)
    rows.update(changed_at=Greatest("changed_at", Value(moment, DateTimeField())))
    hubs.note(digest)
