"""Error pages, and errors for programs. Those of a failure use neither database nor session, since
these may have failed."""

import sys

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import Resolver404
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import gettext as _

from articles.api import problems
from articles.digests import old_addresses
from articles.digests.former_slugs import article_at
from articles.login import kept_text
from articles.pages import digest_cache, imprints
from articles.pages.frame import frame
from articles.rules import failures
from articles.rules.encodings import ENCODERS, encoded_once, preferred
from articles.rules.paths import FOR_PROGRAMS, path_to
from articles.views.digest_lists import NoSuchPlace, redirect_along

RETRY_AFTER = 5  # seconds
# How long a cache may store a 404. Without this header it would choose for itself, and a page could
# stay missing after its publication (RFC 9111, section 4.2.2).
KEEP_MISSING = 5  # seconds
# Pages whose addresses digests of an old site, or of another day here, can have had.
_MAY_BE_OLD = {"articles:article", "articles:day", "articles:day-markdown", "articles:day-json"}
# Where nothing was ever an old address; see `articles.rules.paths.is_own`.
_NEVER_OLD = ("/admin/", "/preview/", settings.STATIC_URL)


def not_found(request, exception):
    """The same page for every address, rendered once: most requests are scans for holes. An address
    that a public digest had on its old site leads to its page."""
    if request.path_info.startswith(FOR_PROGRAMS):
        return problems.missing()
    match = request.resolver_match
    is_known = match is not None and match.view_name in _MAY_BE_OLD
    moved = _moved(request, match) if is_known or isinstance(exception, Resolver404) else None
    if moved:
        return moved
    imprints.refresh()
    told = {"sentence": str(exception)} if isinstance(exception, NoSuchPlace) else {}
    page = frame("404.html", **told).encode()
    encoding = preferred(request.headers.get("Accept-Encoding", ""), ENCODERS)
    headers = {"Cache-Control": f"max-age={KEEP_MISSING}", "Vary": "Accept-Encoding"}
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return HttpResponse(encoded_once(page, encoding), status=404, headers=headers)


def _moved(request, match):
    """The redirect from an old address, or None. `match` is the page that did not find what it was
    asked for; None if there is no such page."""
    if request.method not in ("GET", "HEAD") or request.path_info.startswith(_NEVER_OLD):
        return None
    target = old_addresses.digest_at(request.path_info)
    if target is None and match and match.view_name == "articles:article":
        digest = old_addresses.digest_at(path_to("day", match.kwargs["date"]))
        target = digest and article_at(*digest_cache.with_parts([digest]), match.kwargs["slug"])
    if target is None:
        return None
    response = redirect_along(request, target)
    # The digest can be withdrawn, or move to another day.
    patch_cache_control(response, public=True, no_cache=True)
    return response


def server_error(request):
    """500, or 503 for a transient failure; with the text an editor had typed, to be sent again."""
    status = 503 if failures.passes(sys.exc_info()[1]) else 500
    if request.path_info.startswith(FOR_PROGRAMS):
        return problems.failure(status, retry_after=RETRY_AFTER)
    if kept_text.wants_json(request):
        text = _("The site cannot do this at the moment.")
        response = JsonResponse({"error": text}, status=status)
    else:
        page = render_to_string("500.html", {"status": status} | _context(request))
        response = HttpResponse(page, status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    add_never_cache_headers(response)
    return response


def _context(request):
    context = {"site_name": settings.SITE_NAME, "site_language": settings.LANGUAGE_CODE}
    fields, path = kept_text.typed_before_failure(request)
    if not fields:
        return context
    token = {"csrf_token": get_token(request)}
    return context | token | {"fields": fields, "texts": kept_text.shown(fields), "path": path}
