"""Maintains the index in the transaction that saves a digest's text."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps as installed
from django.apps.registry import Apps
from django.db import transaction

from articles.models import Digest
from articles.search import indexed_text, tables

# Digests that readers can come to see without another save. A query decides what they see now.
FOUND = (Digest.Status.PUBLISHED, Digest.Status.SCHEDULED)
DIGESTS_AT_ONCE = 50


def index(
    digest: Digest,
    articles: list[dict[str, Any]] | None = None,
    texts: list[tables.Text] | None = None,
) -> None:
    """Index the present text of a digest; a draft or withdrawn digest is removed from the index.

    Call it in the transaction that saved the digest. `articles` are those of its snapshot, `texts`
    the results of `text_of` for each; both are computed if they are not given.
    """
    if digest.status not in FOUND:
        tables.delete(digest.pk)
        return
    if articles is None:
        articles = indexed_text.read(installed, [digest.pk])[digest.pk]
    _replace(digest.pk, digest.date, articles, texts)


def text_of(article: dict[str, Any]) -> tables.Text:
    """The index entry of an article of a snapshot; needs no database."""
    return tables.Text(indexed_text.canonical(article))


def remove(digest: Digest) -> None:
    """Remove a digest from the index, before it is deleted."""
    tables.delete(digest.pk)


def rebuild(
    apps: Apps = installed, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Rebuild the whole index and return the number of its articles.

    Works in batches of digests, each in a transaction of its own, so that the site keeps running:
    digests that follow are still found by their old rows. `apps` is a historical registry in a
    migration.
    """
    model = apps.get_model("articles", "Digest")
    count, last, done, total = 0, 0, 0, model.objects.count()
    while True:
        with transaction.atomic():
            rows = model.objects.filter(pk__gt=last).order_by("pk").select_for_update()
            batch = list(rows.values_list("pk", "date", "status")[:DIGESTS_AT_ONCE])
            end = batch[-1][0] if len(batch) == DIGESTS_AT_ONCE else None
            found = {pk: day for pk, day, status in batch if status in FOUND}
            tables.delete_others(last + 1, end, found)
            for pk, articles in indexed_text.read(apps, found).items():
                _replace(pk, found[pk], articles)
                count += len(articles)
        done += len(batch)
        progress(done, max(done, total))
        if end is None:
            break
        last = end
    tables.tidy()
    return count


def renew(
    apps: Apps = installed, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Index the digests again whose rows are of an older form, and return their number. After an
    interruption it goes on with the rest. `apps` and `progress` are those of `rebuild`."""
    model = apps.get_model("articles", "Digest")
    stale = tables.digests_of_older_form()
    for start in range(0, len(stale), DIGESTS_AT_ONCE):
        batch = stale[start : start + DIGESTS_AT_ONCE]
        with transaction.atomic():
            rows = model.objects.filter(pk__in=batch, status__in=FOUND).order_by("pk")
            days = dict(rows.select_for_update().values_list("pk", "date"))
            for pk, articles in indexed_text.read(apps, days).items():
                _replace(pk, days[pk], articles)
            for pk in set(batch) - days.keys():
                tables.delete(pk)
        progress(min(start + DIGESTS_AT_ONCE, len(stale)), len(stale))
    if stale:
        tables.tidy()
    return len(stale)


def _replace(
    digest: int,
    day: dt.date,
    articles: list[dict[str, Any]],
    texts: Iterable[tables.Text] | None = None,
) -> None:
    texts = texts or map(text_of, articles)
    rows = [
        tables.Row(
            key=tables.key_of(day, place),
            digest=digest,
            article=uuid.UUID(str(article["uid"])),
            text=text,
        )
        for place, (article, text) in enumerate(zip(articles, texts, strict=True), start=1)
    ]
    tables.replace(digest, day, rows)
