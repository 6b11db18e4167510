"""The shared part of the admins of tags and publishers: readers see their names, and several can be
merged into one."""

from django import forms
from django.contrib import admin
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.permissions import may_publish
from articles.login.desk_page import desk_page


class TargetForm(forms.Form):
    target = forms.ModelChoiceField(
        queryset=None,
        empty_label=None,
        label=gettext_lazy("The one that stays"),
        error_messages={"required": gettext_lazy("Choose the one that stays.")},
    )

    def __init__(self, *args, among, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = among


def may_merge(model_admin, request):
    return model_admin.has_change_permission(request) and model_admin.has_delete_permission(request)


class MergingMixin:
    """Restricts changing and deleting to users who may publish, and adds an action that merges.
    Subclasses implement `merge_into`.

    Other users create new ones by typing their names; readers see these once they are published.
    """

    def has_change_permission(self, request, obj=None):
        return may_publish(request.user) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return may_publish(request.user) and super().has_delete_permission(request, obj)

    def has_merge_permission(self, request):
        return may_merge(self, request)

    @admin.action(permissions=["merge"], description=gettext_lazy("Merge into one…"))
    def merge_selected(self, request, queryset):
        if not may_merge(self, request):
            raise PermissionDenied
        chosen = queryset.order_by("-use_count", "pk")
        if len(chosen) < 2:
            self.message_user(request, _("Choose at least two to merge."), "error")
            return None
        form = TargetForm(request.POST if "target" in request.POST else None, among=chosen)
        if form.is_valid():
            target = form.cleaned_data["target"]
            count = self.merge_into(request, list(chosen), target)
            self.log_change(request, target, _("Merged"))
            message = _("Merged %(count)d into “%(target)s”.")
            self.message_user(request, message % {"count": count, "target": target}, "success")
            return None
        context = {
            "title": _("Merge into one"),
            "media": self.media,
            "chosen": chosen,
            "form": form,
            "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        }
        return desk_page(self, request, "articles/merge_selected", context)
