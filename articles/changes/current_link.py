"""The link by which a web server finds the finished pages: `current` in `PAGES_DIR`.

It leads to the directory that holds the pages of one state of the site. What was withdrawn is out
of the web server's reach as soon as the link is gone. Removing a link needs no space on the disk.

Several processes work on the link, and each may be held up at any point. A process that is late
must not lead the web server back to a state that has passed. So a new link is first made under a
hidden name. Then its maker asks whether the state still holds, and only then gives the link its
name. Whoever takes the link away takes the hidden ones too: a late process has none to rename.
"""

import contextlib
import secrets
from collections.abc import Callable
from pathlib import Path

NAME = "current"
_HIDDEN = f".{NAME}-"
_REMOVED = ".removed-"


class CurrentLink:
    """Every method may raise OSError."""

    def __init__(self, root: Path):
        self.root = root
        self.path = root / NAME

    def target(self) -> Path | None:
        """The directory to which the link leads; None if there is no link."""
        with contextlib.suppress(OSError):
            return self.root / self.path.readlink()
        return None

    def is_gone(self) -> bool:
        """Whether a web server certainly finds nothing under the name."""
        try:
            self.path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False  # it may be there for others
        return False

    def take_away(self, but_for: Path | None = None) -> None:
        """Remove the link, and every hidden one but those to the directory `but_for`."""
        try:
            for link in self._hidden_links(but_for):
                link.unlink(missing_ok=True)
        finally:
            self._remove()

    def lead_to(self, directory: Path, holds: Callable[[], bool]) -> bool:
        """Lead to a directory below the root if `holds()` still says so just before the last step.
        Returns whether the link was made."""
        hidden = self.root / f"{_HIDDEN}{directory.name}-{secrets.token_hex(8)}"
        hidden.symlink_to(directory.name)
        try:
            if not holds():
                return False
            hidden.replace(self.path)
        except FileNotFoundError:  # somebody has taken it away: the state has passed
            return False
        finally:
            with contextlib.suppress(OSError):
                hidden.unlink(missing_ok=True)
        return True

    def _hidden_links(self, but_for):
        try:
            found = list(self.root.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        spared = f"{_HIDDEN}{but_for.name}-" if but_for else None
        names = [path for path in found if path.name.startswith(_HIDDEN)]
        return [path for path in names if not (spared and path.name.startswith(spared))]

    def _remove(self):
        try:
            self.path.unlink(missing_ok=True)
        except OSError:
            if self.path.is_dir() and not self.path.is_symlink():
                # An operator's copy in place of the link.
                self.path.rename(self.root / f"{_REMOVED}{secrets.token_hex(8)}")
            elif not self.is_gone():
                raise
