"""Tries a transaction again that met another one."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError

MOST_ATTEMPTS = 5
_DEADLOCK = "40P01"  # PostgreSQL, appendix A

_Result = TypeVar("_Result")


def at_last(attempt: Callable[[], _Result]) -> _Result:
    """The result of a transaction that is tried again if others created the same digest, publisher
    or tag meanwhile. Raises what the last attempt raises."""
    for _attempt in range(1, MOST_ATTEMPTS):
        try:
            return attempt()
        except IntegrityError:
            continue
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != _DEADLOCK:
                raise
    return attempt()
