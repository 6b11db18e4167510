"""Runs management commands for an operator: errors are printed as a sentence, not as a
traceback."""

import gc
import sys

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, get_commands
from django.core.management.base import ALL_CHECKS
from django.db import Error, InterfaceError, OperationalError
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.utils.translation import gettext

from newsroom import garbage

INTERRUPTED = 130  # as a shell reports SIGINT
FAILED = 1
# A missing table or column: the codes of PostgreSQL, and the messages of SQLite.
UNDEFINED = ("42P01", "42703")
NO_TABLE = ("no such table", "no such column")
# PostgreSQL's codes for what an account may not do, and for what a standby does not do.
NOT_ALLOWED = ("42501", "25006")
# The tag of the system checks of what an operator writes. The others look at code, for which they
# load the desk and all views.
OPERATORS_CHECKS = "operator"


class _Commands(ManagementUtility):
    def fetch_command(self, subcommand):
        """The command of that name, with the collector at work again.

        `prepare` checks the code after an update; the site's other commands need not again.
        """
        command = super().fetch_command(subcommand)
        is_ours = get_commands()[subcommand] == "articles" and subcommand != "prepare"
        if is_ours and command.requires_system_checks == ALL_CHECKS:
            command.requires_system_checks = [OPERATORS_CHECKS]
        garbage.look_seldom()
        return command


def run(arguments: list[str]) -> int:
    """Run a command and return its exit status. `--traceback` shows where it failed."""
    # Looking again and again at code while it is loaded is an eighth of a short command.
    gc.disable()
    try:
        _Commands(arguments).execute()
    except KeyboardInterrupt:
        return _stop(_("Stopped. What was finished until then stays."), INTERRUPTED)
    except (ImproperlyConfigured, Error, OSError) as error:
        sentence = _sentence(error)
        if "--traceback" in arguments or not sentence:
            raise
        return _stop(sentence, FAILED)
    finally:
        gc.enable()  # if no command was found
    return 0


def _sentence(error):
    """What an operator can do about an error; empty if the error is a bug."""
    reason = " ".join(str(error).split())
    if isinstance(error, ImproperlyConfigured):
        return reason
    if isinstance(error, PermissionError):
        sentence = _(
            "This account may not use %(path)s. Run the command as the account of the site, and "
            "let that account own the folder."
        )
        return sentence % {"path": error.filename}
    if isinstance(error, OSError):
        return _("The command could not go on: %(reason)s.") % {"reason": reason}
    code = getattr(error.__cause__, "sqlstate", None)
    if code in UNDEFINED or any(words in reason for words in NO_TABLE):
        sentence = _(
            "The database lacks what this version needs (%(reason)s). Run: manage.py prepare"
        )
    elif code in NOT_ALLOWED or isinstance(error, MigrationSchemaMissing):
        sentence = _(
            "The database does not do that: %(reason)s. Look whether the site's account owns it, "
            "whether it accepts writes, and whether its disk has room."
        )
    elif isinstance(error, OperationalError) and "FATAL:" in reason:
        sentence = _(
            "The database refuses the connection: %(reason)s. Look at DATABASE_URL, and run the "
            "command as the account of the site."
        )
    elif isinstance(error, (OperationalError, InterfaceError)):
        sentence = _(
            "The database does not answer: %(reason)s. Look whether it runs and can be reached."
        )
    else:
        return ""
    return sentence % {"reason": reason}


def _(text):
    """A text in the site's language. If Django failed before the language was known, in English."""
    return gettext(text) if apps.ready else text


def _stop(sentence, status):
    sys.stderr.write(f"{sentence}\n")
    return status
