"""What every public page has in common over HTTP."""

from functools import reduce

from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

# From the inside out. The validator is computed before compression, which then weakens it
# (RFC 9110, section 8.8.1), so that compressed and plain answers share one weak ETag.
_LAYERS = (conditional_page, gzip_page, cache_control(public=True, no_cache=True), require_safe)


def public_page(view):
    """GET and HEAD only, revalidated on every use, compressed, the same for every visitor."""
    return reduce(lambda wrapped, layer: layer(wrapped), _LAYERS, view)
