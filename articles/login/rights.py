"""Which rights somebody may hand on: those they hold, and no others.

So whoever may manage accounts, but is no superuser, gets no further by it. They give only groups
and permissions whose rights they hold, and leave alone the accounts that hold more.
"""

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q

_NAME = ("content_type__app_label", "codename")


def may_manage(user, person) -> bool:
    """Whether `person` holds no right that `user` lacks. Rights count also while an account is
    switched off, since it can be switched on again."""
    if user.is_superuser:
        return True
    return not person.is_superuser and _names(_of(person)) <= user.get_all_permissions()


def may_give(user, group) -> bool:
    """Whether the group gives no right that `user` lacks."""
    return user.is_superuser or _names(group.permissions) <= user.get_all_permissions()


def groups_to_give(user):
    """The groups that `user` may put people in, or take them out of."""
    groups = Group.objects.all()
    if user.is_superuser:
        return groups
    return groups.exclude(permissions__in=Permission.objects.exclude(pk__in=_held(user)))


def permissions_to_give(user):
    """The permissions that `user` may give a group."""
    permissions = Permission.objects.all()
    return permissions if user.is_superuser else permissions.filter(pk__in=_held(user))


def _held(user):
    """The keys of the permissions that an account uses: none while it is switched off."""
    return _of(user).values("pk") if user.is_active else []


def _of(person: User):
    """The permissions of an account, its own and those of its groups."""
    return Permission.objects.filter(Q(user=person) | Q(group__user=person)).distinct()


def _names(permissions):
    return {f"{label}.{codename}" for label, codename in permissions.values_list(*_NAME)}
