"""Rendered pages as files, which a web server sends without asking Django.

The root has one directory per state of the site, and `current`, a link to the directory of the
present state (`changes.current_link`). Whoever has changed something public turns the link to the
files that were made for the new state, or removes it (`changes.showing`), so that withdrawn pages
disappear at once. Until the other pages are written again, the web server asks Django.
"""

import contextlib
import errno
import hashlib
import secrets
import shutil
from collections.abc import Callable, Hashable, Mapping, Set
from pathlib import Path

from articles.changes.current_link import CurrentLink
from articles.serving.page_store import encoded_files
from articles.serving.page_store.page import Page

MAX_NAME_BYTES = 240
_IS_FULL = (errno.ENOSPC, errno.EDQUOT)


class PageFiles:
    """Writes pages below `root`. Several processes may do so at the same time: each file and the
    link are replaced atomically. Methods raise OSError if the disk fails."""

    def __init__(self, root: Path):
        self.root = root
        self.link = CurrentLink(root)
        self._has_begun = False

    def is_begun(self, state: Hashable) -> bool:
        """Whether the web server finds the pages of a state, and this process has verified that."""
        directory = self._directory(state)
        return self._has_begun and self.link.target() == directory and directory.is_dir()

    def is_stale(self, state: Hashable) -> bool:
        """Whether the web server may find the pages of another state than this one."""
        return self.link.target() != self._directory(state) and not self.link.is_gone()

    def begin(self, state: Hashable, holds: Callable[[], bool] = lambda: True) -> bool:
        """Make the directory of a state the current one.

        First it removes the link to the previous directory, even if the rest fails. At the end it
        asks `holds` whether the state is still current. Returns whether the directory is current
        now.
        """
        if self.is_begun(state):
            return True
        directory = self._directory(state)
        self.link.take_away(but_for=directory)
        if not self._has_begun:
            self._forget(directory)
        self._with_room(directory, lambda: directory.mkdir(parents=True, exist_ok=True))
        has_begun = self._with_room(directory, lambda: self.link.lead_to(directory, holds))
        self._has_begun = self._has_begun or has_begun
        return has_begun

    def clear_up(self, state: Hashable) -> None:
        """Remove the directories of other states, except the latest one. Unchanged files are linked
        from it, so that they keep their modification times."""
        self._remove_others(self._directory(state), leave=1)

    def put(self, path: str, page: Page, state: Hashable) -> bool:
        """Write the page at a percent-decoded path such as `/2026/01/03/`. Returns False if it must
        be written later, because the directory of the state is not the current one."""
        directory, name = self._directory(state), name_of(path)
        if name is None:
            return True
        if self.link.target() != directory:
            return False
        try:
            self._with_room(directory, lambda: self._write(directory, name, page))
        except FileNotFoundError:  # another state has begun and removed this directory
            return False
        return True

    def prepare(self, pages: Mapping[str, Page], kept: Set[str], state: Hashable) -> str | None:
        """Write pages of a state that has not begun, by percent-decoded path; the `kept` ones are
        those of the present state, and those that another process has written are left. Returns the
        name of their directory, to which the link can then lead; None if this process has not
        verified any state."""
        directory, present = self._directory(state), self.link.target()
        if not self._has_begun:
            return None
        directory.mkdir(exist_ok=True)
        for path, page in pages.items():
            name = name_of(path)
            if name is None or (directory / name).exists():
                continue
            is_linked = path in kept and present and encoded_files.link(directory, present, name)
            if not is_linked:
                self._write(directory, name, page)
        return directory.name

    def _write(self, directory, name, page):
        others = self._directories(but=directory)
        encoded_files.write(directory, others, name, page.bodies())

    def _with_room(self, directory, step):
        """Do a step. If the disk is full, remove the pages of other states and try once more."""
        try:
            return step()
        except OSError as error:
            if error.errno not in _IS_FULL or not self._remove_others(directory, leave=0):
                raise
        return step()

    def _remove_others(self, directory, *, leave):
        """Remove the directories of other states, except the newest `leave` ones and the one that
        the web server finds. Returns whether there were any.

        A directory that cannot be removed is unreachable for the web server; the next call tries
        again.
        """
        with contextlib.suppress(OSError):
            found = self._directories(but=directory)
            others = sorted((p for p in found if p != self.link.target()), key=_changed_at)
            doomed = others[: len(others) - leave]
            for other in doomed:
                shutil.rmtree(other, ignore_errors=True)
            return bool(doomed)
        return False

    def _forget(self, directory):
        """Set aside the pages that another process left: they may come from other templates, or
        from rows that were changed by hand. They only serve to keep the times of unchanged
        files."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            directory.rename(directory.with_name(f"{directory.name}-{secrets.token_hex(4)}"))

    def _directories(self, *, but):
        found = (path for path in self.root.iterdir() if path.is_dir() and not path.is_symlink())
        return [path for path in found if path != but]

    def _directory(self, state):
        return self.root / hashlib.sha256(repr(state).encode()).hexdigest()[:20]


def _changed_at(path):
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def name_of(path: str) -> str | None:
    """The file name for a path of the site, relative to a directory; None if the path has no valid
    one."""
    parts = path.removeprefix("/").split("/")
    if parts[-1] == "":
        parts[-1] = "index.html"
    is_bad = any(p.startswith(".") or not p or len(p.encode()) > MAX_NAME_BYTES for p in parts)
    return None if is_bad or "\0" in path else "/".join(parts)
