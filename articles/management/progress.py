"""How far a long command is: on a terminal, and nowhere when errors go to a file."""

import sys

BAR_WIDTH = 30


class Progress:
    """A bar, or a count where nobody knows how much there is. It makes room when its block ends."""

    def __init__(self, *, is_quiet: bool = False):
        self._is_shown = not is_quiet and sys.stderr.isatty()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *raised) -> None:
        self.clear()

    def show(self, done: int, total: int | None = None) -> None:
        if not self._is_shown or total == 0:
            return
        filled = BAR_WIDTH * done // total if total else 0
        bar = f"{'█' * filled}{'░' * (BAR_WIDTH - filled)} {done}/{total}" if total else f"{done} …"
        sys.stderr.write(f"\r\033[K{bar}" + ("\n" if done == total else ""))
        sys.stderr.flush()

    def clear(self) -> None:
        """Make room for a line of another kind."""
        if self._is_shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
