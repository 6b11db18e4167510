"""Adds uploaded files to a backup, and restores them."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from articles.backup.archive import BLOCK, Archive, Refused, Writer, sync_directory

FOLDER = "media/"
# Inside MEDIA_ROOT, so that a rename can move a file into place even if MEDIA_ROOT is a mount.
STAGING = ".restoring"


def add(writer: Writer, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Add each file below MEDIA_ROOT; skip one that is deleted meanwhile. `progress` gets the
    numbers of files done and in total."""
    files = list(_files(Path(settings.MEDIA_ROOT)))
    for number, path in enumerate(files, start=1):
        with (
            suppress(FileNotFoundError),
            path.open("rb") as file,
            writer.part(_name(path), is_compressed=False) as part,
        ):
            shutil.copyfileobj(file, part, BLOCK)
        progress(number, len(files))


def refuse_foreign(archive: Archive) -> None:
    """Raise Refused if MEDIA_ROOT has a file that is missing from the backup or differs from it."""
    root = Path(settings.MEDIA_ROOT)
    for path in _files(root):
        if archive.parts.get(_name(path), {}).get("sha256") != _sha256(path):
            raise Refused(
                _("%(folder)s is not empty: it has %(file)s. Move its files away first.")
                % {"folder": root, "file": path.relative_to(root)}
            )


@contextmanager
def staged(
    archive: Archive, progress: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[None]:
    """Extract the files of the backup into a staging folder, from which `move_in` moves them into
    place. Removes first what a killed process left there, and at the end what was not moved.
    `progress` gets the numbers of files extracted and in total."""
    staging = _staging()
    shutil.rmtree(staging, ignore_errors=True)
    try:
        names = archive.names(FOLDER)
        for number, name in enumerate(names, start=1):
            target = staging / name.removeprefix(FOLDER)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as part, target.open("wb") as file:
                shutil.copyfileobj(part, file, BLOCK)
                file.flush()
                os.fsync(file.fileno())
            progress(number, len(names))
        yield
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def move_in() -> None:
    """Move the staged files into place, each with one rename."""
    root, staging = Path(settings.MEDIA_ROOT), _staging()
    for path in sorted(staging.rglob("*")):
        if path.is_file():
            target = root / path.relative_to(staging)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
            sync_directory(target.parent)


def differences(archive: Archive) -> Iterator[tuple[str, bool]]:
    """Files of the backup that differ in MEDIA_ROOT, and whether they exist there. Raises Refused
    if MEDIA_ROOT cannot hold or serve a file of that name."""
    for name in archive.names(FOLDER):
        path = Path(settings.MEDIA_ROOT, name.removeprefix(FOLDER))
        try:
            is_there = path.is_file()
            is_same = is_there and _sha256(path) == archive.parts[name]["sha256"]
        except OSError as error:
            names = {"file": name, "reason": error.strerror}
            raise Refused(_("%(file)s cannot be read: %(reason)s.") % names) from error
        if not is_same:
            yield name, is_there


def refuse_inside(path: Path) -> None:
    """Raise Refused if `path` is below MEDIA_ROOT: the backup would include itself, and visitors
    might fetch it."""
    if path.resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        raise Refused(
            _("A backup must not lie in MEDIA_ROOT, where visitors may fetch it. Choose another.")
        )


def _staging():
    return Path(settings.MEDIA_ROOT) / STAGING


def _name(path):
    return FOLDER + path.relative_to(settings.MEDIA_ROOT).as_posix()


def _files(root):
    return (
        path
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.relative_to(root).parts[0] != STAGING
    )


def _sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
