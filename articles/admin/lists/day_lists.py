"""Lists that can be filtered by year, month or day."""

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ChangeList
from django.utils.functional import cached_property
from django.utils.translation import gettext

from articles.rules.rendering import filled

_SELECT = "Select this object for an action - {}"  # is in the catalogue of Django
_CHECKBOX = '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">'


class DayChangeList(ChangeList):
    @cached_property
    def _around_key(self):
        """What comes before the key in the address of a row's page, and after it."""
        return super().url_for_result(self.model(pk=0)).rsplit("0", 1)

    def url_for_result(self, result):
        """As Django's, without looking up the address of each row."""
        return quote(str(result.pk)).join(self._around_key)

    def get_filters(self, request):
        """Show the whole list for a day that does not exist, as Django does for other filters.

        Django computes the end of the year 9999, which is beyond Python's range.
        """
        try:
            return super().get_filters(request)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters(error) from error


class DayListMixin:
    """For a ModelAdmin with a `date_hierarchy`."""

    def get_changelist(self, request, **kwargs):
        return DayChangeList

    def action_checkbox(self, obj):
        """As Django's, without making an input for each row."""
        label = filled(gettext(_SELECT), str(obj))
        return filled(_CHECKBOX, ACTION_CHECKBOX_NAME, str(obj.pk), label)
