"""Days that are planned without a digest."""

from django import forms
from django.contrib import admin
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from articles.admin.audited import AuditedMixin
from articles.admin.fields import LineFormField
from articles.admin.lists.day_lists import DayListMixin
from articles.admin.widgets import LineWidget
from articles.changes import site_version
from articles.models import PlannedGap


class PlannedGapForm(forms.ModelForm):
    class Meta:
        model = PlannedGap
        fields = ["date", "reason"]
        field_classes = {"reason": LineFormField}
        widgets = {"reason": LineWidget}


@admin.register(PlannedGap)
class PlannedGapAdmin(AuditedMixin, DayListMixin, admin.ModelAdmin):
    """Readers see the gaps in the calendar."""

    form = PlannedGapForm
    list_display = ["date", "weekday", "reason"]
    date_hierarchy = "date"
    search_fields = ["reason"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        site_version.move()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        site_version.move()

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        site_version.move()

    @admin.display(description=_("weekday"))
    def weekday(self, gap):
        return WEEKDAYS[gap.date.weekday()]
