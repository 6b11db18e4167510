"""A program that forks processes that run `run_due`, so that each starts within milliseconds.

It reads commands from standard input and answers each with a line on how the processes ended:
`together N` starts N at the same moment; `killed N` starts one that dies, as by kill -9, at the
N-th of its moments: right before and right after each statement that does more than read. Between
two of them nothing changes what the database has, but for a commit, which lies between two alone.
"""

import datetime as dt
import os
import signal
import sys
import traceback
from io import StringIO

import django
from django.core.management import call_command
from django.db import connection, connections, transaction

from tests.support.waiting import PATIENCE


def main():
    django.setup()
    be_patient()
    rehearse()
    say("ready")
    for line in sys.stdin:
        verb, number = line.split()
        say(*COMMANDS[verb](int(number)))


def be_patient():
    """Raise the time limits for hubs and senders, so that a slow machine causes no failure."""
    from articles.changes.hubs import sending
    from articles.outgoing import lanes, requests

    requests.STEP_SECONDS = requests.WHOLE_SECONDS = sending.TURN_SECONDS = PATIENCE
    lanes.LEASE = dt.timedelta(seconds=2 * PATIENCE)


def rehearse():
    """Run it once, for nothing, so that no process has to load and prepare what every one needs."""
    with transaction.atomic():
        call_command("run_due", stdout=StringIO())
        transaction.set_rollback(True)
    connections.close_all()


def say(*words):
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def together(count):
    ready, go = os.pipe()
    children = [fork(lambda: (os.close(go), os.read(ready, 1))) for _ in range(count)]
    os.close(ready)
    os.close(go)
    return [fate_of(child) for child in children]


def killed(number):
    return [fate_of(fork(lambda: connection.execute_wrappers.append(Death(number))))]


def fork(prepare):
    """Start a process that runs `run_due` after `prepare`; return its id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        prepare()
        call_command("run_due")
        status = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the process must not return from here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


class Death:
    """Wraps the statements of a process, and kills it at one of their moments."""

    def __init__(self, number):
        self.left = number

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("SELECT"):
            return execute(sql, params, many, context)
        self._pass()
        answer = execute(sql, params, many, context)
        self._pass()
        return answer

    def _pass(self):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def fate_of(child):
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return {0: "finished", -signal.SIGKILL: "killed"}.get(code, f"failed({code})")


COMMANDS = {"together": together, "killed": killed}

if __name__ == "__main__":
    main()
