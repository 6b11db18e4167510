"""The Markdown preview of the editor's fields."""

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpResponseBadRequest
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from markdownx.views import MarkdownifyView

MAX_PREVIEW_LENGTH = 20_000


@require_POST
@never_cache
@staff_member_required
def markdown(request):
    """Render the posted `content` as the site would; staff only."""
    content = request.POST.get("content")
    if content is None or len(content) > MAX_PREVIEW_LENGTH:
        return HttpResponseBadRequest(_("Send the text to preview, at most 20,000 characters."))
    return MarkdownifyView().post(request)
