"""HTTP behaviour that all public pages share."""

from functools import reduce, wraps

from django.templatetags.static import static
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from django.utils.http import parse_http_date_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from articles.pages import imprints
from articles.rules.encodings import ENCODERS, encoded, preferred
from articles.serving.page_store.requests import mark_public

PLAIN_TEXT = "text/plain; charset=utf-8"
_DRAWN_WITH = (("css/site.css", "style"), ("js/site.js", "script"))


def read_only(view):
    """Allow only GET and HEAD. Other methods get 405 without a CSRF check, because nothing here
    changes data."""
    return csrf_exempt(require_safe(view))


def knowing_imprint(view):
    """Let the parts of a page that name the publisher of the site know the present imprint."""

    @wraps(view)
    def knowing_view(request, *args, **kwargs):
        imprints.refresh()
        return view(request, *args, **kwargs)

    return knowing_view


def preloading(view):
    """Name a page's style sheets and scripts in its Link header, so that browsers request them
    before they have parsed the page (RFC 8288; HTML, "preload")."""

    @wraps(view)
    def preloading_view(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if response.get("Content-Type", "").startswith("text/html"):
            links = (f'<{static(name)}>; rel="preload"; as="{kind}"' for name, kind in _DRAWN_WITH)
            response["Link"] = ", ".join(filter(None, [response.get("Link"), *links]))
        return response

    return preloading_view


def revalidated(view):
    """Give successful responses an ETag. Clients with a current copy get 304 (RFC 9110, 13).

    Django's own decorator omits HEAD, and omits Vary from its 304.
    """

    @wraps(view)
    def validating_view(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        mark_public(request)
        set_response_etag(response)
        patch_vary_headers(response, ["Accept-Encoding"])
        last_modified = response.get("Last-Modified")
        return get_conditional_response(
            request,
            etag=response["ETag"],
            last_modified=last_modified and parse_http_date_safe(last_modified),
            response=response,
        )

    return validating_view


def compressed(view):
    """Compress the response in the client's preferred encoding. Its entity tag becomes weak; so
    does that of a 304 to a response that would be compressed (RFC 9110, section 8.8.1).

    Unlike Django's own middleware, this supports Brotli and `gzip;q=0`, and compresses equal pages
    to equal bytes.
    """

    @wraps(view)
    def compressing_view(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Accept-Encoding"])
        encoding = preferred(request.headers.get("Accept-Encoding", ""), ENCODERS)
        if encoding != "identity" and not response.streaming and _encode(response, encoding):
            weak = response.get("ETag", "")
            if weak.startswith('"'):
                response["ETag"] = f"W/{weak}"
        return response

    return compressing_view


def _encode(response, encoding):
    """Compress the response. Returns whether it is compressed, or would be for a 304."""
    if response.status_code == 304:
        return True
    if response.has_header("Content-Encoding"):
        return False
    body = encoded(response.content, encoding)
    if body is None:
        return False
    response.content = body
    response["Content-Encoding"], response["Content-Length"] = encoding, len(body)
    return True


# From the inside out. The validator is computed before compression, which then weakens it (RFC
# 9110, section 8.8.1), so that compressed and plain responses share one tag.
_LAYERS = (
    knowing_imprint,
    preloading,
    revalidated,
    compressed,
    cache_control(public=True, no_cache=True),
    read_only,
)


def public_page(view):
    """Allow only GET and HEAD, revalidate on every use, compress. The response is the same for
    every visitor."""
    return reduce(lambda wrapped, layer: layer(wrapped), _LAYERS, view)
