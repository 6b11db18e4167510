"""Kills management commands at any line: a program that runs them, and a client for it.

The program forks a process for each command, which saves start-up time. It is started with the
modules to watch, as paths below `articles/`, and reads from standard input: `lines COMMAND
ARGUMENT…` runs the command and prints how many lines of those modules were executed; `killed N
COMMAND ARGUMENT…` runs it in a process that dies at the N-th of these lines, as by kill -9, and
prints how the process ended.
"""

import os
import signal
import subprocess
import sys
import threading
import traceback
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from tests.support.database import url_of
from tests.support.waiting import next_line

APP = Path(__file__).parents[2] / "articles"


class KilledCommands:
    """The program, which runs with the real settings on a database until the test is over.

    `modules` are those to watch, `environment` has settings besides the database.
    """

    def __init__(self, test, modules, database, **environment):
        self.test = test
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.killed_commands", *modules],
            env=environment_of(database, **environment),
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        test.addCleanup(self._end)
        test.assertEqual(self._next_line(), "ready")

    def lines(self, command):
        """The number of lines that a command executes when it is not killed."""
        self.counted = int(self._ask(f"lines {command}"))
        return self.counted

    def kill(self, moment, command):
        """Run a command, which dies at the given line. Another run can take fewer lines than the
        one that was counted, when its threads meet in another order; then it ends before the line.
        """
        end = self._ask(f"killed {moment} {command}")
        if end != "finished" or moment < self.counted // 2:
            self.test.assertEqual(end, "killed")

    def _ask(self, request):
        self.process.stdin.write(f"{request}\n".encode())
        return self._next_line()

    def _next_line(self):
        return next_line(self.process.stdout).decode().strip()

    def _end(self):
        self.process.kill()
        self.process.communicate()


def environment_of(database, **more):
    """The environment of a process that works on a site with the real settings."""
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": url_of(database),
        **more,
    }


def main():
    django.setup()
    say("ready")
    for line in sys.stdin:
        verb, *arguments = line.split()
        say(COMMANDS[verb](*arguments))


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def lines(*command):
    """Run a command and return the number of lines it executed."""
    answer, said = os.pipe()
    counter = Counter()

    def tell():
        os.write(said, str(counter.count).encode())

    fork(command, counter, tell)
    os.close(said)
    with os.fdopen(answer) as number:
        return number.read()


def killed(number, *command):
    return fork(command, Counter(int(number)), lambda: None)


class Counter:
    """A trace function that counts lines, and kills the process at the line `last`."""

    modules = tuple(str(APP / name) for name in sys.argv[1:])

    def __init__(self, last=None):
        self.last = last
        self.count = 0

    def __call__(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(self.modules):
            return None
        if event == "line":
            self.count += 1
            if self.count == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def fork(command, trace, at_end):
    """Run a command in a forked process and return how it ended."""
    child = os.fork()
    if not child:
        status = 1
        try:
            threading.settrace(trace)
            sys.settrace(trace)
            call_command(*command, verbosity=0, stdout=StringIO())
            sys.settrace(None)
            at_end()
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the process must not return from here
            traceback.print_exc()
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return {0: "finished", -signal.SIGKILL: "killed"}.get(code, f"failed({code})")


COMMANDS = {"lines": lines, "killed": killed}

if __name__ == "__main__":
    main()
