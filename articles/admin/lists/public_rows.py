"""Lists of rows that readers see, or that change what they find."""

from articles.changes import site_version


class PublicRowsMixin:
    """For admins of such models: every write at the desk moves the site version, in its
    transaction."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        site_version.move()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        site_version.move()

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        site_version.move()
