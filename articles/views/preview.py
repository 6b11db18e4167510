"""The Markdown previews of the editor's fields."""

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpResponseBadRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from articles.rules import rendering

MAX_PREVIEW_LENGTH = 20_000
MAX_TOTAL = 10 * MAX_PREVIEW_LENGTH


@require_POST
@never_cache
@staff_member_required
def markdown(request):
    """JSON: `previews`, each posted `content` as the site would render it, for staff.

    Of a text with more than 20,000 characters there is none (null). A request may have many texts,
    since a paste fills dozens of fields at once."""
    texts = request.POST.getlist("content")
    if not texts or sum(map(len, texts)) > MAX_TOTAL:
        return HttpResponseBadRequest(_("Send the texts to preview, at most 200,000 characters."))
    return JsonResponse({"previews": [_preview(text) for text in texts]})


def _preview(text):
    return rendering.preview(text) if len(text) <= MAX_PREVIEW_LENGTH else None
