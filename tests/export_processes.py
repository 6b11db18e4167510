"""A program that forks processes running `export_posts`, so that each is up within milliseconds.

It reads commands from standard input and answers each with a line: `lines DIR 0` exports and says
how many lines of the modules that export were executed; `killed DIR N` exports in a process that
dies, as by kill -9, at the N-th of them, and says what became of it.
"""

import os
import signal
import sys
import traceback
from pathlib import Path

import django
from django.core.management import call_command

MODULES = str(Path(__file__).parent.parent / "articles" / "exporting")


def main():
    django.setup()
    say("ready")
    for line in sys.stdin:
        verb, directory, number = line.split()
        answer, said = os.pipe()
        fate = export(directory, int(number), said)
        os.close(said)
        with os.fdopen(answer) as lines:
            say(lines.read() if verb == "lines" else fate)


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def export(directory, last, said):
    """Export in a process of its own, which tells `said` its number of lines; say how it ended."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        if not frame.f_code.co_filename.startswith(MODULES):
            return None
        if event == "line":
            count += 1
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    child = os.fork()
    if not child:
        status = 1
        try:
            sys.settrace(trace)
            call_command("export_posts", directory, verbosity=0)
            sys.settrace(None)
            os.write(said, str(count).encode())
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the process must not return from here
            traceback.print_exc()
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return {0: "finished", -signal.SIGKILL: "killed"}.get(code, f"failed({code})")


if __name__ == "__main__":
    main()
