"""Workers of the server that ended although nobody had asked them to, as by a crash.

The server starts another one each time, so that hardly anybody notices. What happens again and
again should be noticed. So each loss is a line in a file of DATA_DIR, and `/metrics` tells how many
there are.
"""

import datetime as dt
from pathlib import Path

FILE = "lost-workers"


def note(data_dir: Path, name: str) -> None:
    """Raises OSError where the file cannot be written."""
    with (data_dir / FILE).open("a") as file:
        file.write(f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ} {name}\n")


def count(data_dir: Path) -> int:
    """How many there have been since the file was begun."""
    try:
        return (data_dir / FILE).read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0
