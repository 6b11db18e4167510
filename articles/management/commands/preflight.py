"""`manage.py preflight DATE…|FILE… [--json] [--fail-level LEVEL]`"""

import datetime as dt
import json
import re
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles import document, preflight
from articles.digests import revisions
from articles.document import DocumentError
from articles.models import Digest
from articles.posts import sources
from articles.preflight import Severity
from articles.rules.remarks import shown_line
from articles.rules.text import Slugs

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
FOUND, USAGE = 1, 2
COLOURS = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.HINT: "NOTICE"}


class Command(BaseCommand):
    help = (
        "Check digests before they go to press: stored ones by date, posts by file or directory. "
        "Nothing is saved. Ends with status 1 if something of the fail level was found or a file "
        "cannot be read, with 2 if the command cannot be understood."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "targets",
            nargs="+",
            metavar="DATE|FILE",
            help="a day such as 2026-01-03, a post, or a directory of posts",
        )
        parser.add_argument("--json", action="store_true", help="write the findings as JSON")
        parser.add_argument(
            "--fail-level",
            choices=[level.value for level in Severity],
            default=Severity.ERROR.value,
            help="the least severity that makes the command fail (default: error)",
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
            raise CommandError(f"Not ready for press: {names}.", returncode=FOUND)

    def _resolve(self, targets):
        """Digests and paths, in the given order; directories give their posts."""
        found = []
        for target in targets:
            path = Path(target)
            if DATE.fullmatch(target) and not path.exists():
                found.append(self._digest(target))
                continue
            try:
                own = sources.find_posts([path])
            except FileNotFoundError as error:
                message = f"{target} is neither a date such as 2026-01-03 nor a file or directory."
                raise CommandError(message, returncode=USAGE) from error
            if not own:
                raise CommandError(f"{target} holds no Markdown file (.md).", returncode=USAGE)
            found += own
        return found

    def _digest(self, text):
        try:
            return Digest.objects.get(date=dt.date.fromisoformat(text))
        except ValueError as error:
            raise CommandError(f"{text} is not a date.", returncode=USAGE) from error
        except Digest.DoesNotExist as error:
            raise CommandError(f"There is no digest for {text}.", returncode=USAGE) from error

    def _report(self, target):
        """What `--json` writes about one digest or file."""
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
                post = document.parse(sources.read_post(target), ZoneInfo(settings.TIME_ZONE))
                data, digest = _snapshot(post, target.stem), None
        except DocumentError as error:
            report["refused"] = [{"line": line, "sentence": text} for line, text in error.errors]
            return report
        report["articles"] = {article["uid"]: article["headline"] for article in data["articles"]}
        findings = preflight.check(data, digest=digest)
        report["findings"] = [finding.as_dict() for finding in findings]
        return report

    def _print(self, report):
        """Grouped by article, so that it can be worked through from top to bottom."""
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
            self.stdout.write(f"\n{_summary(report['findings'])}\n")

    def _print_finding(self, finding):
        place = " ".join(str(part) for part in (finding["field"], finding["line"]) if part)
        level = finding["severity"]
        colour = getattr(self.style, COLOURS[Severity(level)])
        self.stdout.write(f"  {colour(level)} {finding['code']} [{place}]")
        self.stdout.write(f"    {finding['sentence']} {finding['advice']}")


def _snapshot(post, name):
    """What `check` needs to know of a post; articles are told apart by slugs of their headlines."""
    slugs = Slugs()
    uids = [slugs.unique(shown_line(article.headline)) for article in post.articles]
    return document.to_snapshot(post, uids) | {"slug": name}


def _summary(findings):
    levels = [finding["severity"] for finding in findings]
    counts = ", ".join(f"{levels.count(level.value)} {level.value}s" for level in Severity)
    return counts + "."
