"""Records each write in the admin in the audit trail."""

from articles.admin.refusing import RefusingMixin
from articles.changes import audit


class AuditedMixin(RefusingMixin):
    """For admins of models that have no own functions that record their changes."""

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
