"""Which requests ask for a page that is the same for everybody, and the requests of the site to
itself. Each is a WSGI environ (PEP 3333)."""

import io
from functools import lru_cache

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from articles.rules.paths import FOR_PROGRAMS
from newsroom.environment import in_brackets

# Set by a public view on the request if the response may be cached; see `mark_public`.
PUBLIC = "newsroom.public_page"
# Tells Django that a database query would hang; see `SilentDatabaseMiddleware`.
DATABASE_IS_SILENT = "newsroom.database_is_silent"

# Headers that can make a response personal or partial.
_PERSONAL = {"HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_IF_MATCH"}
_NEVER_STORED = (
    *("/admin/", "/preview/", FOR_PROGRAMS, settings.STATIC_URL),
    *("/healthz", "/readyz", "/metrics"),
)
# The headers of a client's request that remain when a page is rendered for everybody.
_KEPT = ("HTTP_HOST", "HTTP_X_FORWARDED_PROTO")


def mark_public(request) -> None:
    """Mark the response to this request as cacheable: it is the same for everybody."""
    request.META[PUBLIC] = True


def may_be_stored(environ: dict) -> bool:
    """Whether a request asks for a complete page that can be the same for everybody."""
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and not environ.get("QUERY_STRING")
        and not environ.get("SCRIPT_NAME")
        and environ.keys().isdisjoint(_PERSONAL)
        and not environ["PATH_INFO"].startswith(_NEVER_STORED)
        and _is_ours(environ)
    )


def _is_ours(environ):
    """Whether Django accepts the host and does not redirect to HTTPS."""
    if not _is_allowed(environ.get("HTTP_HOST", ""), tuple(settings.ALLOWED_HOSTS)):
        return False
    return not settings.SECURE_SSL_REDIRECT or _is_secure(environ)


@lru_cache(maxsize=64)
def _is_allowed(host, allowed):
    domain = split_domain_port(host)[0]
    return bool(domain) and validate_host(domain, allowed)


def _is_secure(environ):
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        told = environ.get(name)
        if told is not None:
            return told.split(",", 1)[0].strip() == value
    return environ["wsgi.url_scheme"] == "https"


def impersonal(environ: dict) -> dict:
    """A request for the same address without any information about the client."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("HTTP_") or name in _KEPT
    }
    kept |= {"REQUEST_METHOD": "GET", "CONTENT_LENGTH": "", "wsgi.input": io.BytesIO()}
    kept.pop(PUBLIC, None)
    return kept


def of_own(path: str, query: str = "") -> dict:
    """A request of the site to itself."""
    host, secure = settings.SITE_HOST, settings.SITE_URL.startswith("https:")
    scheme = "https" if secure else "http"
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": host,
        "SERVER_PORT": "443" if secure else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": in_brackets(host),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        environ[name] = value
    return environ
