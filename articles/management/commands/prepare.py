"""`manage.py prepare`"""

import filecmp
import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands import collectstatic
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from articles.management.progress import Progress

ASK_AGAIN_SECONDS = 2


def reason_in(error: OperationalError) -> str:
    """What happened last, as the database's library says it, without its hints, which are
    indented."""
    lines = [line for line in str(error).splitlines() if line.strip() and not line.startswith("\t")]
    return lines[-1].strip() if lines else type(error).__name__


class CollectStatic(collectstatic.Command):
    """Django's own command, which also calls `progress` with the number of steps done.

    Each file is copied, named after its contents, and compressed. Django logs each of these steps
    but does not know their total.
    """

    def __init__(self, progress: Callable[[int], None]):
        super().__init__()
        self._progress, self._done = progress, 0

    def delete_file(self, path, prefixed_path, source_storage):
        """Also collect a file that differs from its copy and is older: Django looks at the times,
        and an archive or an image keeps those of its version."""
        if self.storage.exists(prefixed_path) and not filecmp.cmp(
            source_storage.path(path), self.storage.path(prefixed_path), shallow=False
        ):
            self.storage.delete(prefixed_path)
        return super().delete_file(path, prefixed_path, source_storage)

    def log(self, *message, **options):
        super().log(*message, **options)
        self._done += 1
        self._progress(self._done)


class Command(BaseCommand):
    @property
    def help(self):
        return _(
            "Make everything ready for this version of the code: wait for the database, apply "
            "migrations, and collect the static files that have changed. Run it once a machine "
            "after every update, before the site is started again. Running it again does nothing."
        )

    def add_arguments(self, parser):
        parser.add_argument(
            "--static-only",
            action="store_true",
            help=_("leave the database alone, as where an image is built"),
        )

    def handle(self, *, static_only, verbosity, **options):
        if not static_only:
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
            self.wait_for_database()
            self.say(_("Preparing the database"))
            call_command("migrate", verbosity=0, interactive=False)
        # With DEBUG, they are served from where they are edited.
        if static_only or not settings.DEBUG:
            self.collect_static_files(verbosity)

    def wait_for_database(self):
        """Return once the database accepts a connection; print each new reason for waiting once."""
        told = None
        while True:
            try:
                return connection.ensure_connection()
            except OperationalError as error:
                reason = reason_in(error)
            if reason != told:
                sentence = _("Waiting for the database to let the site in: %(reason)s")
                self.stderr.write(sentence % {"reason": reason})
                told = reason
            time.sleep(ASK_AGAIN_SECONDS)

    def collect_static_files(self, verbosity):
        """Collect and compress static files, unless they are up to date. They are collected again
        if the sources changed, or if another version has collected its own files since."""
        stamp, sources = settings.STATIC_ROOT / ".sources", _sources()
        if stamp.is_file() and stamp.read_text() == f"{sources} {_collected()}":
            return
        self.say(_("Compressing static files"))
        with Progress(is_quiet=not verbosity) as progress:
            call_command(CollectStatic(progress.show), verbosity=0, interactive=False)
        stamp.write_text(f"{sources} {_collected()}")

    def say(self, text):
        """Flush at once, so that the line also appears in a pipe."""
        self.stdout.write(text)
        self.stdout.flush()


def _collected():
    """The digest of the list of collected files."""
    listing = settings.STATIC_ROOT / ManifestStaticFilesStorage.manifest_name
    return hashlib.sha256(listing.read_bytes()).hexdigest() if listing.is_file() else ""


def _sources():
    """The digest of the names and bytes of all static files."""
    sources = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest = hashlib.sha256(Path(storage.path(name)).read_bytes()).hexdigest()
            sources.update(f"{name} {digest}\n".encode())
    return sources.hexdigest()
