"""Accounts and their roles. Users who manage accounts cannot grant more than their own role has.

Pages that change something ask for a fresh login, see `articles/login/same_person.py`.
"""

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from articles.admin.audited import AuditedMixin
from articles.login import invitations, rights
from articles.login.desk_page import desk_page
from articles.login.second_factor import devices

admin.site.unregister([User, Group])

# What Django's own permissions allow, by the beginning of their codename.
_ACTIONS = {
    "add": pgettext_lazy("a permission", "%(what)s: add"),
    "change": pgettext_lazy("a permission", "%(what)s: change"),
    "delete": pgettext_lazy("a permission", "%(what)s: delete"),
    "view": pgettext_lazy("a permission", "%(what)s: view"),
}


class PermissionsField(ModelMultipleChoiceField):
    """Permissions by names in the site's language. Django stores theirs in English."""

    def label_from_instance(self, permission: Permission) -> str:
        model = permission.content_type.model_class()
        if model is None:  # of software that is not installed any more
            return permission.name
        if own := dict(model._meta.permissions).get(permission.codename):
            return str(own)
        action = _ACTIONS[permission.codename.partition("_")[0]]
        return action % {"what": capfirst(model._meta.verbose_name)}


@admin.register(User)
class PersonAdmin(AuditedMixin, UserAdmin):
    """Roles are groups. Only superusers create and change superusers and single permissions.
    Other users assign groups and change accounts as far as `rights` allows."""

    list_display = ["username", "last_name", "first_name", "email", "roles", "is_active"]
    list_filter = ["is_active", "groups"]
    filter_horizontal = []
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "email", "usable_password", "password1", "password2"],
            },
        )
    ]

    def get_urls(self):
        view = self.admin_site.admin_view(self.second_factor_view)
        route = path("<int:pk>/second-factor/", view, name="auth_user_second_factor")
        view = self.admin_site.admin_view(require_POST(self.invite_view))
        return [route, path("<int:pk>/invite/", view, name="auth_user_invite"), *super().get_urls()]

    def second_factor_view(self, request, pk):
        """An account's second factors; a POST removes them."""
        person = self._person(request, pk)
        if request.method == "POST":
            devices.reset(person, by=request.user)
            sentence = gettext("The second factor of %(name)s is reset.")
            self.message_user(request, sentence % {"name": person.get_username()}, messages.SUCCESS)
            return redirect("admin:auth_user_change", person.pk)
        context = {
            "title": gettext("Reset the second factor"),
            "subtitle": str(person),
            "person": person,
            "rows": devices.devices_of(person),
        }
        return desk_page(self, request, "second_factor/reset", context)

    def invite_view(self, request, pk):
        """Mail somebody without a password a link to choose one."""
        person = self._person(request, pk)
        if sentence := invitations.why_not(person):
            self.message_user(request, sentence, messages.WARNING)
        else:
            invitations.invite(person, by=request.user)
            sentence = gettext("An invitation is on its way to %(address)s.")
            self.message_user(request, sentence % {"address": person.email}, messages.SUCCESS)
        return redirect("admin:auth_user_change", person.pk)

    def _person(self, request, pk):
        """The account that a user may change. Raises PermissionDenied and Http404."""
        if not self.has_change_permission(request):
            raise PermissionDenied  # the same answer whether or not the account exists
        person = self.get_object(request, pk)
        if person is None:
            raise Http404
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        return person

    def render_change_form(self, request, context, *args, **kwargs):
        """With the invitation, for an account that has no password yet."""
        person = context.get("original")
        if person and not person.has_usable_password():
            may = self.has_change_permission(request, person)
            context |= {"may_invite": may, "why_not": invitations.why_not(person)}
        return super().render_change_form(request, context, *args, **kwargs)

    def user_change_password(self, request, id, form_url=""):
        """For other people. Users change their own where the present password is required."""
        if id == str(request.user.pk) and self.has_change_permission(request):
            return redirect("admin:password_change")
        return super().user_change_password(request, id, form_url)

    def has_change_permission(self, request, obj=None):
        may = super().has_change_permission(request, obj)
        return may and (obj is None or rights.may_manage(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or rights.may_manage(request.user, obj))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["queryset"] = rights.groups_to_give(request.user)
        else:
            kwargs["form_class"] = PermissionsField
        kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request):
        people = super().get_queryset(request).prefetch_related("groups")
        return people if request.user.is_superuser else people.filter(is_superuser=False)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return super().get_fieldsets(request, obj)
        access = ["is_active", "is_staff", "groups"]
        if request.user.is_superuser:
            access += ["is_superuser", "user_permissions"]
        login = ["username", "password"]
        if not self.has_change_permission(request, obj):
            login.remove("password")  # it links to the page that changes it
        return [
            (None, {"fields": login}),
            (_("Personal info"), {"fields": ["last_name", "first_name", "email"]}),
            (_("Role"), {"fields": access}),
            (_("Important dates"), {"fields": ["last_login", "date_joined"]}),
        ]

    def get_readonly_fields(self, request, obj=None):
        return ["last_login", "date_joined"]

    @admin.display(description=_("role"))
    def roles(self, user):
        return ", ".join(group.name for group in user.groups.all())


@admin.register(Group)
class RoleAdmin(AuditedMixin, GroupAdmin):
    """The permissions of a role. At first only superusers may change it. Users to whom a superuser
    gives the permission create and change only groups whose permissions they all have."""

    filter_horizontal = []

    def has_change_permission(self, request, obj=None):
        may = super().has_change_permission(request, obj)
        return may and (obj is None or rights.may_give(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or rights.may_give(request.user, obj))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "permissions":
            kwargs["queryset"] = rights.permissions_to_give(request.user)
            kwargs["form_class"] = PermissionsField
        kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)
