"""`manage.py restore FILE`"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.backup import restoring
from articles.backup.archive import Refused
from articles.management.progress import Progress


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Restore the site from a file of `backup`, into an empty database of either engine. "
            "All of it is restored or nothing; what was interrupted can be run again."
        )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help=_("what `backup` wrote"))

    def handle(self, *, file, verbosity, **options):
        with Progress(is_quiet=not verbosity) as progress:
            try:
                manifest = restoring.restore(file, progress.show)
            except Refused as error:
                raise CommandError(error) from error
        if verbosity:
            rows = sum(table["rows"] for table in manifest["tables"].values())
            sentence = ngettext(
                "Restored %(rows)s row of %(site)s as of %(time)s.",
                "Restored %(rows)s rows of %(site)s as of %(time)s.",
                rows,
            )
            told = {"rows": f"{rows:,}", "site": manifest["site"], "time": manifest["created_at"]}
            self.stdout.write(sentence % told)
