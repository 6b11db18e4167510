"""`manage.py migrate`, Django's own, that can be killed at any moment and run again.

Two that run at once take turns: the second finds nothing to do.
"""

import contextlib
import fcntl
from pathlib import Path

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

# The key of PostgreSQL's advisory lock; any number that nothing else here uses.
LOCK = 20260103


class WholeExecutor(MigrationExecutor):
    """Makes a migration and the note that it was made in one transaction.

    Its parent makes indexes and foreign keys when the migration itself is over, commits, and only
    then notes it. Whoever is killed between the two finds “table already exists” ever after.
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
        # Django's command has no other place to name one.
        migrate.MigrationExecutor = WholeExecutor
        with alone(connections[options["database"]], self.stderr.write):
            super().handle(*args, **options)


@contextlib.contextmanager
def alone(connection, say):
    """Wait until no other process migrates this database, and keep others waiting.

    A process that dies gives up its turn. `say` takes the sentence that tells of waiting.
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
