"""Lists that can be filtered by year, month or day."""

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList


class DayChangeList(ChangeList):
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
