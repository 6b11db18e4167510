"""A folder of backups: each file is named after its moment, and old ones are deleted.

A file that was proved to restore has another one beside it, `NAME.zip.verified`, with its SHA-256
in the form that `sha256sum --check` reads.
"""

import datetime as dt
import hashlib
import re
from pathlib import Path

# Also without a time, as files were named before.
_NAME = re.compile(r"(?a)(\d{4}-\d\d-\d\d)(?:T(\d\d-\d\d-\d\d)Z)?\.zip")
_UNFINISHED = re.compile(r"(?a)\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.zip\..*\.part")
UNFINISHED_AFTER = dt.timedelta(days=1)


def name_at(moment: dt.datetime) -> str:
    """The name of a backup that is made at that moment, such as `2026-01-03T03-40-00Z.zip`."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H-%M-%SZ}.zip"


def mark_verified(path: Path) -> None:
    """Say beside a backup that it was proved to restore."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    mark = path.with_name(f"{path.name}.verified")
    mark.write_text(f"{digest}  {path.name}\n")


def delete_old(verified: Path, keep: dt.timedelta) -> list[Path]:
    """Delete the backups beside `verified` that are older than it by more than `keep`.

    Call it with a backup that was just proved to restore, which therefore stays whatever the clock
    says. What lies beside an old one and begins with its name goes with it: its mark, and an
    encrypted copy. So does what a killed backup left a day ago. Files with other names stay.
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
    """The moment in a name; None if it is no name of a backup."""
    if not (found := _NAME.fullmatch(path.name)):
        return None
    date, time = found.groups(default="00-00-00")
    try:
        return dt.datetime.strptime(f"{date} {time} +0000", "%Y-%m-%d %H-%M-%S %z")
    except ValueError:
        return None


def _written(path):
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
