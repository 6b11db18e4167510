"""`manage.py backup FILE [--force]`"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.backup import creating
from articles.backup.archive import Refused


class Command(BaseCommand):
    help = (
        "Write the whole site to one file: every table but sessions, and the uploaded files, with "
        "a checksum of each. The site may be in use. The file holds password hashes: keep it safe."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="where to write, such as b.zip")
        parser.add_argument("--force", action="store_true", help="replace FILE if it exists")

    def handle(self, *, file, force, verbosity, **options):
        try:
            manifest = creating.create(file, force=force)
        except Refused as error:
            raise CommandError(error) from error
        if verbosity:
            rows = sum(table["rows"] for table in manifest["tables"].values())
            self.stdout.write(
                f"{file}: {file.stat().st_size:,} bytes, {rows:,} rows as of "
                f"{manifest['created_at']}. Prove that it restores: manage.py verify_backup {file}"
            )
