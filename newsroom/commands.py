"""Management commands as an operator runs them: what goes wrong is a sentence, not a traceback."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import Error, InterfaceError, OperationalError

INTERRUPTED = 130  # as a shell reports SIGINT
FAILED = 1
# What the databases say of a table or a column that is not there.
NO_TABLE = ("no such table", "no such column", "does not exist")


def run(arguments: list[str]) -> int:
    """Run a command; returns its exit status. `--traceback` shows where it failed."""
    try:
        execute_from_command_line(arguments)
    except KeyboardInterrupt:
        return _stop("Stopped. What was finished until then stays.", INTERRUPTED)
    except (ImproperlyConfigured, Error, OSError) as error:
        sentence = _sentence(error)
        if "--traceback" in arguments or not sentence:
            raise
        return _stop(sentence, FAILED)
    return 0


def _sentence(error):
    """What an operator can do about a failure; empty if it is one of the program."""
    reason = " ".join(str(error).split())
    if isinstance(error, ImproperlyConfigured):
        return reason
    if isinstance(error, OSError):
        return f"The command could not go on: {reason}."
    if any(words in reason for words in NO_TABLE):
        return f"The database lacks what this version needs ({reason}). Run: manage.py prepare"
    if isinstance(error, (OperationalError, InterfaceError)):
        return f"The database does not answer: {reason}. Look whether it runs and can be reached."
    return ""


def _stop(sentence, status):
    sys.stderr.write(f"{sentence}\n")
    return status
