"""`manage.py verify_backup FILE`"""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.backup import verifying
from articles.backup.archive import Refused

SAY_EVERY = 20


class Command(BaseCommand):
    help = (
        "Prove that a file of `backup` restores: restore it into a scratch database and compare "
        "every public page, feed item and revision with the live site. Ends with status 1 if "
        "something differs that was not changed since the backup."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote")

    def handle(self, *, file, verbosity, **options):
        try:
            report = verifying.verify(file, self._progress if verbosity else lambda count: None)
        except Refused as error:
            raise CommandError(error) from error
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

    def _progress(self, count):
        """A count on the terminal; nothing when errors go to a file."""
        if sys.stderr.isatty() and count % SAY_EVERY == 0:
            sys.stderr.write(f"\r{count} pages\r")
            sys.stderr.flush()
