"""Lists that are read at the desk and written elsewhere."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.utils.text import capfirst


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nobody adds, changes or deletes a row, superusers included; nothing counts all rows."""

    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changeform_view(self, request, *args, **kwargs):
        """Refuse whatever is posted, also to a row that does not exist.

        Django 6.1 answers a POST to a missing row with a redirect, where 5.2 refuses it.
        """
        if request.method == "POST":
            raise PermissionDenied
        return super().changeform_view(request, *args, **kwargs)

    def history_view(self, request, object_id, extra_context=None):
        """Rows that never change have no history; those who may not look are told no more."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))
