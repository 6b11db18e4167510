"""What merging tags, publishers and storylines have in common."""

from collections.abc import Callable, Iterable
from typing import Any

from articles.digests import naming
from articles.models import Digest


def lock(
    rows: Iterable[Any], target: Any, lock_digests: Callable[[Iterable[Any]], list[Digest]]
) -> tuple[Any, list[Any], list[Digest]]:
    """The current rows of the target and of those to merge into it, and the digests that have one
    of those, all locked. `lock_digests` locks the digests that have one of some rows.

    Rows that no longer exist are skipped. Raises the model's DoesNotExist if the target is gone.
    """
    objects = type(target).objects
    wanted = {row.pk for row in rows} - {target.pk}
    lock_digests(objects.filter(pk__in=wanted))
    naming.settle()  # so that names published by a schedule count as known
    found = objects.select_for_update().filter(pk__in=[*wanted, target.pk]).order_by("pk")
    locked = {row.pk: row for row in found}
    if target.pk not in locked:
        raise type(target).DoesNotExist
    target, merged = locked.pop(target.pk), list(locked.values())
    return target, merged, lock_digests(merged)  # again: a digest may have got one meanwhile


def remove(merged: list[Any], target: Any) -> str:
    """Delete the rows that were merged into the target. Returns their names, for the history."""
    type(target).objects.filter(pk__in=[row.pk for row in merged]).delete()
    naming.settle()
    return ", ".join(f"“{row.name}”" for row in merged)
