"""The list of reasons for which the desk rejects candidates."""

from django import forms
from django.contrib import admin

from articles.admin.audited import AuditedMixin
from articles.admin.fields import LineFormField
from articles.admin.widgets import LineWidget
from articles.models import RejectionReason


class RejectionReasonForm(forms.ModelForm):
    class Meta:
        model = RejectionReason
        fields = ["name", "position"]
        field_classes = {"name": LineFormField}
        widgets = {"name": LineWidget}


@admin.register(RejectionReason)
class RejectionReasonAdmin(AuditedMixin, admin.ModelAdmin):
    """Candidates keep the words for which they were rejected, whatever becomes of the list."""

    form = RejectionReasonForm
    list_display = ["name", "position"]

    class Media:
        css = {"all": ["css/admin-digest.css", "css/admin-inbox.css"]}
