"""`manage.py push FILE|- [--date DAY] [--program NAME] [--dry-run] [--json]`"""

import json
import sys
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import preflight
from articles.document import day_in_name
from articles.management.programs import program_named
from articles.models import Push
from articles.posts.post_files import MAX_POST_BYTES, SUFFIXES
from articles.posts.pushes import json_reading, markdown_reading
from articles.posts.pushes.problems import Refused
from articles.posts.pushes.receiving import Handed, receive
from articles.posts.pushes.record import Fate
from articles.rules import nameless, times

STANDARD_INPUT = "-"
JSON, MARKDOWN = json_reading.MEDIA_TYPE, markdown_reading.MEDIA_TYPE
DAY_IN = {JSON: json_reading.day_in, MARKDOWN: markdown_reading.day_in}
FATES = {
    Fate.ADDED: gettext_lazy("added"),
    Fate.REPLACED: gettext_lazy("replaced"),
    Fate.UNCHANGED: gettext_lazy("unchanged"),
    Fate.SUGGESTED: gettext_lazy("suggested"),
    Fate.DELETED: gettext_lazy("left out"),
    Fate.MOVED: gettext_lazy("left out"),
}


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Hand in a digest as a program does: into a draft that nobody has open, else as "
            "suggestions. Nothing is published. The same file again changes nothing."
        )

    def add_arguments(self, parser):
        parser.add_argument(
            "file",
            metavar="FILE",
            help=_("Markdown (.md) or JSON (.json); - reads the standard input"),
        )
        parser.add_argument(
            "--date",
            metavar="YYYY-MM-DD",
            help=_(
                "the day of the digest; without it, the one at the start of the file name, or else "
                "the one that the file says"
            ),
        )
        parser.add_argument(
            "--program",
            metavar="NAME",
            help=_("whose text it is, for the history; made if it is new"),
        )
        for name, text in (
            ("--dry-run", _("save nothing; report what would be done")),
            ("--json", _("write the account as JSON")),
        ):
            parser.add_argument(name, action="store_true", help=text)

    def handle(self, *, file, date, program, dry_run, **options):
        content = _content(file)
        media_type = _media_type(file, content)
        try:
            day = _day(date) if date else _own_day(file, media_type, content)
            with _program(program or _("command line"), dry_run=dry_run) as own:
                handed = Handed(own, day, media_type, content)
                received = receive(handed, dry_run=dry_run)
        except Refused as refused:
            self._tell_problems(file, refused, as_json=options["json"])
            raise CommandError(_("Nothing was taken.")) from refused
        if options["json"]:
            self._write_json(received.account)
        else:
            self._report(received.account)

    def _tell_problems(self, name, refused, *, as_json):
        if as_json:
            errors = [problem.as_json() for problem in refused.problems]
            self._write_json({"outcome": Push.Outcome.REFUSED.value, "errors": errors})
            return
        for problem in refused.problems:
            place = problem.line or problem.pointer or ""
            self.stderr.write(self.style.ERROR(f"{name}:{place}: {problem.detail}"))

    def _write_json(self, account):
        self.stdout.write(json.dumps(account, ensure_ascii=False, indent=1))

    def _report(self, account):
        self.stdout.write(f"{account['date']}: {Push.Outcome(account['outcome']).label}")
        if not account["reading"]["exact"]:
            share = round(account["reading"]["share"] * 100)
            self.stdout.write(_("%(share)d %% recognised") % {"share": share})
        for article in account["articles"]:
            headline = nameless.shown_headline(article["headline"])
            self.stdout.write(f"  {article['number']}. {headline}: {FATES[article['fate']]}")
            if article["why"]:
                self.stdout.write(f"     {article['why']}")
        for sentence in account["notices"]:
            self.stdout.write(sentence)
        self.stdout.write(preflight.counted(account["findings"]))
        if account["desk_url"]:
            self.stdout.write(account["desk_url"])
        if account["dry_run"]:
            self.stdout.write(_("Nothing was saved: this was a dry run."))


def _content(name):
    """The bytes of a file or of the standard input. Raises CommandError."""
    try:
        if name == STANDARD_INPUT:
            content = sys.stdin.buffer.read(MAX_POST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(MAX_POST_BYTES + 1)
    except FileNotFoundError as error:
        raise CommandError(_("%(path)s does not exist.") % {"path": name}) from error
    except IsADirectoryError as error:
        raise CommandError(_("%(path)s is a folder. Name a file.") % {"path": name}) from error
    except OSError as error:
        message = _("The file cannot be read: %(reason)s.") % {"reason": error.strerror}
        raise CommandError(message) from error
    if len(content) > MAX_POST_BYTES:
        message = _("The file is larger than %(limit)d bytes.")
        raise CommandError(message % {"limit": MAX_POST_BYTES})
    return content


def _media_type(name, content):
    """By the ending of the name; without one that is known, by the first character."""
    suffix = Path(name).suffix.lower()
    if suffix in SUFFIXES or suffix == ".json":
        return JSON if suffix == ".json" else MARKDOWN
    return JSON if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" else MARKDOWN


def _day(text):
    try:
        return times.parse_day(text)
    except ValueError as error:
        message = _("“%(date)s” is not a day. Write it as 2026-01-03.")
        raise CommandError(message % {"date": text}) from error


def _own_day(name, media_type, content):
    """The day in the file's name, or else the one that the content says. Raises CommandError if
    there is none, and Refused if the content is of another type."""
    day = day_in_name(Path(name).stem) or DAY_IN[media_type](content)
    if day is None:
        raise CommandError(_("The file does not say its day. Name it with --date 2026-01-03."))
    return _day(day.isoformat())


@contextmanager
def _program(name, *, dry_run):
    """The program of that name. A new one is made; a dry run keeps none. Raises CommandError."""
    program = program_named(name)
    if program.pk:
        yield program
    elif not dry_run:
        program.save()
        yield program
    else:
        with transaction.atomic():
            program.save()
            yield program
            transaction.set_rollback(True)
