"""A directory that is exported into while others read it: every file is whole, or not there, and an
export that fails leaves all of them as they were.

What is new waits in a folder with a dot name inside the directory, since that is on the same file
system wherever the directory is mounted or linked to. It moves in when everything is there.
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

# It has one name, so that what a killed run leaves is found by the next.
STAGE = ".export.partial"
# In it: files that are to come; those whose place they take, or that are to go; and, while files
# move, the names at which there was nothing before. Who finds these names undoes the moves.
NEW, FORMER, MOVING = "new", "former", "moving"


class ExportError(Exception):
    """Nothing can be exported there; the message is a sentence for the operator."""


@dataclass
class Report:
    """How many files were written, were the same already, and were removed."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0


class Folder:
    """A context manager: the directory, made if need be, for one process at a time.

    File names are relative to it, with slashes. Files come and go at its end, all or none. Raises
    ExportError if another process is at work there, or if the disk does not take the files.
    """

    def __init__(self, root: Path):
        self.name = root
        self.report = Report()
        self._coming: dict[str, None] = {}
        self._going: dict[str, None] = {}

    def __enter__(self) -> "Folder":
        with self._failures_in_words():
            self.name.mkdir(parents=True, exist_ok=True)
            # Whoever makes a link lead elsewhere in the meantime gets none of these files.
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
            os.close(self._handle)  # which also ends the lock

    def write(self, name: str, data: bytes) -> None:
        """Put the file there at the end, unless it has these very bytes."""
        if self.replace(name, data):
            self.report.written += 1
        else:
            self.report.unchanged += 1

    def replace(self, name: str, data: bytes) -> bool:
        """Put the file there at the end, unless it has these very bytes; the report does not tell
        of it. Returns whether it has others."""
        path, staged = self.root / name, self._stage / NEW / name
        with self._failures_in_words():
            if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
                self._coming.pop(name, None)
                return False
            _write(staged, data)
        self._coming[name] = None
        return True

    def remove(self, name: str) -> None:
        """Remove the file at the end if it is there, and directories that it leaves empty."""
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
        # The last first, so that most of what a page leads to is there before the page.
        for name in reversed(self._coming):
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            (self._stage / NEW / name).replace(path)
        for name in self._going:
            self._drop(name)
        os.fsync(self._handle)
        (self._stage / MOVING).unlink()

    def _keep_former(self, name) -> bool:
        """Whether there was a file; another name of it is kept then."""
        path, kept = self.root / name, self._stage / FORMER / name
        if not _is_file(path):
            return False
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, kept, follow_symlinks=False)
        except OSError:  # not every file system has links, and not every file may be linked to
            shutil.copy2(path, kept, follow_symlinks=False)
        return True

    def _clear(self) -> None:
        """Remove what waits, and undo moves that did not come to their end."""
        if _is_file(self._stage):
            self._stage.unlink()
        moving = self._stage / MOVING
        if moving.is_file():
            for name in moving.read_text("utf-8").split("\n"):
                if is_below(name):
                    self._drop(name)
            self._bring_back()
            # Before anything else goes, since what is left then tells of no moves.
            moving.unlink()
        if self._stage.is_dir():
            shutil.rmtree(self._stage)

    def _bring_back(self) -> None:
        """Can be cut off and done again: what is back in its place waits no more."""
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
            except OSError:  # something else is in it
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
    """Whether a file name stays in the directory, and on one line of a list of names."""
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
