"""Restores a site from a backup into an empty database, completely or not at all."""

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from articles import search
from articles.backup import manifest, media, migrating, restored_rows, tables
from articles.backup.archive import MANIFEST, Archive, Refused, damaged
from articles.changes import audit, months, site_version
from articles.models import Delivery, Digest, Revision
from articles.outgoing.messages import UNFINISHED, State

RESTORED = "restored-from-backup"


def restore(path: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> dict:
    """Restore the site from the backup at `path`; returns the manifest.

    Everything is verified before anything is written. All rows go into the database in one
    transaction. Uploaded files are moved into place just before its commit, so that the files exist
    whenever the rows are visible. After an early end it can be run again: the database is still
    empty, and files already in place are recognised. `progress` gets the numbers of parts verified,
    then of files extracted, tables filled and digests indexed for search. Raises Refused.
    """
    with Archive(path) as archive:
        refuse_content()
        archive.check(progress)
        manifest.refuse_odd(archive.manifest)
        try:
            media.refuse_foreign(archive)
            with media.staged(archive, progress), whole_or_nothing():
                load(archive, progress)
                with _refusing_odd_content():
                    search.rebuild(progress=progress)
                audit.record(RESTORED, target=path.name, detail=_origin(archive.manifest))
                leave_unsent()
                media.move_in()
        except OSError as error:
            raise Refused(
                _("The uploaded files cannot be written: %(reason)s. Mend that and try again.")
                % {"reason": error}
            ) from error
        return archive.manifest


def leave_unsent() -> None:
    """Give up what the backup still had to tell receivers. That is sent where it was made."""
    Delivery.objects.filter(state__in=UNFINISHED).update(state=State.GIVEN_UP)


def refuse_content() -> None:
    """Raise Refused if the database has content, other than that which migrations create."""
    existing = connection.introspection.table_names()
    found = []
    for model in (get_user_model(), Digest, Revision):
        table = model._meta.db_table
        if table in existing and (count := _count(table)):
            found.append(f"{model._meta.verbose_name_plural} {count}")
    if found:
        raise Refused(
            _("The database is not empty (%(content)s). Restore into an empty one.")
            % {"content": ", ".join(found)}
        )


@contextmanager
def whole_or_nothing():
    """A transaction that can alter tables, on SQLite too; a database error raises Refused."""
    try:
        # SQLite's schema editor requires this outside the transaction. Rows are checked later.
        with connection.constraint_checks_disabled(), transaction.atomic():
            yield
    except DatabaseError as error:
        raise Refused(
            _("The database does not take the backup: %(reason)s. It was left as it was.")
            % {"reason": str(error).strip().rstrip(".")}
        ) from error


def load(archive: Archive, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Fill the database: migrate it to the state of the backup, insert all rows unchanged, and
    migrate it to the present. `progress` gets the number of filled tables. Call it in
    `whole_or_nothing`."""
    state = archive.manifest["migrations"]
    migrating.refuse_unknown(state)
    _lock()
    refuse_content()
    migrating.bring_to(state)
    models = _models(archive, state)
    tables.empty(reversed(models))
    for number, model in enumerate(models, start=1):
        _load_table(archive, model)
        progress(number, len(models))
    tables.continue_keys({model: _table(archive, model)["last_key"] for model in models})
    connection.check_constraints()
    ContentType.objects.clear_cache()
    with _refusing_odd_content():
        migrating.bring_up_to_date()
    restored_rows.refuse_impossible_rows()
    site_version.move()
    months.count_all()  # nothing is taken on trust from a file


@contextmanager
def _refusing_odd_content():
    """Turn exceptions that rows of an unexpected shape cause in our code into Refused."""
    try:
        yield
    except tables.ODD as error:
        raise Refused(
            _("The rows of the backup cannot be read (%(reason)s). Use another copy.")
            % {"reason": str(error).rstrip(".")}
        ) from error


def _load_table(archive, model):
    name = tables.name_of(model)
    with archive.open(name) as part:
        count = tables.load(model, part)
    if count != _table(archive, model)["rows"]:
        raise Refused(
            _("%(part)s has %(count)d rows, not as many as its manifest says. Use another copy.")
            % {"part": name, "count": count}
        )


def _models(archive, state):
    """The models at `state`. Raises Refused unless models and parts correspond one to one."""
    models = migrating.models_at(state)
    names = {tables.name_of(model) for model in models}
    if odd := names.symmetric_difference(archive.names("tables/")):
        raise Refused(
            _("The backup does not fit this software: %(parts)s.")
            % {"parts": ", ".join(sorted(odd))}
        )
    if uncounted := [m for m in models if m._meta.label_lower not in archive.manifest["tables"]]:
        raise damaged(
            MANIFEST, _("it does not count %(table)s") % {"table": uncounted[0]._meta.label}
        )
    return models


def _table(archive, model):
    return archive.manifest["tables"][model._meta.label_lower]


def _lock():
    """Lock the tables until the end of the transaction, so that nobody writes into the empty
    database meanwhile. On SQLite the transaction itself is that lock."""
    if connection.vendor == "sqlite":
        return
    existing = set(connection.introspection.table_names())
    names = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    if found := sorted(names & existing):
        quoted = ", ".join(connection.ops.quote_name(name) for name in found)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {quoted} IN ACCESS EXCLUSIVE MODE")


def _count(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
        return cursor.fetchone()[0]


def _origin(told):
    return {name: told[name] for name in ("created_at", "site", "engine")}
