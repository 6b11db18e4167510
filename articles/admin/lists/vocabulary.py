"""The vocabulary at the desk: a list that is pasted, looked at, stored, and taken along."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.login.desk_page import desk_page
from articles.rules.lines import LineErrors
from articles.taxonomy import vocabulary, vocabulary_list
from articles.taxonomy.vocabulary_list import Outcome

MAX_CHARACTERS = 500_000
OUTCOMES = {
    Outcome.NEW: gettext_lazy("New tag"),
    Outcome.CHANGED: gettext_lazy("New aliases"),
    Outcome.UNCHANGED: gettext_lazy("Unchanged"),
    Outcome.REFUSED: gettext_lazy("Left out"),
}


def may_change(request):
    """Whether the user may change what tags are called."""
    return request.user.has_perms(vocabulary.PERMISSIONS)


def page(model_admin, request):
    """The page of the list. A POST shows what the list would do, or stores it with `store`; with
    `seed` the list is the one that comes with the software."""
    if not may_change(request):
        raise PermissionDenied
    text = vocabulary_list.seed() if "seed" in request.POST else request.POST.get("list", "")
    context = {"text": text, "errors": [], "rows": [], "totals": []}
    if request.method == "POST":
        try:
            entries = _read(text)
            if "store" in request.POST:
                return _store(model_admin, request, entries)
            context |= _shown(vocabulary_list.plan(entries))
        except LineErrors as refusal:
            context["errors"] = refusal.errors
        except IntegrityError:
            context["errors"] = [(0, _("Somebody changed the tags meanwhile. Look at them again."))]
    context |= {"title": _("List of tags"), "media": model_admin.media}
    return desk_page(model_admin, request, "articles/tag/vocabulary", context)


def export(model_admin, request):
    """The list of all tags as a text file."""
    if not may_change(request):
        raise PermissionDenied
    text = vocabulary_list.write(vocabulary.named())
    disposition = 'attachment; filename="tags.txt"'
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": disposition},
    )


def _read(text):
    if len(text) > MAX_CHARACTERS:
        raise LineErrors([(0, _("This is too long. Paste the list in parts."))])
    if not text.strip():
        raise LineErrors([(0, _("Paste a list first: one tag a line."))])
    return vocabulary_list.read(text)


def _store(model_admin, request, entries):
    stored = vocabulary_list.store(entries, by=request.user)
    words = {
        "tags": sum(row.outcome == Outcome.NEW for row in stored),
        "aliases": sum(len(row.aliases) for row in stored),
    }
    sentence = _("Stored. New tags: %(tags)d, new aliases: %(aliases)d.") % words
    model_admin.message_user(request, sentence, messages.SUCCESS)
    return redirect("admin:articles_tag_changelist")


def _shown(planned):
    """What the list would do: the lines with changes or clashes, and how many there are of each
    outcome."""
    outcomes = [row.outcome for row in planned]
    return {
        "is_planned": True,
        "rows": [
            {"row": row, "outcome": OUTCOMES[row.outcome], "class": row.outcome.value}
            for row in planned
            if row.outcome != Outcome.UNCHANGED or row.clashes
        ],
        "totals": [(word, outcomes.count(outcome)) for outcome, word in OUTCOMES.items()],
        "has_changes": any(row.aliases or row.outcome == Outcome.NEW for row in planned),
    }
