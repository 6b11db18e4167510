"""Rows that are one if their names count as equal: tags and storylines."""

from collections.abc import Iterable
from typing import Any

from articles.rules.text import fold, tidy_name


def rows_by_name(model: Any, typed: Iterable[str]) -> dict[str, Any]:
    """The row of the model for each name as typed, created if it is new. A blank name has no
    row."""
    typed = list(typed)
    names: dict[str, str] = {}
    for name in filter(None, map(tidy_name, typed)):
        names.setdefault(fold(name), name)
    known = {row.folded: row for row in model.objects.filter(folded__in=names)}
    for folded in names.keys() - known.keys():
        known[folded], _created = model.objects.get_or_create(
            folded=folded, defaults={"name": names[folded]}
        )
    return {name: known[fold(name)] for name in typed if fold(name) in known}
