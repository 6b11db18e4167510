"""Programs that hand in digests: their names and what they promise."""

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from articles.admin.audited import AuditedMixin
from articles.admin.display import zoned
from articles.admin.fields import LineFormField
from articles.admin.widgets import LineWidget
from articles.models import Program, Push


class ProgramForm(forms.ModelForm):
    class Meta:
        model = Program
        fields = ["name", "promise"]
        field_classes = {"name": LineFormField, "promise": LineFormField}
        widgets = {"name": LineWidget, "promise": LineWidget}


@admin.register(Program)
class ProgramAdmin(AuditedMixin, admin.ModelAdmin):
    """Nobody deletes a program: its pushes and the history name it."""

    form = ProgramForm
    list_display = ["name", "promise", "last_push"]
    actions = None

    class Media:
        css = {"all": ["css/admin-digest.css", "css/admin-pushes.css"]}

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        newest = Push.objects.filter(program=OuterRef("pk")).order_by("-received_at")
        last = Subquery(newest.values("received_at")[:1])
        return super().get_queryset(request).annotate(last_push_at=last)

    @admin.display(description=_("last push"), empty_value="–", ordering="last_push_at")
    def last_push(self, program):
        return program.last_push_at and zoned(program.last_push_at)
