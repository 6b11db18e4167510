"""Words that mean the same for the search, one line of them at a time."""

from django import forms
from django.contrib import admin

from articles.admin.audited import AuditedMixin
from articles.admin.fields import LineFormField
from articles.admin.lists.public_rows import PublicRowsMixin
from articles.admin.widgets import LineWidget
from articles.models import Spelling
from articles.models.spelling import names_in


class SpellingForm(forms.ModelForm):
    class Meta:
        model = Spelling
        fields = ["line"]
        field_classes = {"line": LineFormField}
        widgets = {"line": LineWidget}

    def clean_line(self):
        """The words as they are kept: tidied, each once."""
        return ", ".join(names_in(self.cleaned_data["line"]))


@admin.register(Spelling)
class SpellingAdmin(AuditedMixin, PublicRowsMixin, admin.ModelAdmin):
    """What readers find changes with them."""

    form = SpellingForm
    list_display = ["line"]
    search_fields = ["line"]
