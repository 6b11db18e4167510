"""`manage.py export_posts DIR [--from DATE] [--to DATE] [--all] [--format FORMAT]`"""

import argparse
import datetime as dt
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.backup import static_copy
from articles.posts import exporting
from articles.posts.folder import ExportError

HTML = "html"


def date(text):
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-01-03") from error


class Command(BaseCommand):
    help = (
        "Write published digests as files: Jekyll posts in DIR/_posts, JSON documents, or a static "
        "copy of the public site. Only what has changed is written; files of digests that were "
        "withdrawn are removed."
    )

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path, metavar="DIR", help="where to write")
        parser.add_argument(
            "--from", type=date, dest="first", metavar="DATE", help="the first day, 2026-01-03"
        )
        parser.add_argument("--to", type=date, dest="last", metavar="DATE", help="the last day")
        parser.add_argument(
            "--all", action="store_true", dest="everything", help="also what is not published"
        )
        parser.add_argument(
            "--format",
            choices=[*exporting.FORMATS, HTML],
            default="markdown",
            help="markdown (default), json, or html for a copy of the site",
        )

    def handle(self, *, directory, first, last, everything, verbosity, **options):
        if first and last and first > last:
            raise CommandError(f"{first} is after {last}.")
        try:
            if options["format"] == HTML:
                if first or last or everything:
                    message = "A copy of the site is whole: leave --from, --to and --all out."
                    raise CommandError(message)
                report = static_copy.copy_site(directory)
            else:
                days = {"first": first, "last": last, "everything": everything}
                report = exporting.export_digests(directory, options["format"], **days)
        except ExportError as error:
            raise CommandError(error) from error
        if verbosity:
            self.stdout.write(
                f"{directory}: {report.written} written, {report.unchanged} unchanged, "
                f"{report.removed} removed."
            )
