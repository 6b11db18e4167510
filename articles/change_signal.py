"""How the processes of one machine tell each other that readers see something else than before.

It is a file of a few random bytes, which every process maps into its memory: SQLite shares the
index of its write-ahead log in the same way. So to look at it asks the operating system nothing,
which every request for a finished page does. A system call, however short, lets go of Python's
lock, and to get that back among several threads costs more than the call.

Nothing but `change` may write to the file: a process ends that looks at one which was cut short.
"""

import contextlib
import mmap
import os
from pathlib import Path

LENGTH = 8


class ChangeSignal:
    """`value` is another after every `change`, in whichever process. Where the file can be neither
    made nor mapped it is always empty: processes then find out by asking the database."""

    def __init__(self, path: Path):
        self.path = path
        self._map: mmap.mmap | None = None
        self._file: tuple[int, int] | None = None

    def value(self) -> bytes:
        if self._map is None:
            self.open()
        return self._map[:LENGTH] if self._map is not None else b""

    def change(self) -> None:
        """Raises OSError where the file cannot be written."""
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o666)
        try:
            # By a call, and not in the memory: where a full disk cannot take it, that is an error.
            os.pwrite(file, os.urandom(LENGTH), 0)
        finally:
            os.close(file)

    def open(self) -> None:
        """Map the file, made if it is not there; again, if there is another under its name."""
        with contextlib.suppress(OSError):
            if not self.path.exists() or self.path.stat().st_size < LENGTH:
                self.change()
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                found = status.st_dev, status.st_ino
                if found != self._file:
                    self._map = mmap.mmap(file.fileno(), LENGTH, access=mmap.ACCESS_READ)
                    self._file = found
