"""What every public page has in common over HTTP."""

from functools import reduce, wraps

from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from django.utils.http import parse_http_date_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe


def revalidated(view):
    """Give successful answers an ETag and answer 304 to those who have it (RFC 9110, 13).

    Django's own decorator leaves HEAD out and Vary off its 304.
    """

    @wraps(view)
    def validating_view(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
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


# From the inside out. The validator is computed before compression, which then weakens it
# (RFC 9110, section 8.8.1), so that compressed and plain answers share one tag.
_LAYERS = (revalidated, gzip_page, cache_control(public=True, no_cache=True), require_safe)


def public_page(view):
    """GET and HEAD only, revalidated on every use, compressed, the same for every visitor."""
    return reduce(lambda wrapped, layer: layer(wrapped), _LAYERS, view)
