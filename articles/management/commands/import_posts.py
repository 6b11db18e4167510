"""`manage.py import_posts PATH… [--dry-run] [--json] [--force] [--publish] …`"""

import json
from argparse import ArgumentTypeError
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.digests.diffing import ADDED, REMOVED, SAME
from articles.management.progress import Progress
from articles.posts import account_lines, importing, post_files
from articles.posts.importing import CREATED, REFUSED, UNCHANGED, UPDATED
from articles.posts.joining import SAME_DAY
from articles.recognising import READ_AS
from articles.rules import nameless
from articles.rules.validators import is_web_address

SIGNS = {ADDED: "+", REMOVED: "-"}
PUBLISHED, HELD_BACK = "published", "held back"
STATUSES = {
    CREATED: gettext_lazy("created"),
    UPDATED: gettext_lazy("updated"),
    UNCHANGED: gettext_lazy("unchanged"),
    REFUSED: gettext_lazy("refused"),
}
COUNTS = {
    CREATED: gettext_lazy("%(count)d created"),
    UPDATED: gettext_lazy("%(count)d updated"),
    UNCHANGED: gettext_lazy("%(count)d unchanged"),
    REFUSED: gettext_lazy("%(count)d refused"),
    PUBLISHED: gettext_lazy("%(count)d published"),
    HELD_BACK: gettext_lazy("%(count)d held back"),
}
OPTIONS = {
    "--publish": gettext_lazy(
        "publish each digest on the date and time its post names; never a post that says "
        "“published: false” or “draft: true”, or lies in _drafts/"
    ),
    "--force": gettext_lazy(
        "overwrite digests that were edited here since their post was imported"
    ),
    "--dry-run": gettext_lazy("save nothing; report what would be done"),
    "--json": gettext_lazy("report as one JSON object on the standard output"),
}
CHOICES = {
    "--read-as": (
        READ_AS,
        gettext_lazy(
            "auto: recognise articles in posts of any form, and report what was not placed; "
            "exact: refuse what is not written as this site writes its posts"
        ),
    ),
    "--same-day": (
        SAME_DAY,
        gettext_lazy(
            "refuse: one post a day; join: join several posts of one day into one digest, in the "
            "order of their times"
        ),
    ),
}


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Import digest posts (Markdown with front matter) as drafts. Files that cannot be "
            "used are named with line and reason; all the others are imported. A post that was "
            "imported before changes its digest, unless that was edited here."
        )

    def add_arguments(self, parser):
        parser.add_argument(
            "paths",
            nargs="+",
            type=Path,
            metavar="PATH",
            help=_("a post, a directory of posts such as _posts/, or a zip archive of them"),
        )
        for name, text in OPTIONS.items():
            parser.add_argument(name, action="store_true", help=text)
        for name, (choices, text) in CHOICES.items():
            parser.add_argument(name, choices=choices, default=choices[0], help=text)
        parser.add_argument(
            "--keep-feed-ids",
            type=old_site,
            metavar="URL",
            help=_(
                "the address of the Jekyll site that the posts come from: digests that were never "
                "published here get the feed ids they had there, so that subscribers do not see "
                "old items as new"
            ),
        )

    def handle(self, *, paths, verbosity, **options):
        posts = self._find(paths)
        counts, media, files = Counter(), {}, []
        chosen = {name: options[name] for name in ("publish", "force", "dry_run")}
        chosen |= {name: options[name] for name in ("read_as", "same_day")}
        chosen["old_site"] = options["keep_feed_ids"] or ""
        outcomes = importing.import_posts(posts, **chosen)
        with Progress(is_quiet=not verbosity) as self.progress:
            for done, outcome in enumerate(outcomes, start=1):
                counts[outcome.status] += 1
                counts[PUBLISHED] += outcome.is_published
                counts[HELD_BACK] += outcome.is_held_back
                media |= dict.fromkeys(outcome.media)
                if options["json"]:
                    files.append(as_json(outcome))
                else:
                    self._report(outcome, verbosity)
                    if options["dry_run"] or verbosity > 1 or not outcome.is_exact:
                        self._account(outcome)
                self.progress.show(done, len(posts))
        counts = {name: number for name, number in sorted(counts.items()) if number}
        if options["json"]:
            self._write_json(counts, list(media), files, options["dry_run"])
        else:
            self._summarize(counts, list(media), len(posts), options["dry_run"])
        if counts.get(REFUSED):
            raise CommandError(_("Some posts were refused; the lines above say why."))

    def _find(self, paths):
        try:
            found = post_files.find_posts(paths)
        except FileNotFoundError as error:
            raise CommandError(_("%(path)s does not exist.") % {"path": error}) from error
        except post_files.UnusableZip as error:
            raise CommandError(str(error)) from error
        if not found:
            raise CommandError(_("There are no Markdown files (.md) in the given places."))
        return found

    def _report(self, outcome, verbosity):
        has_news = outcome.status != UNCHANGED and set(outcome.notices) - set(outcome.warnings)
        is_told = outcome.change or outcome.is_held_back or has_news
        is_told = is_told or (verbosity > 1 and not outcome.errors)
        if outcome.errors or is_told or outcome.is_schedule_cancelled or outcome.warnings:
            self.progress.clear()
        for line, message in outcome.errors:
            self.stderr.write(self.style.ERROR(f"{outcome.name}:{line}: {message}"))
        if is_told:
            self.stdout.write(f"{outcome.name}: {STATUSES[outcome.status]}")
            for sentence in outcome.notices:
                if sentence not in outcome.warnings:
                    self.stdout.write(f"  {sentence}")
        if outcome.change:
            for line in change_lines(outcome.change):
                self.stdout.write(f"  {line}")
        for sentence in outcome.warnings:
            self.stderr.write(self.style.WARNING(f"{outcome.name}: {sentence}"))
        if outcome.is_schedule_cancelled:
            text = _(
                "%(file)s: the schedule of the digest is cancelled, because this post brings "
                "errors into it. Mend them at the desk, then schedule it again."
            )
            self.stderr.write(self.style.WARNING(text % {"file": outcome.name}))

    def _account(self, outcome):
        if not outcome.account:
            return
        self.progress.clear()
        self.stdout.write(f"{outcome.name}: {account_lines.line(outcome.account)}")

    def _summarize(self, counts, media, total, dry_run):
        if media:
            self.stdout.write(_("The posts refer to these files, which are not imported:"))
            for path in media:
                self.stdout.write(f"  {path}")
        summary = ", ".join(COUNTS[name] % {"count": number} for name, number in counts.items())
        sentence = ngettext("%(count)d post: %(summary)s.", "%(count)d posts: %(summary)s.", total)
        self.stdout.write(sentence % {"count": total, "summary": summary})
        if dry_run:
            self.stdout.write(_("Nothing was saved: this was a dry run."))

    def _write_json(self, counts, media, files, dry_run):
        report = {"dry_run": dry_run, "totals": counts, "media": media, "files": files}
        self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))


def old_site(text):
    """The address of a site without a closing slash; raises ArgumentTypeError."""
    parts = urlsplit(text.strip())
    is_plain = not parts.query and not parts.fragment and "@" not in parts.netloc
    if not is_web_address(text.strip()) or not is_plain:
        message = _("“%(url)s” is no address of a site. Write it as https://old.example.")
        raise ArgumentTypeError(message % {"url": text})
    return text.strip().rstrip("/")


def change_lines(change):
    """A change article by article: sign, place, headline, changed fields and characters."""
    if change.fields:
        names = ", ".join(field.name for field in change.fields)
        told = _("the digest itself: %(fields)s") % {"fields": names}
        yield f"~ {told} {_signed(change.fields)}"
    for article in change.changed_articles:
        place = article.after or article.before
        words = (
            f"{SIGNS.get(article.kind, '~')} {place} {nameless.shown_headline(article.headline)}"
        )
        if article.moved:
            moved = _("(moved from %(before)d to %(after)d)")
            words += " " + moved % {"before": article.before, "after": article.after}
        if article.kind in SIGNS or article.kind == SAME:
            yield words
        else:
            names = ", ".join(field.name for field in article.fields)
            yield f"{words}: {names} {_signed(article.fields)}"


def as_json(outcome):
    """An outcome as JSON values."""
    change = outcome.change
    return {
        "name": outcome.name,
        "status": outcome.status,
        "published": outcome.is_published,
        "schedule_cancelled": outcome.is_schedule_cancelled,
        "held_back": outcome.is_held_back,
        "notices": outcome.notices,
        "errors": [{"line": line, "message": message} for line, message in outcome.errors],
        "fields": [field.name for field in change.fields] if change else [],
        "articles": [_article(article) for article in change.changed_articles] if change else [],
        "media": outcome.media,
        "exact": outcome.is_exact,
        "account": outcome.account and outcome.account.as_json(),
    }


def _article(article):
    added, removed = _size(article.fields)
    return {
        "change": article.kind,
        "moved": article.moved,
        "headline": article.headline,
        "before": article.before,
        "after": article.after,
        "fields": [field.name for field in article.fields],
        "added_characters": added,
        "removed_characters": removed,
    }


def _size(fields):
    """The numbers of characters added and removed."""
    segments = [segment for field in fields for segment in field.segments]
    return tuple(
        sum(len(segment.text) for segment in segments if segment.kind == kind)
        for kind in (ADDED, REMOVED)
    )


def _signed(fields):
    return "(+{} −{})".format(*_size(fields))
