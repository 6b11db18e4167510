"""What programs handed in: the list with the quality of each program, a page for each push, and
undoing one."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Func, IntegerField, OuterRef, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.forms import Media
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from articles.admin.display import status_badge, zoned
from articles.admin.permissions import may_change
from articles.admin.pushes import told, trend
from articles.admin.read_only import ReadOnlyAdmin
from articles.digests.publishing import NotAllowed
from articles.login.desk_page import desk_page
from articles.models import Push, Suggestion
from articles.posts.pushes import undoing
from articles.preflight import Severity

LARGE = ("content", "account", "articles")
DECISIONS = (Suggestion.Status.WAITING, Suggestion.Status.TAKEN, Suggestion.Status.DISMISSED)
ENDINGS = {"application/json": "json"}
MEDIA = Media(css={"all": ["css/admin-findings.css", "css/admin-pushes.css"]})


class Length(Func):
    """The number of items of a JSON array."""

    output_field = IntegerField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="json_array_length", **context)

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="jsonb_array_length", **context)


@admin.register(Push)
class PushAdmin(ReadOnlyAdmin):
    """Read-only: pushes come in by the API and by a command."""

    list_display = [
        *("came_in", "program", "day", "outcome_badge", "recognised", "article_count"),
        *("finding_counts", "suggestion_counts"),
    ]
    list_display_links = ["came_in"]
    list_filter = ["outcome", "program"]
    list_select_related = ["program", "digest"]
    ordering = ["-received_at", "-pk"]

    class Media:
        css = {"all": ["css/admin-pushes.css"]}

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/undo/", view(require_POST(self.undo)), name="articles_push_undo"),
            path("<int:pk>/text/", view(require_safe(self.text)), name="articles_push_text"),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        counted = Suggestion.objects.filter(push=OuterRef("pk")).order_by().values("push")
        counts = {
            status.value: Coalesce(
                Subquery(counted.filter(status=status).values(number=Count("pk"))), 0
            )
            for status in DECISIONS
        }
        pushes = super().get_queryset(request).defer(*LARGE)
        return pushes.annotate(
            share=KT("account__reading__share"), articles_told=Length("articles"), **counts
        )

    def changelist_view(self, request, extra_context=None):
        """With the quality of each program above the list, unless only some rows are asked for."""
        context = {"quality": [] if request.GET else trend.rows()}
        if not self.has_view_permission(request):
            context = {}
        return super().changelist_view(request, context | (extra_context or {}))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The page of a push. What is no page, Django refuses, or leads to the index."""
        push = None
        if request.method != "POST" and self.has_view_permission(request):
            push = self.get_object(request, unquote(object_id))
        if push is None:
            return super().change_view(request, object_id, form_url, extra_context)
        return desk_page(self, request, "articles/push/page", _shown(self, request, push))

    def undo(self, request, pk):
        """Undo a push with one click, for users who may write digests."""
        if not (self.has_view_permission(request) and request.user.has_perm(undoing.PERMISSION)):
            raise PermissionDenied  # the same answer whether or not the push exists
        push = get_object_or_404(Push, pk=pk)
        try:
            undone = undoing.undo(push, by=request.user)
        except NotAllowed as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            for level, sentence in _undone(undone):
                self.message_user(request, sentence, level)
        return redirect("admin:articles_push_change", push.pk)

    def text(self, request, pk):
        """The bytes of a push as they came, to be saved."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        push = get_object_or_404(Push, pk=pk)
        name = f"{push.date:%Y-%m-%d}-push-{push.pk}.{ENDINGS.get(push.media_type, 'md')}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        kind = "application/octet-stream"
        return HttpResponse(bytes(push.content), content_type=kind, headers=headers)

    # The columns

    @admin.display(description=gettext_lazy("came in"), ordering="received_at")
    def came_in(self, push):
        return zoned(push.received_at)

    @admin.display(description=gettext_lazy("digest"), ordering="date")
    def day(self, push):
        date = f"{push.date:%Y-%m-%d}"
        if push.digest_id is None:
            return date
        return format_html('<a href="{}">{}</a>', told.change_url(push.digest_id), date)

    @admin.display(description=gettext_lazy("outcome"), ordering="outcome")
    def outcome_badge(self, push):
        return badges(push)

    @admin.display(description=gettext_lazy("recognised"))
    def recognised(self, push):
        return "–" if push.share is None else f"{told.percent(float(push.share))} %"

    @admin.display(description=gettext_lazy("articles"))
    def article_count(self, push):
        return push.articles_told

    @admin.display(description=gettext_lazy("findings"))
    def finding_counts(self, push):
        severities = [finding["severity"] for finding in push.findings]
        counts = [(each.value, severities.count(each.value)) for each in Severity]
        shown = [(name, SEVERITIES[name], count) for name, count in counts if count]
        form = '<span class="push-count push-{}">{} {}</span>'
        return format_html_join(" ", form, shown) if shown else "–"

    @admin.display(description=gettext_lazy("suggestions"))
    def suggestion_counts(self, push):
        shown = [
            (status.value, status.label, count)
            for status in DECISIONS
            if (count := getattr(push, status.value))
        ]
        form = '<span class="push-count push-{}">{} {}</span>'
        return format_html_join(" ", form, shown) if shown else "–"


SEVERITIES = {
    Severity.ERROR.value: gettext_lazy("Errors"),
    Severity.WARNING.value: gettext_lazy("Warnings"),
    Severity.HINT.value: gettext_lazy("Hints"),
}


def badges(push):
    """The outcome of a push, and whether it was undone."""
    form = '<span class="status push-{}">{}</span>'
    outcome = format_html(form, push.outcome, push.get_outcome_display())
    if push.undone_at is None:
        return outcome
    return format_html("{} {}", outcome, format_html(form, "undone", _("Undone")))


def _shown(model_admin, request, push):
    may_undo = request.user.has_perm(undoing.PERMISSION)
    is_open = push.undone_at is None and push.outcome != Push.Outcome.REFUSED
    digest = push.digest
    return {
        "title": f"{push.program} {push.date:%Y-%m-%d}",
        "media": model_admin.media + MEDIA,
        "push": push,
        "badges": badges(push),
        "came_in": zoned(push.received_at),
        "digest": digest,
        "digest_url": digest and told.change_url(digest.pk),
        "digest_status": digest and status_badge(digest),
        "reading_url": _reading_url(request.user, digest),
        "may_undo": may_undo and is_open and digest is not None,
        "undone_at": push.undone_at and zoned(push.undone_at),
        "errors": told.errors_of(push),
        "share": told.share_of(push),
        "articles": told.articles_of(push),
        "accounts": told.accounts_of(push),
        "notices": push.account.get("notices", []),
        "findings": [
            group | {"heading": SEVERITIES[group["name"]]} for group in told.findings_of(push)
        ],
        "counts": [(status.label, getattr(push, status.value)) for status in DECISIONS],
        "lines": told.lines_of(push),
        "is_cut": told.is_cut(push),
    }


def _reading_url(user, digest):
    """Where the articles of the digest are read and signed, for users who may change it."""
    if digest and user.has_perm("articles.change_digest") and may_change(user, digest):
        return reverse("admin:articles_digest_reading", args=[digest.pk])
    return ""


def _undone(undone):
    """Sentences about what an undoing did, with their levels."""
    parts = (
        (messages.SUCCESS, _("Removed: %(headlines)s"), undone.removed),
        (messages.SUCCESS, _("Put back as they were before: %(headlines)s"), undone.put_back),
        (
            messages.WARNING,
            _("These stay, because somebody changed them, or readers have them: %(headlines)s"),
            undone.stayed,
        ),
    )
    yield messages.SUCCESS, _("The push is undone.")
    for level, sentence, headlines in parts:
        if headlines:
            yield level, sentence % {"headlines": ", ".join(headlines)}
    if undone.withdrawn:
        sentence = _("Suggestions that wait no more: %(count)d")
        yield messages.SUCCESS, sentence % {"count": undone.withdrawn}
