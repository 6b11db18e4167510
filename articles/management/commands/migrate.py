"""`manage.py migrate`, Django's own, that can be killed at any moment and run again."""

from django.core.management.commands import migrate
from django.db.migrations.executor import MigrationExecutor


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
        super().handle(*args, **options)
