"""Whether the process answers at all."""

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def alive(request):
    """Liveness: touches neither the database nor a cache."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
