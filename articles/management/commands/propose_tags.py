"""`manage.py propose_tags [--dry-run] [--since DATE] [--seed]`"""

import datetime as dt

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.management.progress import Progress
from articles.models import Article
from articles.rules.nameless import shown_headline
from articles.taxonomy import proposals, vocabulary, vocabulary_list

MOST_TAGS = 50  # that are printed


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Looks in the archive for the words of tags, and proposes the tags for articles that "
            "do not have them. Editors decide at the desk, tag by tag; until then nothing changes. "
            "Another run proposes nothing that was decided."
        )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help=_("only print what would be proposed")
        )
        parser.add_argument(
            "--since", metavar="DATE", help=_("only digests from this day on, such as 2026-01-03")
        )
        parser.add_argument(
            "--seed",
            action="store_true",
            help=_("first add the list of sixty tags that comes with the software"),
        )

    def handle(self, *, dry_run, since, seed, verbosity, **options):
        day = _day(since)
        if seed and not dry_run:
            vocabulary_list.store(vocabulary_list.read(vocabulary_list.seed()))
        named = _with_seed() if seed and dry_run else vocabulary.named()
        if not named:
            raise CommandError(
                _("There is no tag to look for. Add tags at the desk, or run this with --seed.")
            )
        total = Article.objects.count() if day is None else None
        with Progress(is_quiet=not verbosity) as progress:
            proposed = proposals.propose(
                named,
                since=day,
                is_kept=not dry_run,
                progress=lambda number: progress.show(number, total),
            )
        self._print(proposed)
        if proposed.counts and not dry_run:
            self.stdout.write(_("Decide about them at the desk: Tags › Proposed tags."))

    def _print(self, proposed):
        for tag, count in proposed.counts.most_common(MOST_TAGS):
            self.stdout.write(f"{self.style.MIGRATE_HEADING(tag)} {count}")
            for date, headline in proposed.samples[tag]:
                self.stdout.write(f"  {date} {shown_headline(headline)}")
        if (more := len(proposed.counts) - MOST_TAGS) > 0:
            self.stdout.write(_("And %(number)d more.") % {"number": more})
        count = sum(proposed.counts.values())
        sentence = ngettext(
            "%(count)d proposal for %(tags)d tags, in %(articles)d articles looked at.",
            "%(count)d proposals for %(tags)d tags, in %(articles)d articles looked at.",
            count,
        )
        words = {"count": count, "tags": len(proposed.counts), "articles": proposed.articles}
        self.stdout.write(sentence % words)


def _day(text):
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(_("%(name)s is not a date.") % {"name": text}) from error


def _with_seed():
    """The vocabulary as it would be with the list that comes with the software."""
    with transaction.atomic():
        vocabulary_list.store(vocabulary_list.read(vocabulary_list.seed()))
        named = vocabulary.named()
        transaction.set_rollback(True)
    return named
