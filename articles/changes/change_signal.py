"""A signal between the processes of one machine: readers see something different now.

The signal is a file of a few random bytes. Every request for a cached page reads it. Python
releases its lock (the GIL) to read a file, and with several threads, acquiring the lock again takes
longer than the read itself. So this module calls the C library's `pread` and keeps the lock. The
bytes are in the page cache of the operating system, so the read does not wait for a disk.

The file is not memory-mapped: a process that reads a mapped file crashes if someone truncates the
file.
"""

import contextlib
import ctypes
import os
import threading
from pathlib import Path

LENGTH = 8

# `PyDLL` keeps Python's lock during a call. Reusing the argument objects makes the call cheaper.
_read = ctypes.PyDLL(None).pread
_read.restype = ctypes.c_ssize_t
_LENGTH, _START = ctypes.c_size_t(LENGTH), ctypes.c_int64(0)


class ChangeSignal:
    """`value()` differs after every `change()` in any process.

    It is None while the file is missing or too short. Then a change cannot be detected.
    """

    def __init__(self, path: Path):
        self.path = path
        self._lock = threading.Lock()
        self._file: ctypes.c_int | None = None
        # Several threads may read into it. A thread may see what another one has just read, which
        # is equally fresh.
        self._number = ctypes.c_uint64()
        self._bytes = ctypes.byref(self._number)

    def value(self) -> int | None:
        if self._file is None:
            self.open()
        file = self._file
        if file is None or _read(file, self._bytes, _LENGTH, _START) != LENGTH:
            return None
        return self._number.value

    def change(self) -> None:
        """Write a new value. Raises OSError if the file cannot be written."""
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o666)
        try:
            os.pwrite(file, os.urandom(LENGTH), 0)
        finally:
            os.close(file)

    def open(self) -> None:
        """Open the file, and create it if it is missing or too short. Reopen it if the path now
        names a different file."""
        with contextlib.suppress(OSError):
            if not self.path.exists() or self.path.stat().st_size < LENGTH:
                self.change()
            with self.path.open("rb") as file, self._lock:
                if self._file is None:
                    self._file = ctypes.c_int(os.dup(file.fileno()))
                elif not os.path.sameopenfile(file.fileno(), self._file.value):
                    # The file descriptor number stays the same, so that no thread reads from a
                    # closed file.
                    os.dup2(file.fileno(), self._file.value, inheritable=False)
