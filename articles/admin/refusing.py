"""Whoever may not is told so, whether the row exists or not."""

from django.core.exceptions import PermissionDenied


class RefusingMixin:
    """For all admins that have Django's own pages of a row.

    Django looks for the row first in some places, and leads from a missing one to the index.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Django 5.2 refuses a POST to a missing row by itself, Django 6.1 does not."""
        posted = request.method == "POST" and object_id is not None
        if posted and not self.has_change_permission(request):
            raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)
