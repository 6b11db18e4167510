"""Management commands in processes that are up at once, and can be killed at any moment.

They are forked from a program that has loaded everything. It reads one command a line, as a JSON
list of words, answers with the id of the process, and when that has ended with its exit status,
which is negative after a signal.
"""

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

import django
from django.core.management import call_command

from tests.faults.site import PATIENCE, ROOT, NeverHappened


class Commands:
    """The program, in a `with`; what commands say on standard error goes to the file `log`."""

    def __init__(self, environ: dict, log: Path):
        self.environ, self.log = environ, log
        self.process: subprocess.Popen | None = None

    def __enter__(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.forked"],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,
                start_new_session=True,
            )
        assert self._answer() == "ready"
        return self

    def __exit__(self, *error):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def run(self, *words: str, kill_after: float | None = None) -> tuple[int, float]:
        """Run a command, killed (-9) after so many seconds unless it has ended by then; its exit
        status and the seconds it took."""
        started = time.monotonic()
        self.process.stdin.write(json.dumps(words).encode() + b"\n")
        pid = int(self._answer())
        if kill_after is not None and not self._has_said(kill_after):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        status = int(self._answer())
        return status, time.monotonic() - started

    def _has_said(self, seconds):
        return bool(select.select([self.process.stdout], [], [], seconds)[0])

    def _answer(self):
        if not self._has_said(PATIENCE):
            raise NeverHappened(f"A command did not end within {PATIENCE:.0f} seconds.")
        line = self.process.stdout.readline().decode().strip()
        if not line:
            raise NeverHappened(f"The commands broke off: {self.log.read_text()[-2000:]}")
        return line


def some(seconds: float) -> float:
    """A random part of so many seconds: the moment at which something is killed."""
    return random.uniform(0, seconds)  # noqa: S311 - it is no secret


def main():
    django.setup()
    say("ready")
    for line in sys.stdin:
        say(str(fork(json.loads(line))))


def fork(words):
    """Run a command in a process of its own; returns its exit status."""
    child = os.fork()
    if not child:
        status = 1
        try:
            with Path(os.devnull).open("w") as nothing:
                call_command(*words, stdout=nothing)
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the process must not return from here
            traceback.print_exc()
        finally:
            os._exit(status)
    say(str(child))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
