"""Management commands as an operator runs them: what goes wrong is a sentence, not a traceback."""

import sys

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import Error, InterfaceError, OperationalError
from django.utils.translation import gettext

INTERRUPTED = 130  # as a shell reports SIGINT
FAILED = 1
# What the databases say of a table or a column that is not there.
NO_TABLE = ("no such table", "no such column", "does not exist")


def run(arguments: list[str]) -> int:
    """Run a command; returns its exit status. `--traceback` shows where it failed."""
    try:
        execute_from_command_line(arguments)
    except KeyboardInterrupt:
        return _stop(_("Stopped. What was finished until then stays."), INTERRUPTED)
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
        return _("The command could not go on: %(reason)s.") % {"reason": reason}
    if any(words in reason for words in NO_TABLE):
        sentence = _(
            "The database lacks what this version needs (%(reason)s). Run: manage.py prepare"
        )
        return sentence % {"reason": reason}
    if isinstance(error, (OperationalError, InterfaceError)):
        sentence = _(
            "The database does not answer: %(reason)s. Look whether it runs and can be reached."
        )
        return sentence % {"reason": reason}
    return ""


def _(text):
    """A text in the site's language; in English if what failed is finding out which that is."""
    return gettext(text) if apps.ready else text


def _stop(sentence, status):
    sys.stderr.write(f"{sentence}\n")
    return status
