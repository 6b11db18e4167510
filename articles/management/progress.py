"""The progress of a long command, shown on a terminal but not in a redirected stderr."""

import sys

BAR_WIDTH = 30


class Progress:
    """A progress bar, or a count if the total is unknown. It is erased when its block ends."""

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
        """Erase the bar, so that another line can be printed."""
        if self._is_shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
