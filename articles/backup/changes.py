"""What happened on the live site since a backup, so that it is not mistaken for a difference."""

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
    """How far a site has come: its digests with their versions, its last audit row, its public
    days in order."""

    digests: dict[int, tuple]
    last_audit_row: int
    public_days: list[dt.date]


@dataclass(frozen=True)
class Changes:
    """`days` whose digests were written since, or whose neighbours were; `is_shared` if something
    was written that many pages may show, such as the name of a tag."""

    days: set[dt.date] = field(default_factory=set)
    has_audit_rows: bool = False
    is_shared: bool = False

    def explain(self, day: dt.date | None, reach: int = 0) -> bool:
        """Whether a page that is about one day, or about many if None, may have changed; `reach` is
        how many days before and after its own it tells of, too."""
        if self.is_shared:
            return True
        if day is None:
            return bool(self.days) or self.has_audit_rows
        return any(abs(day - other).days <= reach for other in self.days)


def standing() -> Standing:
    """Of the site that is connected."""
    return Standing(
        {row[0]: row[1:] for row in Digest.objects.values_list(*DIGEST)},
        AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0,
        list(Digest.objects.published().order_by("date").values_list("date", flat=True)),
    )


def since(backup: Standing) -> Changes:
    """What the connected site, the live one, did since it stood as the backup says."""
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
    """The day that an address (path and query) is about, None for one that is about many."""
    if not (found := DAY.match(address)):
        return None
    try:
        return dt.date(*(int(number) for number in found.groups()))
    except ValueError:
        return None


def is_part_of_another(address: str) -> bool:
    """Whether what is at an address is word for word in the twins of the day's page, which are
    compared: it is a twin of an article's page."""
    return bool(ARTICLE_TWIN.match(address))


def reach_of(address: str) -> int:
    """How many days before and after its own the page at an address tells of: an article's page
    names related articles."""
    return related.DAYS_AROUND if ARTICLE.match(address) else 0


def day_of_item(item: str) -> dt.date | None:
    """The day of the first address of this site in a feed's item, which is the item's own."""
    days = (day_of(rest) for rest in item.split(settings.SITE_URL)[1:])
    return next(filter(None, days), None)
