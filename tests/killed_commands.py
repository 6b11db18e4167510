"""A program that forks processes running a management command, so that each is up in no time.

It is started with the modules to watch, as paths below `articles/`, and reads from standard input:
`lines COMMAND ARGUMENT…` runs the command and says how many lines of those modules were executed;
`killed N COMMAND ARGUMENT…` runs it in a process that dies, as by kill -9, at the N-th of them, and
says what became of it.
"""

import os
import signal
import sys
import traceback
from pathlib import Path

import django
from django.core.management import call_command

APP = Path(__file__).parent.parent / "articles"
MODULES = tuple(str(APP / name) for name in sys.argv[1:])


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
    """Run a command, and return the number of lines that it took."""
    answer, said = os.pipe()
    counter = Counter()

    def tell():
        os.write(said, str(counter.count).encode())

    fork(command, counter, tell)
    return os.read(answer, 20).decode()


def killed(number, *command):
    return fork(command, Counter(int(number)), lambda: None)


class Counter:
    """A trace function that counts lines, and kills the process at one of them if told to."""

    def __init__(self, last=None):
        self.last = last
        self.count = 0

    def __call__(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(MODULES):
            return None
        if event == "line":
            self.count += 1
            if self.count == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def fork(command, trace, at_end):
    """Run a command in a process of its own; say how that ended."""
    child = os.fork()
    if not child:
        status = 1
        try:
            sys.settrace(trace)
            call_command(*command, verbosity=0)
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
