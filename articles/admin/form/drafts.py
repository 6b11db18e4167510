"""Drafts of open forms: they are stored, offered again, and submitted only once."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.admin.form import autosave, offers
from articles.digests import posted, working_copies
from articles.rules.text import parse_key

# The form's permanent key, and the key of the working copy if that is a different one.
KEYS = ("form_key", "copy_key")


class DraftsMixin:
    """For the admin of digests: fills a form from a draft, and recognizes a repeated submission."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST":
            self.state = replace(self.state, taken_up=offers.asked_for(request, object_id))
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            made_before = None if object_id else self._made_before(request)
            object_id = object_id or made_before
            response = super().changeform_view(request, object_id, form_url, extra_context)
        if made_before and getattr(response, "url", "") == request.path:
            return redirect("admin:articles_digest_change", made_before)
        return response

    def _made_before(self, request):
        """The digest that an earlier submission of this form created. Another submission then
        changes that digest by what was typed in between, which may be nothing."""
        key = parse_key(request.POST.get("form_key"))
        copy = key and working_copies.claim(request.user, key)
        if not (copy and copy.is_closed and copy.digest_id):
            return None
        if self.get_object(request, str(copy.digest_id)) is None:
            return None
        request.POST = request.POST.copy()
        request.POST["version"] = str(copy.version)
        return str(copy.digest_id)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.taken_up = offers.digest_fields(self.state.taken_up, obj)
        return form

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if copy := self.state.taken_up:
            kwargs["initial"] = [row.values for row in posted.rows(copy.fields, prefix)]
        return kwargs


def discard(model_admin, request, key):
    """Delete a working copy at its owner's request."""
    if request.method != "POST":
        raise PermissionDenied
    digest = autosave.digest_of(model_admin, request)
    working_copies.discard(request.user, key)
    model_admin.message_user(request, _("The draft was discarded."), messages.INFO)
    return HttpResponseRedirect(form_url(digest))


def close(request, digest):
    """Close the drafts of a form; called in the transaction of each save."""
    for name in KEYS:
        if key := parse_key(request.POST.get(name)):
            working_copies.close(request.user, key, digest)


def beside_form(model_admin, request, digest, context):
    """Context about drafts: the one that fills the form, or the one that it offers."""
    taken = model_admin.state.taken_up
    is_fresh = request.method != "POST" and not taken
    return {
        "taken_up": taken and timezone.localtime(taken.saved_at),
        "copy_key": taken.key if taken else request.POST.get("copy_key", ""),
        "copy_sequence": offers.sequence(request, taken, KEYS),
        "closed_keys": " ".join(working_copies.recently_closed(request.user)),
        "offer": offers.offer(request.user, digest) if is_fresh else None,
    }


def form_url(digest):
    if digest is None:
        return reverse("admin:articles_digest_add")
    return reverse("admin:articles_digest_change", args=[digest.pk])
