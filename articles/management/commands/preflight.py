"""`manage.py preflight DATE…|FILE… [--json] [--fail-level LEVEL]`"""

import datetime as dt
import json
import re
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import document, preflight
from articles.digests import revisions
from articles.document import DocumentError
from articles.models import Digest
from articles.posts import post_files
from articles.preflight import Severity
from articles.rules.hidden_text import shown_line
from articles.rules.text import Slugs

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
FOUND, USAGE = 1, 2
WORDS = {
    Severity.ERROR: gettext_lazy("error"),
    Severity.WARNING: gettext_lazy("warning"),
    Severity.HINT: gettext_lazy("hint"),
}
COLOURS = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.HINT: "NOTICE"}


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Check digests before they go to press: stored ones by date, posts by file or "
            "directory. Nothing is saved. Ends with status 1 if something of the fail level was "
            "found or a file cannot be read, with 2 if the command cannot be understood."
        )

    def add_arguments(self, parser):
        parser.add_argument(
            "targets",
            nargs="+",
            metavar="DATE|FILE",
            help=_("a day such as 2026-01-03, a post, or a directory of posts"),
        )
        parser.add_argument("--json", action="store_true", help=_("write the findings as JSON"))
        parser.add_argument(
            "--fail-level",
            choices=[level.value for level in Severity],
            default=Severity.ERROR.value,
            help=_("the least severity that makes the command fail (default: error)"),
        )

    def handle(self, *, targets, fail_level, **options):
        reports = [self._report(target) for target in self._resolve(targets)]
        if options["json"]:
            self.stdout.write(json.dumps(reports, ensure_ascii=False, indent=2))
        else:
            for report in reports:
                self._print(report)
        levels = list(Severity)[: list(Severity).index(Severity(fail_level)) + 1]
        failed = [
            report
            for report in reports
            if report["refused"] or any(f["severity"] in levels for f in report["findings"])
        ]
        if failed:
            names = ", ".join(report["target"] for report in failed)
            sentence = _("Not ready for press: %(names)s.") % {"names": names}
            raise CommandError(sentence, returncode=FOUND)

    def _resolve(self, targets):
        """Digests and paths, in the given order; a directory gives its posts."""
        found = []
        for target in targets:
            path = Path(target)
            if DATE.fullmatch(target) and not path.exists():
                found.append(self._digest(target))
                continue
            try:
                own = post_files.find_posts([path])
            except FileNotFoundError as error:
                sentence = _(
                    "%(name)s is neither a date such as 2026-01-03 nor a file or directory."
                )
                raise _misunderstood(sentence, target) from error
            if not own:
                raise _misunderstood(_("%(name)s holds no Markdown file (.md)."), target)
            found += own
        return found

    def _digest(self, text):
        try:
            return Digest.objects.get(date=dt.date.fromisoformat(text))
        except ValueError as error:
            raise _misunderstood(_("%(name)s is not a date."), text) from error
        except Digest.DoesNotExist as error:
            raise _misunderstood(_("There is no digest for %(name)s."), text) from error

    def _report(self, target):
        """The JSON of `--json` for one digest or file."""
        report = {
            "target": getattr(target, "name", ""),
            "refused": [],
            "articles": {},
            "findings": [],
        }
        try:
            if isinstance(target, Digest):
                report["target"] = target.date.isoformat()
                data, digest = revisions.snapshot(target), target
            else:
                data, digest = _snapshot(_read(target), target.stem), None
        except DocumentError as error:
            report["refused"] = [{"line": line, "sentence": text} for line, text in error.errors]
            return report
        report["articles"] = {article["uid"]: article["headline"] for article in data["articles"]}
        findings = preflight.check(data, digest=digest)
        report["findings"] = [finding.as_dict() for finding in findings]
        return report

    def _print(self, report):
        """Print the findings grouped by article, to be worked through from top to bottom."""
        self.stdout.write(self.style.MIGRATE_HEADING(report["target"]))
        for refusal in report["refused"]:
            self.stderr.write(
                self.style.ERROR(f"{report['target']}:{refusal['line']}: {refusal['sentence']}")
            )
        numbers = {uid: number for number, uid in enumerate(report["articles"], start=1)}
        by_place = sorted(report["findings"], key=lambda f: numbers.get(f["article"], 0))
        for uid, findings in groupby(by_place, key=lambda finding: finding["article"]):
            if uid is not None:
                self.stdout.write(f"\n{numbers[uid]}. {report['articles'][uid]}")
            for finding in findings:
                self._print_finding(finding)
        if not report["refused"]:
            self.stdout.write(f"\n{preflight.counted(report['findings'])}\n")

    def _print_finding(self, finding):
        place = " ".join(str(part) for part in (finding["field"], finding["line"]) if part)
        level = Severity(finding["severity"])
        colour = getattr(self.style, COLOURS[level])
        self.stdout.write(f"  {colour(WORDS[level])} {finding['code']} [{place}]")
        self.stdout.write(f"    {finding['sentence']} {finding['advice']}")


def _read(target):
    """The document of a file. If its name is of another day than its date, it has the day of its
    date, so that a finding says so."""
    text, zone, day = post_files.read_post(target), ZoneInfo(settings.TIME_ZONE), target.day
    post = document.parse(text, zone, day=day)
    written = post.front_matter.get("date")
    if day and written and day not in document.days_of(written, zone):
        return document.parse(text, zone)
    return post


def _snapshot(post, name):
    """The snapshot of a post for `check`; slugs of the headlines serve as ids of the articles."""
    slugs = Slugs()
    uids = [slugs.unique(shown_line(article.headline)) for article in post.articles]
    return document.to_snapshot(post, uids) | {"slug": name}


def _misunderstood(sentence, name):
    return CommandError(sentence % {"name": name}, returncode=USAGE)
