"""Lists that the desk only reads; other code writes them."""

from django.contrib import admin
from django.utils.text import capfirst

from articles.admin.refusing import RefusingMixin


class ReadOnlyAdmin(RefusingMixin, admin.ModelAdmin):
    """Read-only for everybody, superusers included. No query counts all rows."""

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

    def changelist_view(self, request, extra_context=None):
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))
