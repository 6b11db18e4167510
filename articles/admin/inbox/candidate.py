"""Candidates at the desk: their list, the ways in, and what each origin brings."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from articles.admin.display import zoned
from articles.admin.inbox import bringing, page, steps
from articles.admin.read_only import ReadOnlyAdmin
from articles.inbox import harvest, origins
from articles.login.desk_page import desk_page
from articles.models import Candidate

READ, ASK, SEND = ("GET", "HEAD"), ("GET", "HEAD", "POST"), ("POST",)


@admin.register(Candidate)
class CandidateAdmin(ReadOnlyAdmin):
    """Nobody edits a candidate: it says what came in. What an editor decides is a step."""

    fields = [
        *("title", "url", "publisher", "published_on", "excerpt", "language", "score"),
        *("came", "state", "parked_until", "reason", "decided_by", "decided"),
    ]
    readonly_fields = fields

    class Media:
        css = {"all": ["css/admin-digest.css"]}

    def get_urls(self):
        pages = (
            ("step/", "step", steps.take, SEND),
            ("paste/", "paste", bringing.paste, ASK),
            ("offer/", "offer", bringing.offer, ASK),
            ("origins/", "origins", origins_page, READ),
        )
        own = [
            path(route, self.admin_site.admin_view(_view(self, view, methods)), name=name)
            for route, name, view, methods in (
                (route, f"articles_candidate_{name}", view, methods)
                for route, name, view, methods in pages
            )
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return page.page(self, request)

    @admin.display(description=gettext_lazy("came in"))
    def came(self, candidate):
        names = origins.names(candidate.arrivals.values_list("origin", flat=True))
        return f"{zoned(candidate.came_at)} · {', '.join(sorted(names.values()))}"

    @admin.display(description=gettext_lazy("decided"), empty_value="–")
    def decided(self, candidate):
        return candidate.decided_at and zoned(candidate.decided_at)


def origins_page(model_admin, request):
    """What each origin brought in the last days, and what became of it."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    context = {
        "title": _("What each origin brings"),
        "media": page.STYLES,
        "rows": harvest.of_origins(),
        "days": harvest.DAYS,
    }
    return desk_page(model_admin, request, "articles/candidate/origins", context)


def _view(model_admin, view, methods):
    def answer(request):
        return view(model_admin, request)

    return require_http_methods(methods)(answer)
