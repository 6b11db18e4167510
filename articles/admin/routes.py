"""The pages of the digests' admin besides those of Django's admin."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import path
from django.views.decorators.http import require_http_methods

from articles.admin.desk import starting
from articles.admin.form import (
    autosave,
    drafts,
    findings,
    live_preview,
    paste,
    pictures,
    presence,
    suggestions,
    uploading,
)
from articles.admin.history import history, trash
from articles.admin.press import correction, mail, preview_links, workflow
from articles.admin.reading import page as reading

READ, ASK, SEND = ("GET", "HEAD"), ("GET", "HEAD", "POST"), ("POST",)


@dataclass(frozen=True)
class Route:
    """`page` is called with the admin, the request and the arguments of the address. Without
    `methods` it checks the method itself. The URL name is `articles_digest_` + `name`."""

    address: str
    name: str
    page: Callable
    methods: tuple[str, ...] = ()


ROUTES = (
    Route("start/", "start", starting.start, SEND),
    Route("<int:pk>/duplicate/", "duplicate", starting.duplicate, ASK),
    Route("<int:pk>/articles/<uuid:uid>/move/", "move", starting.move, ASK),
    Route("paste/", "paste", paste.take_apart, SEND),
    Route("autosave/", "autosave", autosave.answer),
    Route("presence/", "presence", presence.answer),
    Route("<int:pk>/suggestions/<int:suggestion>/dismiss/", "dismiss", suggestions.dismiss, SEND),
    Route("<int:pk>/suggestions/<int:suggestion>/reopen/", "reopen", suggestions.reopen, SEND),
    Route("working-copies/<uuid:key>/discard/", "discard", drafts.discard),
    Route("findings/", "findings", findings.page, SEND),
    Route("<int:pk>/findings/", "findings", findings.page, SEND),
    Route("live-preview/", "preview", live_preview.page, SEND),
    Route("<int:pk>/live-preview/", "preview", live_preview.page, SEND),
    Route("pictures/", "pictures", pictures.upload, SEND),
    Route("pictures/<uuid:uid>/<int:width>.webp", "picture", pictures.show, READ),
    Route("import/", "import", uploading.page, ASK),
    Route("<int:pk>/step/<slug:name>/", "step", workflow.step_page, ASK),
    Route("<int:pk>/press/", "press", workflow.press_page, ASK),
    Route("<int:pk>/reading/", "reading", reading.page, ASK),
    Route("<int:pk>/reading/<uuid:uid>/", "reading", reading.page, ASK),
    Route("<int:pk>/preview-links/", "preview_links", preview_links.page),
    Route("<int:pk>/mail/", "mail", mail.page, ASK),
    Route("<int:pk>/mail/html/", "mail_html", mail.html, READ),
    Route("<int:pk>/corrections/", "corrections", correction.corrections),
    Route("<int:pk>/history/<int:number>/", "revision", history.compare),
    Route("<int:pk>/history/<int:number>/restore/", "restore", history.restore),
    Route("trash/", "trash", trash.page, ASK),
)


def urls(model_admin):
    """The URL patterns of all pages, for users who may open the desk."""
    return [
        path(
            route.address,
            model_admin.admin_site.admin_view(_view(model_admin, route)),
            name=f"articles_digest_{route.name}",
        )
        for route in ROUTES
    ]


def _view(model_admin, route):
    def view(request, **named):
        return route.page(model_admin, request, **named)

    return require_http_methods(route.methods)(view) if route.methods else view
