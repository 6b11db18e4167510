"""`manage.py export_posts DIR [--from DATE] [--to DATE] [--all] [--format FORMAT]`"""

import argparse
import datetime as dt
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from articles.backup import static_copy
from articles.management.progress import Progress
from articles.posts import exporting
from articles.posts.folder import ExportError

HTML = "html"


def date(text):
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        message = _("“%(text)s” is not a date such as 2026-01-03") % {"text": text}
        raise argparse.ArgumentTypeError(message) from error


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Write published digests as files: Jekyll posts in DIR/_posts, JSON documents, or a "
            "static copy of the public site. Only what has changed is written; files of digests "
            "that were withdrawn are removed."
        )

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path, metavar="DIR", help=_("where to write"))
        parser.add_argument(
            "--from", type=date, dest="first", metavar="DATE", help=_("the first day, 2026-01-03")
        )
        parser.add_argument("--to", type=date, dest="last", metavar="DATE", help=_("the last day"))
        parser.add_argument(
            "--all", action="store_true", dest="everything", help=_("also what is not published")
        )
        parser.add_argument(
            "--format",
            choices=[*exporting.FORMATS, HTML],
            default="markdown",
            help=_("markdown (default), json, or html for a copy of the site"),
        )

    def handle(self, *, directory, first, last, everything, verbosity, **options):
        if first and last and first > last:
            message = _("%(first)s is after %(last)s.")
            raise CommandError(message % {"first": first, "last": last})
        days = {"first": first, "last": last, "everything": everything}
        if options["format"] == HTML and any(days.values()):
            raise CommandError(_("A copy of the site is whole: leave --from, --to and --all out."))
        with Progress(is_quiet=not verbosity) as progress:
            try:
                if options["format"] == HTML:
                    report = static_copy.copy_site(directory, progress.show)
                else:
                    days["progress"] = progress.show
                    report = exporting.export_digests(directory, options["format"], **days)
            except ExportError as error:
                raise CommandError(error) from error
        if verbosity:
            sentence = _(
                "%(directory)s: %(written)d written, %(unchanged)d unchanged, %(removed)d removed."
            )
            self.stdout.write(sentence % {"directory": directory, **asdict(report)})
