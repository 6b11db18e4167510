"""What a process and all that it started need of the machine, from /proc (proc(5))."""

import os
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time together."""
    return sum(_ticks(member) for member in family(pid)) / TICKS


def memory(pid):
    """KiB; pages that several share are counted once (PSS)."""
    return sum(pss(member) for member in family(pid))


def family(pid):
    """The ids of a process and of all that it started, directly or not."""
    found = [pid]
    for member in found:
        with suppress(OSError):
            for task in Path(f"/proc/{member}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def pss(pid):
    """KiB of one process, 0 if it has ended; pages that several share count in part."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return 0


def _ticks(pid):
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0
