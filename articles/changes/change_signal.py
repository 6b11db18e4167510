"""How the processes of one machine tell each other that readers see something else than before.

It is a file of a few random bytes, which every request for a finished page reads. Python lets go of
its lock to read a file, and to get the lock back among several threads costs more than the reading.
So the C library's function is called without that: the bytes are in the memory of the operating
system, and nobody waits for a disk.

The file is not mapped into memory: a process that looks at a mapped file dies when somebody has cut
the file short.
"""

import contextlib
import ctypes
import os
import threading
from pathlib import Path

LENGTH = 8

# `PyDLL` keeps Python's lock during a call. Arguments that are made once make the call cheaper.
_read = ctypes.PyDLL(None).pread
_read.restype = ctypes.c_ssize_t
_LENGTH, _START = ctypes.c_size_t(LENGTH), ctypes.c_int64(0)


class ChangeSignal:
    """`value` is another after every `change`, in whichever process. It is None while there is no
    file that can be read whole; nobody can tell then whether there was a change."""

    def __init__(self, path: Path):
        self.path = path
        self._lock = threading.Lock()
        self._file: ctypes.c_int | None = None
        # Several threads may read into it. What one finds is then what another one has just read,
        # which is as good.
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
        """Raises OSError where the file cannot be written."""
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o666)
        try:
            os.pwrite(file, os.urandom(LENGTH), 0)
        finally:
            os.close(file)

    def open(self) -> None:
        """Open the file, made if it is not there or was cut short; again, if there is another under
        its name."""
        with contextlib.suppress(OSError):
            if not self.path.exists() or self.path.stat().st_size < LENGTH:
                self.change()
            with self.path.open("rb") as file, self._lock:
                if self._file is None:
                    self._file = ctypes.c_int(os.dup(file.fileno()))
                elif not os.path.sameopenfile(file.fileno(), self._file.value):
                    # The number stays, so that no thread reads from a file that was closed.
                    os.dup2(file.fileno(), self._file.value, inheritable=False)
