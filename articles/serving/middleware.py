"""What is true of every request."""

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.handlers.wsgi import get_str_from_wsgi
from django.db import OperationalError
from django.http import Http404, HttpResponse

from articles.operations import figures
from articles.rules.text import find_forbidden
from articles.serving.page_store.front import DATABASE_IS_SILENT

# Those of RFC 9110 and RFC 5789 but TRACE, which sends a request's secrets back, and CONNECT.
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class CountingMiddleware:
    """Count requests and failures for `/metrics`; not installed without a token for it."""

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
    """Answer what machines ask about the site under any host name.

    Load balancers and containers ask by an IP address, which is not among the allowed hosts. The
    answers name no host.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info in settings.PROBES:
            request.META["HTTP_HOST"] = urlsplit(settings.SITE_URL).netloc
        return self.get_response(request)


class KnownMethodMiddleware:
    """Answer 501 to methods that nothing here implements (RFC 9110, section 15.6.2).

    Methods are case-sensitive there (section 9.1), while Django takes `get` for `GET`.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.META["REQUEST_METHOD"] in METHODS:
            return self.get_response(request)
        text = "This method is not implemented.\n"
        return HttpResponse(text, content_type="text/plain; charset=utf-8", status=501)


class PermissionsPolicyMiddleware:
    """Say which features of browsers no page here uses: `settings.PERMISSIONS_POLICY`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class CleanAddressMiddleware:
    """Answer 404 to addresses with characters that no text here can hold, such as NUL.

    PostgreSQL refuses them in any query, so that they would otherwise be a failure of the site.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Without percent-encoding it is UTF-8, which WSGI gives as latin-1 (PEP 3333).
        query = get_str_from_wsgi(request.META, "QUERY_STRING", "")
        query = unquote(query.replace("+", " "))
        if find_forbidden(request.path_info) or find_forbidden(query):
            raise Http404
        return self.get_response(request)


class SilentDatabaseMiddleware:
    """Fail at once, as if the database were away, while it takes questions and does not answer: or
    all threads would wait for it, and nobody be left to send finished pages.

    Comes after the check of forms (CSRF), so that the page can keep what an editor has typed.
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
