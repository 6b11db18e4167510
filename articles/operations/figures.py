"""What the processes of this machine have counted: requests, failures, faults of files.

A server is several processes, and one of them is asked for all. So each writes its counts to a file
of its own, which it keeps locked for as long as it lives; a file that nobody has locked is of a
process that ended, and is removed.
"""

import contextlib
import fcntl
import os
import struct
import threading
import time
from functools import cache
from pathlib import Path

# In the order in which they stand in a file, each a number of eight bytes.
NAMES = ("requests", "server_errors", "page_files_fault")
_PLACES = {name: place for place, name in enumerate(NAMES)}
_FORM = struct.Struct(f"<{len(NAMES)}Q")
_SECONDS_BETWEEN_WRITES = 1.0


@cache
def kept_in(folder: Path) -> "Figures":
    """The one that all of this process count with: each writes all there is to its file."""
    return Figures(folder)


class Figures:
    """Counts of this process, seen by the others below `folder` within a second.

    Safe to use from several threads, and after a fork. A disk that is full, or anything else that
    is wrong with the folder, is no reason not to answer: then nobody else sees the counts.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._lock = threading.Lock()
        self._counts = [0] * len(NAMES)
        self._pid: int | None = None

    def add(self, name: str) -> None:
        """Count one more."""
        if self._pid != os.getpid():
            self._begin()
        with self._lock:
            self._counts[_PLACES[name]] += 1

    def put(self, name: str, number: int) -> None:
        """Say how much there is now."""
        if self._pid != os.getpid():
            self._begin()
        with self._lock:
            self._counts[_PLACES[name]] = number

    def by_process(self) -> dict[str, dict[str, int]]:
        """The counts of every living process by its number, those of this one as they are now."""
        found = {}
        for path in sorted(self._folder.glob("*.counts")):
            with contextlib.suppress(OSError, struct.error):
                if _is_alive(path):
                    found[path.stem] = _read(path)
        if self._pid == os.getpid():
            found[str(self._pid)] = dict(zip(NAMES, self._counts, strict=True))
        return found

    def _begin(self):
        """Nothing of what was counted before a fork is this process's."""
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
                raise FileNotFoundError(path)  # removed before it was locked: the next try
        except OSError:
            file.close()
            raise
        return file


def _is_alive(path):
    """Whether a process keeps the file locked; one that nobody does is removed."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        path.unlink(missing_ok=True)
        return False


def _read(path):
    return dict(zip(NAMES, _FORM.unpack(path.read_bytes()), strict=True))
