"""What programs suggest for a digest, at the fields of its open form."""

import hashlib
import json

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.admin.form import inputs
from articles.admin.form.conflicts import label_of
from articles.admin.form.drafts import form_url
from articles.admin.form.findings import names_of
from articles.admin.permissions import may_change
from articles.fields import INPUTS
from articles.login.kept_text import wants_json
from articles.models import Article, Digest
from articles.posts.pushes import suggestions

MEDIA = Media(
    css={"all": ["css/admin-suggestions.css"]},
    js=[
        *("js/admin-forms.js", "js/admin-rows.js", "js/admin-word-diff.js"),
        *("js/admin-suggestion-texts.js", "js/admin-suggestions.js", "js/admin-presence.js"),
    ],
)
# How a suggestion is taken: in place of what is typed, or what is missing added to it.
REPLACE, LINES, NAMES, ARTICLE = "replace", "lines", "names", "article"
TOO_LATE = 409
KINDS = {"": ARTICLE, "citations": LINES, "tags": NAMES}


def dismiss(model_admin, request, pk, suggestion):
    """Put a suggestion away."""
    return _decide(
        model_admin, request, pk, suggestion, suggestions.dismiss, _("The suggestion is dismissed.")
    )


def reopen(model_admin, request, pk, suggestion):
    """Bring a suggestion back that was put away."""
    return _decide(
        model_admin, request, pk, suggestion, suggestions.reopen, _("The suggestion is back.")
    )


def _decide(model_admin, request, pk, number, act, sentence):
    """Answers JSON to a script, and else leads back to the form."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    digest = get_object_or_404(Digest, pk=pk)
    if not may_change(request.user, digest):
        raise PermissionDenied
    suggestion = get_object_or_404(digest.suggestions, pk=number)
    is_done = act(suggestion, by=request.user)
    if not is_done:
        sentence = _("Somebody decided about this suggestion meanwhile.")
    if wants_json(request):
        return JsonResponse({"text": sentence}, status=200 if is_done else TOO_LATE)
    messages.add_message(request, messages.INFO if is_done else messages.WARNING, sentence)
    return redirect(form_url(digest))


def news(digest, known=""):
    """What waits for a digest, as the form's script takes it: `state` is a name for just these
    suggestions, and `waiting` has them; it is None if the script's `known` state is the same."""
    waiting = suggestions.waiting(digest)
    state = _state(waiting)
    return {"state": state, "waiting": None if state == known else as_json(digest, waiting)}


def beside_form(model_admin, request, digest, context):
    """The context of the list that is shown without a script, and what the script starts with."""
    if digest is None:
        return {}
    waiting = suggestions.waiting(digest)
    shown = as_json(digest, waiting)
    return {
        "suggestions": shown,
        "suggestions_json": json.dumps(shown, ensure_ascii=False),
        "suggestions_state": _state(waiting),
    }


def as_json(digest, waiting):
    """Suggestions for the form of a digest.

    `article` is the uid, empty for the digest itself and for a new article; `input` is the input's
    name without the prefix of a row, empty for a new article; `kind` says how it is taken. `text`
    is what would be typed, for a new article `fields`, by input. `parts` are the texts with their
    labels, for reading. `origin` and `place` say in words whose it is and where it belongs.
    """
    names = names_of(digest) if waiting else {}
    return [_described(suggestion, names) for suggestion in waiting]


def _described(suggestion, names):
    field, value = suggestion.field, suggestion.value
    uid = str(suggestion.article_uid or "")
    label = _label(field, Article if uid else Digest) if field else _("New article")
    return {
        "id": suggestion.pk,
        "article": uid,
        "input": field and inputs.name_of(field),
        "kind": KINDS.get(field, REPLACE),
        "origin": _origin(suggestion.push),
        "label": label,
        "place": " · ".join(filter(None, [uid and str(names.get(uid, "")), label])),
        "text": inputs.text_of(field, value) if field else "",
        "fields": {} if field else inputs.of_article(value),
        "parts": [{"label": "", "text": inputs.text_of(field, value)}] if field else _parts(value),
    }


def _parts(content):
    typed = inputs.of_article(content)
    labels = {INPUTS[name]: name for name in content if name in INPUTS and name != "other"}
    labels[inputs.OTHER_BOX] = "other.implications"
    return [
        {"label": _label(labels[name], Article), "text": text}
        for name, text in typed.items()
        if text and name not in ("drafted_by", "read_by")
    ]


def _label(field, model):
    return capfirst(str(label_of(field, model)))


def _origin(push):
    at = timezone.localtime(push.received_at)
    is_today = at.date() == timezone.localdate()
    time = f"{at:%H:%M}" if is_today else f"{at:%Y-%m-%d %H:%M}"
    return _("Suggested by %(program)s, %(time)s") % {"program": push.program, "time": time}


def _state(waiting):
    numbers = ",".join(str(suggestion.pk) for suggestion in waiting)
    return hashlib.sha256(numbers.encode()).hexdigest()[:16]
