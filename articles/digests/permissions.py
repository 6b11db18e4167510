"""The permission check that the functions of this package share."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied


def require(user: User | None, *permissions: str) -> None:
    """Raise PermissionDenied unless the user has all of the permissions. None stands for a command,
    which may do everything."""
    if user is not None and not user.has_perms(permissions):
        raise PermissionDenied
