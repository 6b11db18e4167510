"""Whether a user may do what is to be done."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied


def require(user: User | None, *permissions: str) -> None:
    """Raise PermissionDenied unless the user has all of the permissions. None is a command, which
    may do everything."""
    if user is not None and not user.has_perms(permissions):
        raise PermissionDenied
