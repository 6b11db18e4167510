"""A directory to export into while others read it. Each file is either complete or absent, and a
failed export leaves all files as they were.

New files are staged in a dot folder inside the directory, which is on the same file system even if
the directory is a mount or a link. They are moved into place when all of them are there.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

# A fixed name, so that the next run finds what a killed run leaves.
STAGE = ".export.partial"
# Its contents: new files; former files that are to be replaced or removed; and, while files move, a
# list of the names at which there was no file before. If that list exists, the moves are undone.
NEW, FORMER, MOVING = "new", "former", "moving"


class ExportError(Exception):
    """The export failed; the message is a sentence for the operator."""


@dataclass
class Report:
    """Numbers of files that were written, unchanged and removed."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0


class Folder:
    """A context manager for a directory, created if needed, locked for one process at a time.

    File names are relative to it, with slashes. At the end, all changes are made or none. Raises
    ExportError if another process holds the lock, or if the disk fails.
    """

    def __init__(self, root: Path):
        self.name = root
        self.report = Report()
        self._coming: dict[str, None] = {}
        self._going: dict[str, None] = {}

    def __enter__(self) -> "Folder":
        with self._failures_in_words():
            self.name.mkdir(parents=True, exist_ok=True)
            # Resolve once, so that a link changed meanwhile cannot redirect the files.
            self.root = self.name.resolve()
            self._stage = self.root / STAGE
            self._handle = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with self._failures_in_words():
                self._lock()
                self._clear()
        except BaseException:
            os.close(self._handle)
            raise
        return self

    def __exit__(self, kind, *raised) -> None:
        try:
            with self._failures_in_words():
                try:
                    if kind is None:
                        self._move()
                finally:
                    self._clear()
        finally:
            os.close(self._handle)  # also releases the lock

    def write(self, name: str, data: bytes) -> None:
        """Stage a file to be written at the end, unless the existing one has the same bytes."""
        if self.replace(name, data):
            self.report.written += 1
        else:
            self.report.unchanged += 1

    def replace(self, name: str, data: bytes) -> bool:
        """Like `write`, but without an entry in the report. Returns whether the bytes differ from
        the existing file."""
        path, staged = self.root / name, self._stage / NEW / name
        with self._failures_in_words():
            if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
                self._coming.pop(name, None)
                return False
            _write(staged, data)
        self._coming[name] = None
        return True

    def remove(self, name: str) -> None:
        """Stage a file, if it exists, to be removed at the end, with directories left empty."""
        if (self.root / name).is_file():
            self._going[name] = None
            self.report.removed += 1

    def _lock(self) -> None:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = _("Another export into %(directory)s is running. Wait until it has ended.")
            raise ExportError(message % {"directory": self.name}) from error

    def _move(self) -> None:
        if not (self._coming or self._going):
            return
        names = dict.fromkeys((*self._coming, *self._going))
        added = [name for name in names if not self._keep_former(name)]
        written = self._stage / f"{MOVING}.partial"
        _write(written, "\n".join(added).encode())
        written.replace(self._stage / MOVING)
        # In reverse order, so that a page mostly appears after the files it links to.
        for name in reversed(self._coming):
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            (self._stage / NEW / name).replace(path)
        for name in self._going:
            self._drop(name)
        os.fsync(self._handle)
        (self._stage / MOVING).unlink()

    def _keep_former(self, name) -> bool:
        """Keep a former file under a second name; returns whether there was one."""
        path, kept = self.root / name, self._stage / FORMER / name
        if not _is_file(path):
            return False
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, kept, follow_symlinks=False)
        except OSError:  # hard links may be unsupported by the file system or for the file
            shutil.copy2(path, kept, follow_symlinks=False)
        return True

    def _clear(self) -> None:
        """Remove staged files, and undo moves that were interrupted."""
        if _is_file(self._stage):
            self._stage.unlink()
        moving = self._stage / MOVING
        if moving.is_file():
            for name in moving.read_text("utf-8").split("\n"):
                if is_below(name):
                    self._drop(name)
            self._bring_back()
            # Delete the list first: once the undo is done, it must not be repeated.
            moving.unlink()
        if self._stage.is_dir():
            shutil.rmtree(self._stage)

    def _bring_back(self) -> None:
        """Move former files back. Safe to interrupt and repeat: a file moved back is not staged."""
        former = self._stage / FORMER
        for kept in sorted(former.rglob("*")):
            if _is_file(kept):
                path = self.root / kept.relative_to(former)
                path.parent.mkdir(parents=True, exist_ok=True)
                kept.replace(path)

    def _drop(self, name) -> None:
        path = self.root / name
        if _is_file(path):
            path.unlink()
        for parent in path.relative_to(self.root).parents[:-1]:
            try:
                (self.root / parent).rmdir()
            except OSError:  # the directory is not empty
                return

    @contextmanager
    def _failures_in_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = _("%(directory)s cannot be written to: %(reason)s.")
            names = {"directory": self.name, "reason": error.strerror or error}
            raise ExportError(message % names) from error


def is_below(name: str) -> bool:
    """Whether a file name stays below the directory, and has no line break."""
    parts = name.split("/")
    return not {"", ".", "..", STAGE}.intersection(parts) and not re.search(r"[\x00-\x1f]", name)


def _is_file(path) -> bool:
    return path.is_symlink() or path.is_file()


def _write(path, data) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
