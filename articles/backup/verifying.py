"""Proves that a backup can be restored: restores it beside the live site and compares the two.

The connected database determines which site is read; see `scratch.in_place_of_live`.
"""

import datetime as dt
import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import reverse

from articles.backup import changes, manifest, media, pages, restoring, scratch
from articles.backup.archive import Archive
from articles.models import Digest, Revision

REVISION = ("pk", "date", "number", "kind", "version", "schema", "data", "note", "created_at")
ROWS_AT_ONCE = 200


@dataclass
class Report:
    """The numbers of compared things, and the addresses of those that differ.

    `differences` lists what differs although neither site changed it; `changed` lists what the live
    site changed since the backup.
    """

    engine: str = ""
    rows: int = 0
    files: int = 0
    pages: int = 0
    feed_items: int = 0
    revisions: int = 0
    differences: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Difference:
    """Something that differs between the sites, with the day that it belongs to, if any.

    `reach` is the number of days around its own that it also depends on.
    `excuse` is True if the difference is expected, False if it never is, and None if that depends
    on the changes since the backup.
    """

    address: str
    day: dt.date | None = None
    excuse: bool | None = None
    reach: int = 0


def verify(
    path: Path, progress: Callable[[int, int | None], None] = lambda done, total: None
) -> Report:
    """Restore the backup at `path` into a scratch database and compare it with the live site.

    `progress` is called with the number of parts verified, then of tables filled, then of pages
    compared, each with the total, which is None for pages. Writes nothing to the live database. On
    PostgreSQL, creates a scratch database beside it and drops it. Raises Refused.
    """
    report = Report()
    with Archive(path) as archive, scratch.database() as restored:
        archive.check(progress)
        manifest.refuse_odd(archive.manifest)
        report.engine = restored.vendor
        report.rows = sum(table["rows"] for table in archive.manifest["tables"].values())
        with scratch.in_place_of_live(restored):
            with restoring.whole_or_nothing():
                restoring.load(archive, progress)
            standing = changes.standing()
        found = [
            *_compare_files(archive, report),
            *_compare_revisions(restored, report),
            *_compare_pages(restored, report, progress),
        ]
        # Read last, so that changes made during the comparison are included.
        since = changes.since(standing)
    for difference in found:
        is_later = difference.excuse
        if is_later is None:
            is_later = since.explain(difference.day, difference.reach)
        (report.changed if is_later else report.differences).append(difference.address)
    return report


def _compare_files(archive, report) -> Iterator[Difference]:
    report.files = len(archive.names(media.FOLDER))
    for name, is_there in media.differences(archive):
        # A file may be deleted, but its content never changes.
        yield Difference(name, excuse=False if is_there else None)


def _compare_revisions(restored, report) -> Iterator[Difference]:
    """A revision never changes; it may only be deleted, some time after its digest."""
    last = 0
    while True:
        with scratch.in_place_of_live(restored):
            rows = Revision.objects.filter(pk__gt=last).order_by("pk")
            batch = list(rows.values("digest_id", *REVISION)[:ROWS_AT_ONCE])
        if not batch:
            return
        first, last = batch[0]["pk"], batch[-1]["pk"]
        rows = Revision.objects.filter(pk__range=(first, last)).values(*REVISION)
        live = {row["pk"]: _fingerprint(row) for row in rows}
        for row in batch:
            report.revisions += 1
            name = f"revision {row['date']} #{row['number']}"
            is_of_deleted = row.pop("digest_id") is None
            if row["pk"] not in live:
                yield Difference(name, row["date"], excuse=True if is_of_deleted else None)
            elif live[row["pk"]] != _fingerprint(row):
                yield Difference(name, excuse=False)


def _compare_pages(restored, report, progress) -> Iterator[Difference]:
    """Compare each public page that the restored site links to, and each item of its feeds."""
    with scratch.in_place_of_live(restored):
        days = Digest.objects.published().newest_first().iterator()
        waiting = deque([reverse("articles:home"), *(day.get_absolute_url() for day in days)])
    seen = set(waiting)
    while waiting:
        address = waiting.popleft()
        ours, theirs = _on_both(restored, address)
        report.pages += 1
        progress(report.pages, None)
        if (ours.status, ours.body) != (theirs.status, theirs.body):
            reach = changes.reach_of(address)
            yield Difference(address, changes.day_of(address), reach=reach)
        yield from _compare_feed(address, ours, theirs, report)
        for link in pages.links(address, ours):
            if link not in seen and not changes.is_part_of_another(link):
                seen.add(link)
                waiting.append(link)


def _compare_feed(address, ours, theirs, report) -> Iterator[Difference]:
    """Compare the items that both have; newer items push older ones out of a feed."""
    live = pages.feed_items(theirs)
    for name, item in pages.feed_items(ours).items():
        report.feed_items += 1
        if live.get(name, item) != item:
            day = changes.day_of_item(item.decode())
            yield Difference(f"{address} {name.decode()}", day)


def _on_both(restored: BaseDatabaseWrapper, address: str) -> tuple[pages.Page, pages.Page]:
    """A page of the restored site and of the live site, fetched at nearly the same moment."""
    with scratch.in_place_of_live(restored):
        ours = pages.fetch(address)
    return ours, pages.fetch(address)


def _fingerprint(row: dict) -> str:
    text = json.dumps(row, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
