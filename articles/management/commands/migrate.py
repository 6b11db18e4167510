"""`manage.py migrate`, Django's own, which can be killed at any moment and run again.

Two concurrent runs take turns; the second finds nothing to do.
"""

import contextlib
import fcntl
from pathlib import Path

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

# The key of PostgreSQL's advisory lock: any number that no other code uses here.
LOCK = 20260103


class WholeExecutor(MigrationExecutor):
    """Applies a migration and records it in one transaction.

    Django creates indexes and foreign keys after the migration itself, commits, and only then
    records it. A process killed in between leaves a migration that always fails with “table already
    exists”.
    """

    def apply_migration(self, state, migration, **options):
        usual = migration.apply

        def apply(state, schema_editor, **how):
            state = usual(state, schema_editor, **how)
            while schema_editor.deferred_sql:
                schema_editor.execute(schema_editor.deferred_sql.pop(0))
            return state

        migration.apply = apply
        try:
            return super().apply_migration(state, migration, **options)
        finally:
            del migration.apply


class Command(migrate.Command):
    def handle(self, *args, **options):
        # Django's command has no other hook to replace the executor.
        migrate.MigrationExecutor = WholeExecutor
        with alone(connections[options["database"]], self.stderr.write):
            super().handle(*args, **options)


@contextlib.contextmanager
def alone(connection, say):
    """Hold a lock, so that one process at a time migrates this database.

    A process that dies releases the lock. `say` is called with a sentence if this one must wait.
    """
    waiting = _("Another process is migrating this database. Waiting until it has finished.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                say(waiting)
                cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    elif connection.is_in_memory_db():
        yield
    else:
        with _lock_file(connection.settings_dict["NAME"]) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(waiting)
                fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _lock_file(database):
    try:
        return Path(f"{database}-migrating").open("w")
    except FileNotFoundError as error:
        folder = Path(database).parent
        message = _("The folder of the database is not there. Make it: %(folder)s")
        raise CommandError(message % {"folder": folder}) from error
