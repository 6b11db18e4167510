"""Which rights a user may grant: only those that the user has.

So a user who manages accounts but is not a superuser cannot gain more rights. Such a user can grant
only groups and permissions whose rights the user has, and cannot change accounts that have more.
"""

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q

_NAME = ("content_type__app_label", "codename")


def may_manage(user, person) -> bool:
    """Whether `user` has every right that `person` has. The rights of an inactive account count,
    because it can be activated again."""
    if user.is_superuser:
        return True
    return not person.is_superuser and _names(_of(person)) <= user.get_all_permissions()


def may_give(user, group) -> bool:
    """Whether `user` has every right that the group grants."""
    return user.is_superuser or _names(group.permissions) <= user.get_all_permissions()


def groups_to_give(user):
    """The groups to which `user` may add people, or from which `user` may remove them."""
    groups = Group.objects.all()
    if user.is_superuser:
        return groups
    return groups.exclude(permissions__in=Permission.objects.exclude(pk__in=_held(user)))


def permissions_to_give(user):
    """The permissions that `user` may give to a group."""
    permissions = Permission.objects.all()
    return permissions if user.is_superuser else permissions.filter(pk__in=_held(user))


def _held(user):
    """The primary keys of an account's effective permissions: none while it is inactive."""
    return _of(user).values("pk") if user.is_active else []


def _of(person: User):
    """The permissions of an account, its own and those of its groups."""
    return Permission.objects.filter(Q(user=person) | Q(group__user=person)).distinct()


def _names(permissions):
    return {f"{label}.{codename}" for label, codename in permissions.values_list(*_NAME)}
