"""A directory that is exported into while others read it: every file is whole, or not there."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

# What is being written. It has one name, so that what a killed run leaves is found by the next.
PARTIAL = ".export.partial"


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

    File names are relative to it, with slashes. Raises ExportError on entering if another process
    is at work there.
    """

    def __init__(self, root: Path):
        self.root = root
        self.report = Report()

    def __enter__(self) -> "Folder":
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            message = _("%(directory)s cannot be written to: %(reason)s.")
            names = {"directory": self.root, "reason": error.strerror}
            raise ExportError(message % names) from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._handle)
            message = _("Another export into %(directory)s is running. Wait until it has ended.")
            raise ExportError(message % {"directory": self.root}) from error
        (self.root / PARTIAL).unlink(missing_ok=True)
        return self

    def __exit__(self, *raised) -> None:
        os.fsync(self._handle)
        os.close(self._handle)  # which also ends the lock

    def write(self, name: str, data: bytes) -> None:
        """Put the file there in one step, unless it has these very bytes."""
        path = self.root / name
        if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
            self.report.unchanged += 1
            return
        self.replace(name, data)
        self.report.written += 1

    def replace(self, name: str, data: bytes) -> None:
        """Put the file there in one step; the report does not tell of it."""
        path, partial = self.root / name, self.root / PARTIAL
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)

    def remove(self, name: str) -> None:
        """Remove the file if it is there, and directories that it leaves empty."""
        path = self.root / name
        if not path.is_file():
            return
        path.unlink()
        self.report.removed += 1
        for parent in path.relative_to(self.root).parents[:-1]:
            try:
                (self.root / parent).rmdir()
            except OSError:  # something else is in it
                return
