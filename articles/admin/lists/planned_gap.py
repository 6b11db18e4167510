"""Days that are planned without a digest."""

from django import forms
from django.contrib import admin
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from articles.admin.audited import AuditedMixin
from articles.admin.fields import LineFormField
from articles.admin.lists.day_lists import DayListMixin
from articles.admin.lists.public_rows import PublicRowsMixin
from articles.admin.widgets import LineWidget
from articles.models import PlannedGap


class PlannedGapForm(forms.ModelForm):
    class Meta:
        model = PlannedGap
        fields = ["date", "reason"]
        field_classes = {"reason": LineFormField}
        widgets = {"reason": LineWidget}


@admin.register(PlannedGap)
class PlannedGapAdmin(AuditedMixin, PublicRowsMixin, DayListMixin, admin.ModelAdmin):
    """Readers see the gaps in the calendar."""

    form = PlannedGapForm
    list_display = ["date", "weekday", "reason"]
    date_hierarchy = "date"
    search_fields = ["reason"]

    @admin.display(description=_("weekday"))
    def weekday(self, gap):
        return WEEKDAYS[gap.date.weekday()]
