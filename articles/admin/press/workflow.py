"""From draft to publication in the digest's admin: the form's buttons and their pages.

Each button first saves the form. Handing in and sending back then ask on a page of their own, which
has room for a note. Publishing and scheduling lead to the press page, which asks. Withdrawing is
confirmed in the form itself, since saving and withdrawing happen together: a question after the
save would publish the change first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.display import status_badge, zoned
from articles.admin.fields import TextFormField
from articles.admin.press import actions, press
from articles.changes import audit
from articles.digests import publishing
from articles.login.desk_page import desk_page
from articles.models import Digest
from articles.rules.text import clean

Status = Digest.Status
MAX_NOTE = 1_000


@dataclass(frozen=True)
class Step:
    """A page that asks before a step out of one of the `states`; `carry_out` is the function of
    `publishing` that performs the step."""

    permission: str
    states: tuple[str, ...]
    carry_out: Callable
    title: Promise
    lead: Promise
    note: Promise
    button: Promise
    done: Promise
    is_note_needed: bool = False


STEPS = {
    "submit": Step(
        permission="change",
        states=(Status.DRAFT, Status.WITHDRAWN),
        carry_out=publishing.submit,
        title=gettext_lazy("Hand in for review"),
        lead=gettext_lazy("The digest goes to the editors. You can go on writing meanwhile."),
        note=gettext_lazy("Note for the editors (may stay empty)"),
        button=gettext_lazy("Hand in"),
        done=gettext_lazy("Handed in for review."),
    ),
    "send-back": Step(
        permission="publish",
        states=(Status.IN_REVIEW,),
        carry_out=publishing.send_back,
        title=gettext_lazy("Send back to the writers"),
        lead=gettext_lazy("The digest becomes a draft again, with your note above it."),
        note=gettext_lazy("What is to be done"),
        button=gettext_lazy("Send back"),
        done=gettext_lazy("Sent back to the writers."),
        is_note_needed=True,
    ),
}
# The names of the form's buttons, with the permission that each needs.
BUTTONS = {
    "_submit": "change",
    "_send_back": "publish",
    "_publish": "publish",
    "_schedule": "publish",
    "_unschedule": "withdraw",
    "_withdraw": "withdraw",
}


class NoteForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    note = TextFormField(
        strip=True, max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 4, "autofocus": True})
    )

    def __init__(self, *args, step, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        note = self.fields["note"]
        note.label, note.required = step.note, step.is_note_needed
        note.error_messages["required"] = _("Say in a sentence what is to be done.")


class WorkflowMixin:
    """For the admin of digests: the buttons of the form, before and after it is saved."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        for button, permission in BUTTONS.items():
            if button in request.POST and not _may(request, permission):
                raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def response_add(self, request, obj, post_url_continue=None):
        pressed = _press_button(self, request, obj)
        return pressed or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return _press_button(self, request, obj) or super().response_change(request, obj)


def _may(request, verb):
    return request.user.has_perm(f"articles.{verb}_digest")


def _press_button(model_admin, request, digest):
    """Continue after a save as the button says; None if the button only saves."""
    for button, step in (("_submit", "submit"), ("_send_back", "send-back")):
        if button in request.POST:
            return redirect("admin:articles_digest_step", digest.pk, step)
    if "_unschedule" in request.POST:
        if digest.status == Status.SCHEDULED:  # otherwise the save cancelled it, and said so
            actions.unschedule(model_admin, request, digest)
    elif "_withdraw" in request.POST:
        note = clean(request.POST.get("_withdraw_note", "")).strip()[:MAX_NOTE]
        actions.withdraw(model_admin, request, digest, note)
    elif "_schedule" in request.POST or "_publish" in request.POST:
        way = "" if "_publish" in request.POST else "#id_time"
        return redirect(reverse("admin:articles_digest_press", args=[digest.pk]) + way)
    else:
        return None
    return redirect("admin:articles_digest_change", digest.pk)


def beside_form(model_admin, request, digest, context):
    """The buttons of the form, and the note of the digest's last step."""
    return _offered_steps(model_admin, request, digest, context["is_public"]) | {
        "last_step": digest and _last_step(digest),
        "withdraw_note": request.POST.get("_withdraw_note", ""),
    }


def _offered_steps(model_admin, request, digest, is_public):
    """The buttons of the form, by the digest's state and the user's permissions."""
    if digest and not model_admin.has_change_permission(request, digest):
        return {}
    status = Status(digest.status) if digest else Status.DRAFT
    if is_public:
        status = Status.PUBLISHED
    may_publish, may_withdraw = _may(request, "publish"), _may(request, "withdraw")
    return {
        "show_submit": status in STEPS["submit"].states and _may(request, "change"),
        "show_send_back": status == Status.IN_REVIEW and may_publish,
        "show_publish": status != Status.PUBLISHED and may_publish,
        "show_schedule": status != Status.PUBLISHED and may_publish,
        "is_scheduled": status == Status.SCHEDULED,
        "show_unschedule": status == Status.SCHEDULED and may_withdraw,
        "show_withdraw": status == Status.PUBLISHED and may_withdraw,
    }


# The pages


def press_page(model_admin, request, pk):
    if not _may(request, "publish") or not model_admin.has_change_permission(request):
        raise PermissionDenied
    digest = get_object_or_404(Digest, pk=pk)
    if digest.is_public:
        return _tell_state(model_admin, request, digest)
    return press.page(model_admin, request, digest)


def step_page(model_admin, request, pk, name):
    if name not in STEPS:
        raise Http404
    step = STEPS[name]
    if not _may(request, step.permission) or not model_admin.has_change_permission(request):
        raise PermissionDenied
    digest = get_object_or_404(Digest, pk=pk)
    if digest.status not in step.states:
        return _tell_state(model_admin, request, digest)
    form = NoteForm(request.POST or None, step=step, initial={"version": digest.version})
    is_taken = request.method == "POST" and form.is_valid()
    if is_taken and _take(model_admin, request, digest, step, form):
        return redirect("admin:articles_digest_change", digest.pk)
    context = {
        "media": model_admin.media + form.media,
        "title": step.title,
        "subtitle": digest.name,
        "digest": digest,
        "status": status_badge(digest),
        "step": step,
        "form": form,
    }
    return desk_page(model_admin, request, "articles/digest/step", context)


def _take(model_admin, request, digest, step, form):
    """Take the step and report it; False if the digest was changed since it was shown."""
    typed = form.cleaned_data
    try:
        step.carry_out(digest, by=request.user, note=typed["note"], version=typed["version"])
    except publishing.Stale as stale:
        form.data = form.data.copy()
        form.data["version"] = str(digest.version)
        form.add_error(None, str(stale))
        return False
    except publishing.NotAllowed as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
    else:
        model_admin.log_change(request, digest, str(step.title))
        model_admin.message_user(request, str(step.done), messages.SUCCESS)
    return True


def _tell_state(model_admin, request, digest):
    """The answer if the step is no longer possible, for instance after a double click."""
    sentence = _("This digest is “%(status)s” now.")
    status = digest.get_status_display()
    model_admin.message_user(request, sentence % {"status": status}, messages.INFO)
    return redirect("admin:articles_digest_change", digest.pk)


def _last_step(digest):
    """The note of the step that led to the present state; None if it had none."""
    steps = ("submitted", "sent-back", "scheduled", "published", "unscheduled", "withdrawn")
    entry = audit.trail(digest).filter(action__in=steps).first()
    is_told = entry and entry.note and entry.action in ("submitted", "sent-back")
    return {"entry": entry, "time": zoned(entry.at)} if is_told else None
