"""`manage.py backup FILE [--force]`, `manage.py backup --into DIR [--verify [--keep DAYS]]`"""

import argparse
import datetime as dt
import shlex
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.backup import creating, rotating
from articles.backup.archive import Refused
from articles.management import unattended
from articles.management.progress import Progress
from articles.operations import heartbeats

MOST_DAYS = 36500


def days(text):
    """A whole number of days above 0, for argparse."""
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 0 < int(text) <= MOST_DAYS):
        message = _("“%(text)s” is not a number of days from 1 to %(most)d")
        raise argparse.ArgumentTypeError(message % {"text": text, "most": MOST_DAYS})
    return dt.timedelta(days=int(text))


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Write the whole site to one file: every table but sessions, and the uploaded files, "
            "with a checksum of each. The site may be in use. The file holds password hashes: "
            "keep it safe. With --into, --verify and --keep it is all that has to be done every "
            "night."
        )

    def add_arguments(self, parser):
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument(
            "file", type=Path, nargs="?", metavar="FILE", help=_("where to write, such as b.zip")
        )
        target.add_argument(
            "--into",
            type=Path,
            metavar="DIR",
            help=_("write to a new file in this folder, named by date and time"),
        )
        parser.add_argument("--force", action="store_true", help=_("replace FILE if it exists"))
        parser.add_argument(
            "--verify",
            action="store_true",
            help=_(
                "with --into: prove that the file restores, as verify_backup does, and note when"
            ),
        )
        parser.add_argument(
            "--keep",
            type=days,
            metavar="DAYS",
            help=_("with --verify: after the proof, delete the backups in DIR that are older"),
        )

    def handle(self, *, file, into, force, verify, keep, verbosity, **options):
        if file and (verify or keep):
            raise CommandError(
                _("--verify and --keep are for a folder of backups: add --into DIR.")
            )
        if into and force:
            raise CommandError(_("--into never replaces a file: leave out --force."))
        if keep and not verify:
            raise CommandError(
                _("Old backups are only deleted after a new one was verified: --verify.")
            )
        try:
            path = file or into / rotating.name_at(timezone.now())
            manifest = self.create(path, force, verbosity, verify)
            if verify:
                self.verify(path, manifest, keep, verbosity)
        except Exception:
            if into:  # runs every night, unattended
                unattended.report("newsroom-backup")
            raise

    def create(self, path, force, verbosity, is_verified_next):
        with Progress(is_quiet=not verbosity) as progress:
            try:
                manifest = creating.create(path, force=force, progress=progress.show)
            except Refused as error:
                raise CommandError(error) from error
        if verbosity:
            rows = sum(table["rows"] for table in manifest["tables"].values())
            sentence = ngettext(
                "%(file)s: %(bytes)s bytes, %(rows)s row as of %(time)s.",
                "%(file)s: %(bytes)s bytes, %(rows)s rows as of %(time)s.",
                rows,
            )
            told = {"file": path, "bytes": f"{path.stat().st_size:,}", "rows": f"{rows:,}"}
            self.stdout.write(sentence % {**told, "time": manifest["created_at"]})
            if not is_verified_next:
                sentence = _("Prove that it restores: manage.py verify_backup %(file)s")
                self.stdout.write(sentence % {"file": shlex.quote(str(path))})
        return manifest

    def verify(self, path, manifest, keep, verbosity):
        """Raises on failure, before anything is deleted or recorded."""
        call_command(
            "verify_backup", path, verbosity=verbosity, stdout=self.stdout, stderr=self.stderr
        )
        rotating.mark_verified(path)
        heartbeats.note(heartbeats.BACKUP, dt.datetime.fromisoformat(manifest["created_at"]))
        deleted = rotating.delete_old(path, keep) if keep else []
        if verbosity:
            sentence = _("%(file)s restores. Old backups deleted: %(count)d")
            self.stdout.write(sentence % {"file": path.name, "count": len(deleted)})
