"""Counts workers of the server that ended unexpectedly, for example by a crash.

The server starts another worker each time, so hardly anybody notices. Repeated losses should be
noticed. So each loss adds a line to a file in DATA_DIR, and `/metrics` reports the number.
"""

import datetime as dt
from pathlib import Path

FILE = "lost-workers"


def note(data_dir: Path, name: str) -> None:
    """Add a line for a lost worker. Raises OSError if the file cannot be written."""
    with (data_dir / FILE).open("a") as file:
        file.write(f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ} {name}\n")


def count(data_dir: Path) -> int:
    """The number of losses since the file was created."""
    try:
        return (data_dir / FILE).read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0
