"""The symbolic link `current` in `PAGES_DIR`, through which a web server finds the page files.

The link leads to the directory with the pages of one state of the site. Removing the link makes
withdrawn pages unreachable for the web server at once. It needs no disk space.

Several processes change the link, and each may be delayed at any point. A late process must not
lead the web server back to an outdated state. So a process first creates a new link under a hidden
name. Then it checks whether the state is still current. Only then does it rename the link. A
process that removes the link also removes the hidden links, so a late process has nothing left to
rename.
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
        """The directory that the link leads to; None if there is no link."""
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
            return False  # other processes may still see it
        return False

    def take_away(self, but_for: Path | None = None) -> None:
        """Remove the link, and all hidden links except those to the directory `but_for`."""
        try:
            for link in self._hidden_links(but_for):
                link.unlink(missing_ok=True)
        finally:
            self._remove()

    def lead_to(self, directory: Path, holds: Callable[[], bool]) -> bool:
        """Point the link to a directory below the root, if `holds()` is still true just before the
        last step. Returns whether the link was made."""
        hidden = self.root / f"{_HIDDEN}{directory.name}-{secrets.token_hex(8)}"
        hidden.symlink_to(directory.name)
        try:
            if not holds():
                return False
            hidden.replace(self.path)
        except FileNotFoundError:  # another process removed it: the state is outdated
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
                # An operator copied the directory in place of the link.
                self.path.rename(self.root / f"{_REMOVED}{secrets.token_hex(8)}")
            elif not self.is_gone():
                raise
