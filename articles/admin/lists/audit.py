"""The audit trail at the desk: read-only, for users with the permission."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.display import zoned
from articles.admin.read_only import ReadOnlyAdmin
from articles.models import AuditEntry
from articles.rules.text import whole_number

ACTIONS = {
    "created": gettext_lazy("Created"),
    "saved": gettext_lazy("Saved"),
    "submitted": gettext_lazy("Handed in for review"),
    "sent-back": gettext_lazy("Sent back"),
    "scheduled": gettext_lazy("Scheduled"),
    "unscheduled": gettext_lazy("Schedule cancelled"),
    "schedule-cancelled": gettext_lazy("Schedule cancelled because of errors"),
    "published": gettext_lazy("Published"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "corrected": gettext_lazy("Corrected"),
    "restored": gettext_lazy("Restored from the history"),
    "imported": gettext_lazy("Imported"),
    "deleted": gettext_lazy("Deleted"),
    "restored-from-trash": gettext_lazy("Brought back from the trash"),
    "article-moved": gettext_lazy("Article moved"),
    "assigned": gettext_lazy("Article assigned"),
    "ready": gettext_lazy("Ready mark changed"),
    "commented": gettext_lazy("Commented"),
    "comment-resolved": gettext_lazy("Comment done"),
    "preview-link-made": gettext_lazy("Preview link made"),
    "preview-link-revoked": gettext_lazy("Preview link revoked"),
    "restored-from-backup": gettext_lazy("Restored from a backup"),
    "picture-uploaded": gettext_lazy("Picture uploaded"),
    "picture-deleted": gettext_lazy("Unused picture deleted"),
    "deadline-near": gettext_lazy("Deadline near, digest not ready"),
    "deadline-missed": gettext_lazy("Deadline missed"),
    "notices-begun": gettext_lazy("Notices begun"),
    "notices-by-mail": gettext_lazy("Notices by mail"),
    "second-factor-added": gettext_lazy("Second factor added"),
    "second-factor-renamed": gettext_lazy("Second factor renamed"),
    "second-factor-removed": gettext_lazy("Second factor removed"),
    "second-factor-reset": gettext_lazy("Second factor reset"),
    "recovery-codes-made": gettext_lazy("Recovery codes made"),
    "recovery-code-used": gettext_lazy("Recovery code used"),
    "password-changed": gettext_lazy("Password changed"),
    "password-reset": gettext_lazy("Password set anew by mail"),
    "api-token-made": gettext_lazy("API token made"),
    "api-token-revoked": gettext_lazy("API token revoked"),
    "pushed": gettext_lazy("Handed in by a program"),
    "push-refused": gettext_lazy("Push refused"),
    "push-undone": gettext_lazy("Push undone"),
    "push-missed": gettext_lazy("Push missed"),
    "suggestion-taken": gettext_lazy("Suggestion taken"),
    "suggestion-dismissed": gettext_lazy("Suggestion dismissed"),
    "suggestion-reopened": gettext_lazy("Suggestion reopened"),
    "signed": gettext_lazy("Article signed"),
    "signature-taken-back": gettext_lazy("Signature taken back"),
    "mended": gettext_lazy("Mended by rule"),
    "mending-undone": gettext_lazy("Mending undone"),
    "left-out": gettext_lazy("Article left out"),
    "vocabulary-changed": gettext_lazy("List of tags changed"),
    "tagged": gettext_lazy("Proposed tag given"),
    "untagged": gettext_lazy("Proposed tag taken back"),
    "tag-refused": gettext_lazy("Proposed tag refused"),
    "invited": gettext_lazy("Invited"),
    "invitation-accepted": gettext_lazy("Invitation accepted"),
    "mailed": gettext_lazy("Handed to a mail service"),
    "mail-held-back": gettext_lazy("Mail held back because of errors"),
    "mail-called-back": gettext_lazy("Mail called back"),
    "mail-not-cancelled": gettext_lazy("Mail could not be called back"),
    "mail-failed": gettext_lazy("Mail not taken by its service"),
    "mail-tried": gettext_lazy("Digest mailed to oneself"),
    "webhook-tested": gettext_lazy("Webhook tested"),
    "webhook-secret": gettext_lazy("New secret for a webhook"),
    "webhook-off": gettext_lazy("Webhook switched off by its receiver"),
    "delivery-repeated": gettext_lazy("Delivery sent again"),
    "candidates-came": gettext_lazy("Candidates brought in"),
    "candidate-chosen": gettext_lazy("Candidate chosen"),
    "candidate-parked": gettext_lazy("Candidate parked"),
    "candidate-rejected": gettext_lazy("Candidate rejected"),
    "candidate-renewed": gettext_lazy("Candidate made new again"),
    "candidate-undone": gettext_lazy("Decision about a candidate undone"),
    "feeds-added": gettext_lazy("Feeds added"),
    "feed-moved": gettext_lazy("Feed followed to its new address"),
    "feed-polled": gettext_lazy("Feed polled at once"),
    "added": gettext_lazy("Added"),
    "changed": gettext_lazy("Changed"),
}


def in_words(entry) -> str:
    return str(ACTIONS.get(entry.action, entry.action))


class ActionFilter(admin.SimpleListFilter):
    """Lists all known actions, without a query for those that occur."""

    title = gettext_lazy("action")
    parameter_name = "action"

    def lookups(self, request, model_admin):
        return list(ACTIONS.items())

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


class ShortSightedPaginator(Paginator):
    """Counts at most up to the page after `page_asked`, so that no query counts all rows."""

    page_asked = 1

    @cached_property
    def count(self):
        seen = self.object_list.order_by()[: (self.page_asked + 1) * self.per_page]
        return seen.count()


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Read-only for everybody, superusers included."""

    list_display = ["time", "actor", "what_was_done", "about", "note"]
    list_display_links = ["time"]
    list_filter = [ActionFilter]
    search_fields = ["actor_name", "target", "note"]
    search_help_text = gettext_lazy("Finds people, what was written, and words of the notes.")
    ordering = ["-at", "-pk"]
    fields = ["time", "actor", "what_was_done", "about", "note", "detail"]
    readonly_fields = fields

    def get_paginator(self, request, queryset, per_page, *args, **kwargs):
        paginator = ShortSightedPaginator(queryset, per_page, *args, **kwargs)
        asked = request.GET.get("p", "")
        paginator.page_asked = whole_number(asked) or 1
        return paginator

    def changelist_view(self, request, extra_context=None):
        """Links to older and newer rows instead of page numbers."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if changes := context.get("cl"):
            changes.full_result_count = changes.result_count  # neither counts all rows
            page = changes.page_num
            if page > 1:
                context["newer"] = changes.get_query_string({"p": page - 1})
            if page < changes.paginator.num_pages:
                context["older"] = changes.get_query_string({"p": page + 1})
        return response

    @admin.display(description=gettext_lazy("time"), ordering="at")
    def time(self, entry):
        return zoned(entry.at)

    @admin.display(description=gettext_lazy("user"))
    def actor(self, entry):
        return entry.actor_name or _("System")

    @admin.display(description=gettext_lazy("action"))
    def what_was_done(self, entry):
        return in_words(entry)

    @admin.display(description=gettext_lazy("what"))
    def about(self, entry):
        """The object of the entry, with a link to its digest if it has one."""
        if entry.digest_id is None:
            return entry.target
        url = reverse("admin:articles_digest_change", args=[entry.digest_id])
        return format_html('<a href="{}">{}</a>', url, entry.target)
