"""Accounts and their roles. Whoever manages people gets no further than their own role."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _

from articles.admin.audited import AuditedMixin

admin.site.unregister([User, Group])


@admin.register(User)
class PersonAdmin(AuditedMixin, UserAdmin):
    """Roles are groups. Superusers are made and changed by superusers only, and so are single
    permissions, since either would open every door."""

    list_display = ["username", "last_name", "first_name", "email", "roles", "is_active"]
    list_filter = ["is_active", "groups"]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "usable_password", "password1", "password2"],
            },
        )
    ]

    def get_queryset(self, request):
        people = super().get_queryset(request).prefetch_related("groups")
        return people if request.user.is_superuser else people.filter(is_superuser=False)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return super().get_fieldsets(request, obj)
        access = ["is_active", "is_staff", "groups"]
        if request.user.is_superuser:
            access += ["is_superuser", "user_permissions"]
        return [
            (None, {"fields": ["username", "password"]}),
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
    """What a role may do; for superusers, since no role has a permission for it."""
