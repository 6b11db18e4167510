"""`manage.py verify_backup FILE`"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.backup import verifying
from articles.backup.archive import Refused
from articles.management.progress import Progress


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Prove that a file of `backup` restores: restore it into a scratch database and "
            "compare every public page, feed item and revision with the live site. Ends with "
            "status 1 if something differs that was not changed since the backup."
        )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help=_("what `backup` wrote"))

    def handle(self, *, file, verbosity, **options):
        with Progress(is_quiet=not verbosity) as progress:
            try:
                report = verifying.verify(file, progress.show)
            except Refused as error:
                raise CommandError(error) from error
        if verbosity:
            self._print(report, verbosity)
        for address in report.differences:
            sentence = _("differs: %(address)s") % {"address": address}
            self.stderr.write(self.style.ERROR(sentence))
        if count := len(report.differences):
            sentence = ngettext(
                "%(count)d difference; the line above names it.",
                "%(count)d differences; the lines above name them.",
                count,
            )
            raise CommandError(sentence % {"count": count})

    def _print(self, report, verbosity):
        rows = ngettext(
            "Restored %(count)s row into a scratch database (%(engine)s).",
            "Restored %(count)s rows into a scratch database (%(engine)s).",
            report.rows,
        )
        compared = (
            ngettext("%(count)s page", "%(count)s pages", report.pages),
            ngettext("%(count)s feed item", "%(count)s feed items", report.feed_items),
            ngettext("%(count)s revision", "%(count)s revisions", report.revisions),
            ngettext("%(count)s file", "%(count)s files", report.files),
        )
        numbers = (report.pages, report.feed_items, report.revisions, report.files)
        counts = [
            text % {"count": f"{number:,}"} for text, number in zip(compared, numbers, strict=True)
        ]
        self.stdout.write(rows % {"count": f"{report.rows:,}", "engine": report.engine})
        sentence = _("Compared with the live site: %(counts)s.")
        self.stdout.write(sentence % {"counts": ", ".join(counts)})
        if report.changed:
            sentence = _("Changed on the live site since the backup: %(count)s")
            self.stdout.write(sentence % {"count": f"{len(report.changed):,}"})
        for address in report.changed if verbosity > 1 else ():
            self.stdout.write(f"  {address}")
