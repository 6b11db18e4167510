"""How busy this machine is, so that limits in seconds hold on any.

A scenario promises an answer within so many seconds of a machine that does nothing else. A program
beside it does the same small piece of work over and over, and notes how many times as long the
piece took as on such a machine. `limit` goes by the slowest piece, since that may have been the
moment of the slowest answer. `usual` goes by the median.
"""

import contextlib
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

PIECE = 0.1  # seconds of processor time, enough to have its turns among many
REST = 0.9
_pieces = [1.0]


@contextlib.contextmanager
def measured() -> Iterator[None]:
    """Measure while the `with` lasts; limits are about that time alone."""
    _pieces[:] = [1.0]
    command = [sys.executable, "-m", "tests.faults.pace"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        reading = threading.Thread(target=_read, args=(process.stdout,), daemon=True)
        reading.start()
        try:
            yield
        finally:
            process.kill()
            reading.join()


def limit(seconds: float) -> float:
    """The seconds on this machine for so many of an idle one."""
    return seconds * max(_pieces)


def usual(seconds: float) -> float:
    """About so long takes, on this machine, what takes so many seconds on an idle one."""
    return seconds * statistics.median(_pieces)


def shown(seconds: float) -> str:
    """The limit for a table."""
    times = max(_pieces)
    busy = f" (× {times:.1f}, so busy was the machine)" if times > 1.2 else ""
    return f"{seconds:.0f} s{busy}"


def _read(lines):
    for line in lines:
        _pieces.append(float(line))


def main():
    while True:
        by_clock, of_processor = time.monotonic(), time.process_time()
        while time.process_time() - of_processor < PIECE:
            pass
        longer = (time.monotonic() - by_clock) / (time.process_time() - of_processor)
        sys.stdout.write(f"{longer:.2f}\n")
        sys.stdout.flush()
        time.sleep(REST)


if __name__ == "__main__":
    main()
