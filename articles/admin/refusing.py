"""Users without permission get the same answer whether or not the object exists."""

from django.core.exceptions import PermissionDenied


class RefusingMixin:
    """For all admins with Django's own pages of an object.

    Some of these look for the object before the permission, and redirect to the index without it.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Refuse a POST to a missing object, which Django 5.2 does and Django 6.1 does not."""
        posted = request.method == "POST" and object_id is not None
        if posted and not self.has_change_permission(request):
            raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)
