"""Saving without leaving the page: a script posts the form and asks for JSON.

Only the plain success is answered with what the script needs, and only one question can be asked in
place: whether the change is a correction. Everything else writes nothing, and the answer says no
more. The script then submits the form in the ordinary way, so that one path shows errors and
conflicts.
"""

from django.contrib.messages import get_messages
from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _

from articles.admin.display import clock
from articles.admin.form.correction_question import FIELDS
from articles.login.kept_text import wants_json

QUESTION = "admin/articles/digest/_correction_question.html"


def is_asked_for(request):
    return request.method == "POST" and wants_json(request)


def saved(request, digest, rows, *, is_merged):
    """The answer to a save that stays in the page. `rows` has the uid of each row's article, by
    the row's prefix. `is_merged` says whether others had saved since the form was opened."""
    told = [
        {"level": message.level_tag, "html": conditional_escape(message.message)}
        for message in get_messages(request)
    ]
    sentence = _("Saved at %(time)s.") % {"time": clock(timezone.now())}
    return JsonResponse(
        {
            "saved": sentence,
            "version": digest.version,
            "rows": rows,
            "merged": is_merged,
            "messages": told,
        }
    )


def instead_of(request, response):
    """What a script gets instead of a page: where a redirect leads, the question whether the change
    is a correction, or the advice to submit the form in the ordinary way."""
    if isinstance(response, JsonResponse):
        return response
    if address := getattr(response, "url", ""):
        return JsonResponse({"address": address})
    form = _form_that_asks(response)
    if form and "correction_text" not in form.data:  # the script asks for the first time
        form.data = form.data.copy()
        form.data["show_changes"] = "on"
    question = form and render_to_string(QUESTION, {"form": form, "in_place": True}, request)
    return JsonResponse({"question": question or ""})


def _form_that_asks(response):
    """The form, if nothing but the answer about a correction is missing in it."""
    context = getattr(response, "context_data", None) or {}
    if "adminform" not in context:
        return None
    form = context["adminform"].form
    is_rest_valid = all(inline.formset.is_valid() for inline in context["inline_admin_formsets"])
    return form if form.errors and set(form.errors) <= set(FIELDS) and is_rest_valid else None
