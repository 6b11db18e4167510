"""Finished pages as files, for a web server that sends them without asking anybody.

Below the root is one directory for each state of the site, and `current`, a link to that of the
present one. The link is taken away with the end of the transaction that changes something public
(`articles.site_version`), so that what was withdrawn is gone at once; until the pages that remain
are written again, the server asks Django.
"""

import contextlib
import hashlib
import os
import shutil
from pathlib import Path

from articles.page_store.page import Page

CURRENT = "current"
MAX_NAME_BYTES = 240


class PageFiles:
    """Writes pages below `root`. Several processes may do so at once: each file and the link
    appear whole or not at all."""

    def __init__(self, root: Path):
        self.root = root

    def begin(self, state) -> None:
        """Make the directory of a state the current one, and remove all but it and the last."""
        directory = self._directory(state)
        directory.mkdir(parents=True, exist_ok=True)
        last = self._current()
        if last == directory:
            return
        link = self.root / f".{CURRENT}-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(directory.name)
        link.replace(self.root / CURRENT)
        for other in self._directories(but=[directory, last]):
            shutil.rmtree(other, ignore_errors=True)

    def put(self, path: str, page: Page, state) -> None:
        """Write the page at a path, percent-decoded, such as `/2026/01/03/`; not if it was made
        for another state than the current one."""
        directory = self._directory(state)
        name = name_of(path)
        if name is None or self._current() != directory:
            return
        with contextlib.suppress(FileNotFoundError):  # another state has begun, and cleared up
            self._write(directory, name, page.variants["identity"].body)
            if "gzip" in page.variants:  # else it would be no shorter
                self._write(directory, f"{name}.gz", page.variants["gzip"].body)

    def _write(self, directory, name, body):
        """The same bytes keep their old time, of which web servers make their validators."""
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        scratch = file.with_name(f".{os.getpid()}-{hashlib.sha256(name.encode()).hexdigest()[:16]}")
        scratch.unlink(missing_ok=True)
        for other in self._directories(but=[directory]):
            with contextlib.suppress(OSError):
                if (other / name).read_bytes() == body:
                    os.link(other / name, scratch)
                    break
        else:
            scratch.write_bytes(body)
        scratch.replace(file)

    def _directories(self, *, but):
        found = (path for path in self.root.iterdir() if path.is_dir() and not path.is_symlink())
        return [path for path in found if path not in but]

    def _directory(self, state):
        return self.root / hashlib.sha256(repr(state).encode()).hexdigest()[:20]

    def _current(self):
        with contextlib.suppress(OSError):
            return self.root / (self.root / CURRENT).readlink()
        return None


def name_of(path: str) -> str | None:
    """The name of the file for a path of the site, below a directory; None if there is none."""
    parts = path.removeprefix("/").split("/")
    if parts[-1] == "":
        parts[-1] = "index.html"
    is_bad = any(p.startswith(".") or not p or len(p.encode()) > MAX_NAME_BYTES for p in parts)
    return None if is_bad or "\0" in path else "/".join(parts)
