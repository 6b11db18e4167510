"""Templates for new digests."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from articles.admin.audited import AuditedMixin
from articles.admin.fields import LineFormField, MarkdownFormField
from articles.admin.widgets import LineWidget, MarkdownWidget
from articles.digests import starting
from articles.models import DigestTemplate


class DigestTemplateForm(forms.ModelForm):
    class Meta:
        model = DigestTemplate
        fields = ["name", "title_pattern", "introduction", "language", "slots"]
        field_classes = {
            "name": LineFormField,
            "title_pattern": LineFormField,
            "introduction": MarkdownFormField,
        }
        widgets = {"name": LineWidget, "title_pattern": LineWidget, "introduction": MarkdownWidget}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "language" in self.fields:
            self.fields["language"].show_hidden_initial = False

    def clean_title_pattern(self):
        pattern = self.cleaned_data["title_pattern"]
        unknown = starting.unknown_placeholders(pattern)
        if unknown:
            message = _("{%(name)s} means nothing here. Known are %(known)s.")
            known = ", ".join(f"{{{name}}}" for name in starting.PLACEHOLDERS)
            raise ValidationError(message % {"name": unknown[0], "known": known})
        return pattern


@admin.register(DigestTemplate)
class DigestTemplateAdmin(AuditedMixin, admin.ModelAdmin):
    form = DigestTemplateForm
    list_display = ["name", "title_pattern", "language", "slots"]

    class Media:
        css = {"all": ["css/admin-digest.css"]}
