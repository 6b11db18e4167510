"""Every write in the admin leaves a row in the audit trail."""

from django.core.exceptions import PermissionDenied

from articles import audit


class AuditedMixin:
    """For admins whose models have no functions of their own that record what is done."""

    def history_view(self, request, object_id, extra_context=None):
        """Whoever may not look is told so, whether there is such a thing or not."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def log_addition(self, request, obj, message):
        self._record("added", request, obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self._record("changed", request, obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self._record("deleted", request, obj, "")
        return super().log_deletions(request, queryset)

    def _record(self, action, request, obj, message):
        detail = {"model": self.opts.label_lower, "pk": obj.pk, "change": message or []}
        audit.record(action, by=request.user, target=audit.target_of(obj), detail=detail)
