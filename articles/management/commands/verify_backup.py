"""`manage.py verify_backup FILE`"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.backup import verifying
from articles.backup.archive import Refused
from articles.management.progress import Progress


class Command(BaseCommand):
    help = (
        "Prove that a file of `backup` restores: restore it into a scratch database and compare "
        "every public page, feed item and revision with the live site. Ends with status 1 if "
        "something differs that was not changed since the backup."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote")

    def handle(self, *, file, verbosity, **options):
        progress = Progress(is_quiet=not verbosity)
        try:
            report = verifying.verify(file, progress.show)
        except Refused as error:
            raise CommandError(error) from error
        finally:
            progress.clear()
        if verbosity:
            self._print(report, verbosity)
        for address in report.differences:
            self.stderr.write(self.style.ERROR(f"differs: {address}"))
        if report.differences:
            raise CommandError(f"{len(report.differences)} differences; the lines above name them.")

    def _print(self, report, verbosity):
        self.stdout.write(
            f"Restored {report.rows:,} rows into a scratch database ({report.engine}). Compared "
            f"with the live site: {report.pages:,} pages, {report.feed_items:,} feed items, "
            f"{report.revisions:,} revisions, {report.files:,} files."
        )
        if report.changed:
            self.stdout.write(f"Changed on the live site since the backup: {len(report.changed):,}")
        for address in report.changed if verbosity > 1 else ():
            self.stdout.write(f"  {address}")
