"""Creates a backup of the site while it is in use."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import newsroom
from articles.backup import archive, media, migrating, tables
from articles.backup.archive import Refused, Writer


def create(
    path: Path,
    *,
    force: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict:
    """Write a backup to `path`, which must not exist unless `force` is given.

    Returns the manifest. All tables show one moment, the time in the manifest. `progress` gets the
    number of tables done, then of uploaded files done. Raises Refused. Call it outside a
    transaction.
    """
    media.refuse_inside(path)
    try:
        _refuse_place(path)
        with archive.written(path, force=force) as writer:
            with snapshot():
                manifest = _add_tables(writer, progress)
            media.add(writer, progress)
            writer.finish(manifest)
    except OSError as error:
        raise Refused(
            _("%(file)s cannot be written: %(reason)s.") % {"file": path, "reason": error.strerror}
        ) from error
    return manifest


def _refuse_place(path: Path) -> None:
    """Raises Refused for a folder, and for a file whose folder is missing."""
    if path.is_dir():
        message = _("%(folder)s is a folder. Name a file in it, or write --into %(folder)s.")
        raise Refused(message % {"folder": path})
    if not path.parent.is_dir():
        message = _("There is no folder %(folder)s. Create it, or name another one.")
        raise Refused(message % {"folder": path.parent})


@contextmanager
def snapshot() -> Iterator[None]:
    """A transaction that sees the database as of its first query, without locking others out.

    On SQLite it does not use Django's transaction, whose BEGIN IMMEDIATE blocks all writers.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _add_tables(writer: Writer, progress: Callable[[int, int], None]) -> dict:
    now = timezone.now().isoformat()
    state = migrating.present()
    migrating.refuse_unknown(state)
    manifest = {
        "created_at": now,
        "site": settings.SITE_URL,
        "version": newsroom.__version__,
        "django": django.get_version(),
        "engine": connection.vendor,
        "migrations": state,
        "tables": {},
    }
    models = migrating.models_at(state)
    for number, model in enumerate(models, start=1):
        rows = -1  # the first line holds the columns
        with writer.part(tables.name_of(model)) as part:
            for line in tables.lines(model):
                part.write(line)
                rows += 1
        manifest["tables"][model._meta.label_lower] = {
            "rows": rows,
            "last_key": tables.last_key(model),
        }
        progress(number, len(models))
    return manifest
