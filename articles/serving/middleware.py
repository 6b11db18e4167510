"""Middleware for every request."""

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.handlers.wsgi import get_str_from_wsgi
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.middleware.common import CommonMiddleware

from articles.operations import figures
from articles.rules.text import find_forbidden
from articles.serving.page_store.requests import DATABASE_IS_SILENT

# The methods of RFC 9110 and RFC 5789, except TRACE, which echoes a request's secrets, and CONNECT.
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class CountingMiddleware:
    """Count requests and server errors for `/metrics`. It is not installed without
    METRICS_TOKEN."""

    def __init__(self, get_response):
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.figures = figures.kept_in(settings.FIGURES_DIR)

    def __call__(self, request):
        self.figures.add("requests")
        response = self.get_response(request)
        if response.status_code >= 500:
            self.figures.add("server_errors")
        return response


class ProbeMiddleware:
    """Answer health checks and metrics under any host name.

    Load balancers and containers use an IP address, which is not among the allowed hosts. The
    responses contain no host name.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info in settings.PROBES:
            request.META["HTTP_HOST"] = urlsplit(settings.SITE_URL).netloc
        return self.get_response(request)


class KnownMethodMiddleware:
    """Answer 501 to methods that the site does not implement (RFC 9110, section 15.6.2).

    Methods are case-sensitive (section 9.1), but Django treats `get` as `GET`.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.META["REQUEST_METHOD"] in METHODS:
            return self.get_response(request)
        text = "This method is not implemented.\n"
        return HttpResponse(text, content_type="text/plain; charset=utf-8", status=501)


class SlashMiddleware(CommonMiddleware):
    """Django's own middleware, which asks before and after the view whether a slash at the end
    would help. The answer is the same, and most unknown addresses are scans for holes."""

    def should_redirect_with_slash(self, request):
        if not hasattr(request, "needs_slash"):
            request.needs_slash = super().should_redirect_with_slash(request)
        return request.needs_slash


class PermissionsPolicyMiddleware:
    """Set the Permissions-Policy header: the browser features that no page uses, from
    `settings.PERMISSIONS_POLICY`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class CleanAddressMiddleware:
    """Answer 404 to addresses with characters that no stored text can contain, such as NUL.

    PostgreSQL refuses such characters in any query, so without this check the response would be a
    500.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Text that is not percent-encoded is UTF-8, which WSGI decodes as Latin-1 (PEP 3333).
        query = get_str_from_wsgi(request.META, "QUERY_STRING", "")
        query = unquote(query.replace("+", " "))
        if find_forbidden(request.path_info) or find_forbidden(query):
            raise Http404
        return self.get_response(request)


class SilentDatabaseMiddleware:
    """Fail at once while the database accepts queries but does not answer, as if it were
    unreachable. Otherwise all threads would wait for it, and none would be free to send cached
    pages.

    It comes after the CSRF check, so that the error page can keep what an editor typed.
    """

    NEEDS_NO_DATABASE = "/healthz"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method != "POST":
            self._refuse(request)
        return self.get_response(request)

    def process_view(self, request, view, arguments, options):
        self._refuse(request)

    def _refuse(self, request):
        if request.META.get(DATABASE_IS_SILENT) and request.path_info != self.NEEDS_NO_DATABASE:
            raise OperationalError("The database does not answer.")
