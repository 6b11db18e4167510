"""Lists that can be filtered by year, month or day."""

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList


class DayChangeList(ChangeList):
    _linked = (None, "")

    def url_for_result(self, result):
        """Found once for a row, whose day and title both lead there."""
        if self._linked[0] is not result:
            self._linked = (result, super().url_for_result(result))
        return self._linked[1]

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
