"""A folder of backups: each file is named after its moment, and old ones are deleted.

A backup that was proved to restore has a file `NAME.zip.verified` beside it, with its SHA-256 in
the format of `sha256sum --check`.
"""

import datetime as dt
import hashlib
import re
from pathlib import Path

# The time is optional, since older versions named files by the day.
_NAME = re.compile(r"(?a)(\d{4}-\d\d-\d\d)(?:T(\d\d-\d\d-\d\d)Z)?\.zip")
_UNFINISHED = re.compile(r"(?a)\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.zip\..*\.part")
UNFINISHED_AFTER = dt.timedelta(days=1)


def name_at(moment: dt.datetime) -> str:
    """The file name of a backup made at that moment, such as `2026-01-03T03-40-00Z.zip`."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H-%M-%SZ}.zip"


def mark_verified(path: Path) -> None:
    """Write the mark of a verified backup beside it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    mark = path.with_name(f"{path.name}.verified")
    mark.write_text(f"{digest}  {path.name}\n")


def delete_old(verified: Path, keep: dt.timedelta) -> list[Path]:
    """Delete the backups beside `verified` that are older than it by more than `keep`.

    Call it with a backup that has just been verified: that one stays whatever the clock says. Files
    beside an old backup whose names begin with its name are deleted too: its mark and an encrypted
    copy. So are partial files that a killed backup left at least a day ago. Other files stay.
    """
    newest = _moment(verified)
    old = [
        path
        for path in sorted(verified.parent.iterdir())
        if (moment := _moment(path)) and newest - moment > keep
    ]
    for path in old:
        for beside in verified.parent.glob(f"{path.name}.*"):
            beside.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    for path in verified.parent.glob(".*.part"):
        if _UNFINISHED.fullmatch(path.name) and newest - _written(path) > UNFINISHED_AFTER:
            path.unlink(missing_ok=True)
    return old


def _moment(path):
    """The moment in a file name; None if it is not the name of a backup."""
    if not (found := _NAME.fullmatch(path.name)):
        return None
    date, time = found.groups(default="00-00-00")
    try:
        return dt.datetime.strptime(f"{date} {time} +0000", "%Y-%m-%d %H-%M-%S %z")
    except ValueError:
        return None


def _written(path):
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
