"""`manage.py restore FILE`"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.backup import restoring
from articles.backup.archive import Refused


class Command(BaseCommand):
    help = (
        "Restore the site from a file of `backup`, into an empty database of either engine. All of "
        "it is restored or nothing; what was interrupted can be run again."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote")

    def handle(self, *, file, verbosity, **options):
        try:
            manifest = restoring.restore(file)
        except Refused as error:
            raise CommandError(error) from error
        if verbosity:
            rows = sum(table["rows"] for table in manifest["tables"].values())
            self.stdout.write(
                f"Restored {rows:,} rows of {manifest['site']} as of {manifest['created_at']}."
            )
