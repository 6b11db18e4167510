"""Changes of the live site since a backup, which explain differences between the two."""

import datetime as dt
import re
from dataclasses import dataclass, field
from itertools import pairwise

from django.conf import settings
from django.db.models import Max

from articles.backup.restoring import RESTORED
from articles.models import AuditEntry, Digest
from articles.pages import related

DAY = re.compile(r"/(\d{4})/(\d\d)/(\d\d)(?!\d)", re.ASCII)
ARTICLE = re.compile(r"/\d{4}/\d\d/\d\d/[^/.]+/$", re.ASCII)
ARTICLE_TWIN = re.compile(r"/\d{4}/\d\d/\d\d/[^/]+\.(md|json)$", re.ASCII)
DIGEST = ("pk", "date", "version", "status", "publish_at", "revised_at")


@dataclass(frozen=True)
class Standing:
    """A site at one moment: its digests with their versions, its last audit row, and its public
    days in order."""

    digests: dict[int, tuple]
    last_audit_row: int
    public_days: list[dt.date]


@dataclass(frozen=True)
class Changes:
    """`days` were written since the backup, or have a neighbour that was; `is_shared` says that
    something changed that many pages show, such as the name of a tag."""

    days: set[dt.date] = field(default_factory=set)
    has_audit_rows: bool = False
    is_shared: bool = False

    def explain(self, day: dt.date | None, reach: int = 0) -> bool:
        """Whether the page of a day may have changed. With `day` None it is a page about many days.
        `reach` is the number of days around its own that the page also depends on."""
        if self.is_shared:
            return True
        if day is None:
            return bool(self.days) or self.has_audit_rows
        return any(abs(day - other).days <= reach for other in self.days)


def standing() -> Standing:
    """The standing of the connected site."""
    return Standing(
        {row[0]: row[1:] for row in Digest.objects.values_list(*DIGEST)},
        AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0,
        list(Digest.objects.published().order_by("date").values_list("date", flat=True)),
    )


def since(backup: Standing) -> Changes:
    """What the connected site, the live one, changed since the standing of the backup."""
    live = standing()
    later = AuditEntry.objects.filter(pk__gt=backup.last_audit_row).exclude(action=RESTORED)
    days = {
        row[0]
        for pk in backup.digests.keys() | live.digests.keys()
        if backup.digests.get(pk) != live.digests.get(pk)
        for row in (backup.digests.get(pk), live.digests.get(pk))
        if row
    }
    beside = {
        one
        for public in (backup.public_days, live.public_days)
        for pair in pairwise(public)
        for one, other in (pair, pair[::-1])
        if other in days
    }
    return Changes(days | beside, later.exists(), later.filter(digest_id=None).exists())


def day_of(address: str) -> dt.date | None:
    """The day of an address (path and query); None if the page is about many days."""
    if not (found := DAY.match(address)):
        return None
    try:
        return dt.date(*(int(number) for number in found.groups()))
    except ValueError:
        return None


def is_part_of_another(address: str) -> bool:
    """Whether an address is the twin of an article's page. The twins of the day's page repeat it
    word for word and are compared, so it need not be."""
    return bool(ARTICLE_TWIN.match(address))


def reach_of(address: str) -> int:
    """The number of days around its own that a page depends on: an article's page lists related
    articles."""
    return related.DAYS_AROUND if ARTICLE.match(address) else 0


def day_of_item(item: str) -> dt.date | None:
    """The day of a feed's item, taken from the first address of this site in it."""
    days = (day_of(rest) for rest in item.split(settings.SITE_URL)[1:])
    return next(filter(None, days), None)
