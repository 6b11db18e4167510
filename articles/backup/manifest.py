"""Validates the shape of a manifest, so that a forged or altered one is refused before use."""

from django.utils.translation import gettext as _

from articles.backup.archive import MANIFEST, damaged

TEXTS = ("created_at", "site", "engine")
MAX_KEY = 2**63 - 1  # the largest primary key of both engines


def refuse_odd(manifest: dict) -> None:
    """Raise Refused unless a manifest has all required values, of the right types."""
    state, tables = manifest.get("migrations"), manifest.get("tables")
    if not (
        all(isinstance(manifest.get(name), str) for name in TEXTS)
        and isinstance(state, dict)
        and all(map(_is_list_of_texts, state.values()))
        and isinstance(tables, dict)
        and all(map(_is_counted, tables.values()))
    ):
        raise damaged(MANIFEST, _("it is missing or altered"))


def _is_list_of_texts(value):
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_counted(table):
    return (
        isinstance(table, dict)
        and isinstance(table.get("rows"), int)
        and "last_key" in table
        and (table["last_key"] is None or _is_key(table["last_key"]))
    )


def _is_key(value):
    return isinstance(value, int) and 0 < value <= MAX_KEY
