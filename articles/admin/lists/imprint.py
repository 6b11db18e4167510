"""The imprint: one form, whose text readers see at `/about/`."""

from django import forms
from django.contrib import admin
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from articles.admin.audited import AuditedMixin
from articles.admin.fields import LineFormField, MarkdownFormField
from articles.admin.widgets import DayWidget, LineWidget, MarkdownWidget
from articles.changes import site_version
from articles.models import Imprint
from articles.rules.paths import path_to

PEOPLE = ("publisher", "editor", "legal_name", "youth_protection_officer")
CONTACT = ("address", "phone", "email")
LINES = (*PEOPLE, *CONTACT, "registration_number", "copyright")
TEXTS = ("principles", "ai_use")


class ImprintForm(forms.ModelForm):
    class Meta:
        model = Imprint
        fields = (*LINES, "registered_on", *TEXTS)
        field_classes = dict.fromkeys(LINES, LineFormField) | dict.fromkeys(
            TEXTS, MarkdownFormField
        )
        widgets = {
            **dict.fromkeys(LINES, LineWidget),
            **dict.fromkeys(TEXTS, MarkdownWidget(attrs={"rows": 10})),
            "registered_on": DayWidget,
        }


@admin.register(Imprint)
class ImprintAdmin(AuditedMixin, admin.ModelAdmin):
    form = ImprintForm
    fieldsets = (
        (None, {"fields": PEOPLE}),
        (_("Registration"), {"fields": ("registration_number", "registered_on")}),
        (_("Contact"), {"fields": CONTACT}),
        (_("Texts"), {"fields": (*TEXTS, "copyright")}),
    )

    class Media:
        css = {"all": ["css/admin-digest.css", "css/admin-starting.css"]}

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Imprint.objects.exists()

    def changelist_view(self, request, extra_context=None):
        """There is one row at most, so its list is its form."""
        if self.has_add_permission(request):
            return redirect("admin:articles_imprint_add")
        if self.has_view_or_change_permission(request) and Imprint.objects.exists():
            return redirect("admin:articles_imprint_change", Imprint.ONLY)
        return super().changelist_view(request, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Offer no second one."""
        context = {"show_save_and_add_another": False, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def view_on_site(self, obj):
        return path_to("about")

    def save_model(self, request, obj, form, change):
        obj.pk = Imprint.ONLY
        super().save_model(request, obj, form, change)
        if form.has_changed():
            site_version.move()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        site_version.move()
