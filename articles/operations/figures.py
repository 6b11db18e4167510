"""Counters of the processes on this machine: requests, server errors, faults of page files, pages
that were made.

A server has several processes, but only one of them answers `/metrics`. So each process writes its
counters to its own file and keeps that file locked while it lives. A file without a lock belongs to
a process that ended; it is removed.
"""

import contextlib
import fcntl
import os
import struct
import threading
import time
from functools import cache
from pathlib import Path

# In the order of their place in a file. Each is an integer of eight bytes.
NAMES = ("requests", "server_errors", "page_files_fault", "pages_made", "pages_taken")
_PLACES = {name: place for place, name in enumerate(NAMES)}
_FORM = struct.Struct(f"<{len(NAMES)}Q")
_SECONDS_BETWEEN_WRITES = 1.0


@cache
def kept_in(folder: Path) -> "Figures":
    """The instance that all code in this process shares. Each instance writes all counters to its
    file."""
    return Figures(folder)


class Figures:
    """The counters of this process. Other processes see them below `folder` within a second.

    It is safe to use from several threads and after a fork. A full disk or another fault of the
    folder does not affect responses; then the other processes do not see the counters.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._lock = threading.Lock()
        self._counts = [0] * len(NAMES)
        self._pid: int | None = None

    def add(self, name: str, number: int = 1) -> None:
        """Increase a counter."""
        if self._pid != os.getpid():
            self._begin()
        with self._lock:
            self._counts[_PLACES[name]] += number

    def put(self, name: str, number: int) -> None:
        """Set a value."""
        if self._pid != os.getpid():
            self._begin()
        with self._lock:
            self._counts[_PLACES[name]] = number

    def by_process(self) -> dict[str, dict[str, int]]:
        """The counters of every living process by its process id. Those of this process are
        current."""
        found = {}
        for path in sorted(self._folder.glob("*.counts")):
            with contextlib.suppress(OSError, struct.error):
                if _is_alive(path):
                    found[path.stem] = _read(path)
        if self._pid == os.getpid():
            found[str(self._pid)] = dict(zip(NAMES, self._counts, strict=True))
        return found

    def _begin(self):
        """Start from zero in this process: counts from before a fork belong to the parent."""
        with self._lock:
            if self._pid == os.getpid():
                return
            self._counts = [0] * len(NAMES)
            self._pid = os.getpid()
        threading.Thread(target=self._keep_writing, name="figures", daemon=True).start()

    def _keep_writing(self):
        file, written = None, None
        while True:
            with contextlib.suppress(OSError):
                file = file or self._open()
                if (counts := tuple(self._counts)) != written:
                    os.pwrite(file.fileno(), _FORM.pack(*counts), 0)
                    written = counts
            time.sleep(_SECONDS_BETWEEN_WRITES)

    def _open(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._pid}.counts"
        file = path.open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if not path.samefile(f"/dev/fd/{file.fileno()}"):
                raise FileNotFoundError(path)  # removed before it was locked: try again
        except OSError:
            file.close()
            raise
        return file


def _is_alive(path):
    """Whether a process holds a lock on the file. A file without a lock is removed."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        path.unlink(missing_ok=True)
        return False


def _read(path):
    return dict(zip(NAMES, _FORM.unpack(path.read_bytes()), strict=True))
