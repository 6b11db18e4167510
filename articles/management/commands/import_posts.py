"""`manage.py import_posts PATH… [--publish]`"""

import sys
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles import importing

BAR_WIDTH = 30


class Command(BaseCommand):
    help = (
        "Import digest posts (Markdown with front matter) as drafts. Files that cannot be used "
        "are named with line and reason; all the others are imported."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "paths", nargs="+", type=Path, metavar="PATH", help="a post, or a directory of posts"
        )
        parser.add_argument(
            "--publish",
            action="store_true",
            help="publish each digest on the date and time its post names",
        )

    def handle(self, *, paths, publish, verbosity, **options):
        try:
            posts = importing.find_posts(paths)
        except FileNotFoundError as error:
            raise CommandError(f"{error} does not exist.") from error
        if not posts:
            raise CommandError("There are no Markdown files (.md) in the given places.")
        counts = Counter()
        outcomes = importing.import_posts(posts, publish=publish)
        for done, outcome in enumerate(outcomes, start=1):
            counts[outcome.status] += 1
            self._report(outcome, verbosity)
            self._show_progress(done, len(posts), verbosity)
        summary = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
        self.stdout.write(f"{len(posts)} posts: {summary}.")
        if counts[importing.REFUSED]:
            raise CommandError("Some posts were refused; the lines above say why.")

    def _report(self, outcome, verbosity):
        for line, message in outcome.errors:
            self._clear_progress()
            self.stderr.write(self.style.ERROR(f"{outcome.path}:{line}: {message}"))
        if verbosity > 1 and not outcome.errors:
            self.stdout.write(f"{outcome.path}: {outcome.status}")

    def _show_progress(self, done, total, verbosity):
        """A bar on the terminal; nothing when errors go to a file."""
        if verbosity == 0 or not sys.stderr.isatty():
            return
        filled = BAR_WIDTH * done // total
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r{bar} {done}/{total}{end}")
        sys.stderr.flush()

    def _clear_progress(self):
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")
