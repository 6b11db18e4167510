"""The pages on which users manage their own second factor: apps, passkeys and recovery codes."""

import json

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.login import kept_text, two_step_login
from articles.login.desk_page import desk_page
from articles.login.second_factor import devices as own
from articles.login.second_factor import passkeys, recovery, totp
from articles.login.second_step_page import ask_again
from articles.rules import times

KEY, STATE = "app_key_to_add", "passkey_to_add"


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("So that you know it again, such as “phone” or “office key”."),
        required=False,
        max_length=own.MAX_NAME,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AddForm(NameForm):
    """The form for a new device: a code from the app, or the browser's response for a new
    passkey."""

    code = forms.CharField(
        label=gettext_lazy("Code from the app"),
        help_text=gettext_lazy("The six digits that the app shows now."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        required=False,
        max_length=20,
    )
    credential = forms.CharField(
        widget=forms.HiddenInput, required=False, max_length=passkeys.MAX_ANSWER
    )


def devices(site, request):
    """The list of the user's devices, with links to add and change them."""
    found = own.devices_of(request.user)
    context = {
        "title": _("Second factor"),
        "rows": [_row(device) for device in found],
        "codes_left": recovery.left(request.user),
        "is_required": settings.SECOND_FACTOR == "required",
    }
    return _page(site, request, "list", context)


def add(site, request):
    """Add an app or a passkey. Two kinds of users may do this: those who are logged in, and those
    between the two steps of a login who must have a second factor and have none."""
    kept, next_url = request.POST.get(kept_text.KEPT, ""), kept_text.own_address(request)
    user = request.user if site.has_permission(request) else two_step_login.waiting(request)
    if user is None or not (request.user.is_authenticated or not own.has_device(user)):
        back = next_url if request.method == "POST" else request.get_full_path()
        return site.log_in_first(request, kept, next_url=back)
    if not two_step_login.is_fresh(request):
        return ask_again(request)
    if request.method != "POST":
        return adding_page(site, request, user, kept=kept, next_url=next_url)
    form = AddForm(request.POST)
    device = _added(request, user, form)
    if device is None:
        options = {"kept": kept, "next_url": next_url, "form": form}
        return adding_page(site, request, user, sentence=_why_not(form), **options)
    if not user.is_verified():
        two_step_login.complete(request, device)
    messages.success(request, _("“%(name)s” is added.") % {"name": device.name})
    if not recovery.left(user):
        return _codes_page(site, request, kept=kept, next_url=next_url)
    return redirect("admin:second_factor")


def codes(site, request):
    """Create new recovery codes and show them once. A GET, which also follows the identity check,
    redirects to the page with the button that creates them."""
    if request.method != "POST" or not own.has_device(request.user):
        return redirect("admin:second_factor")
    return _codes_page(site, request)


def device(site, request, kind, pk):
    """One device: rename it, or remove it (a POST with `remove`)."""
    if kind not in own.MODELS or pk >= 2**63:
        raise Http404
    found = get_object_or_404(own.MODELS[kind], user=request.user, confirmed=True, pk=pk)
    if request.method == "POST" and "remove" in request.POST:
        return _remove(request, found)
    form = NameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        own.rename(found, form.cleaned_data["name"], by=request.user)
        messages.success(request, _("It is called “%(name)s” now.") % {"name": found.name})
        return redirect("admin:second_factor")
    context = {"title": found.name, "form": form, "row": _row(found), "is_last": _is_last(found)}
    return _page(site, request, "device", context)


def adding_page(site, request, user, *, kept="", next_url="", form=None, sentence="", status=200):
    """The page on which an app or a passkey is added. The app's key stays in the session for all
    attempts, so that nothing is stored before it works."""
    key = request.session.setdefault(KEY, totp.new_key())
    options = None
    if settings.PASSKEYS:
        options, request.session[STATE] = passkeys.begin_adding(request, user)
    context = {
        **(kept_text.login_context(kept) if kept else {}),
        "title": _("Add a second factor"),
        "is_required": not request.user.is_authenticated,
        "form": AddForm(initial={"name": form["name"].value() if form else ""}),
        "sentence": sentence,
        "qr": totp.qr_code(user, key),
        "key": totp.as_text(key),
        "username": user.get_username(),
        "options": options and json.dumps(options),
        REDIRECT_FIELD_NAME: next_url,
    }
    return _page(site, request, "add", context, status=status)


def _added(request, user, form):
    key, state = request.session.get(KEY), request.session.pop(STATE, None)
    if not form.is_valid():
        return None
    name, code, credential = (form.cleaned_data[name] for name in ("name", "code", "credential"))
    if credential:
        return state and passkeys.add(request, user, state, credential, name=name)
    added = key and totp.add(user, key, code, name=name)
    if added:
        del request.session[KEY]
    return added or None


def _why_not(form):
    if not form.is_valid():
        return _("Something is too long. Type it again.")
    if form.cleaned_data["credential"]:
        return _("The passkey was not accepted. Try again, or use another way.")
    return _(
        "The code does not fit. Look whether the clock of your device is right, and type the "
        "newest code."
    )


def _codes_page(site, request, *, kept="", next_url=""):
    fields, _is_checked = kept_text.unpack(kept)
    context = {
        "title": _("Recovery codes"),
        "codes": recovery.make(request.user, by=request.user),
        "made_on": timezone.localdate(),
        "username": request.user.get_username(),
        "fields": fields,
        "path": next_url or reverse("admin:second_factor"),
    }
    return _page(site, request, "codes", context)


def _remove(request, found):
    name, is_in_use = found.name, request.user.otp_device == found
    try:
        own.remove(found, by=request.user)
    except own.LastDevice:
        sentence = _("This is your only second factor, and one is required. Add another one first.")
        messages.error(request, sentence)
        return redirect("admin:second_factor")
    except ObjectDoesNotExist:
        raise Http404 from None
    others = own.devices_of(request.user)
    if is_in_use and others:
        two_step_login.bind(request, others[0])
    messages.success(request, _("“%(name)s” is removed.") % {"name": name})
    return redirect("admin:second_factor")


def _is_last(found):
    return own.devices_of(found.user) == [found]


def _row(found):
    zone = timezone.get_current_timezone()
    return {
        "device": found,
        "kind": own.kind_of(found),
        "called": own.called(found),
        "added": times.shown(found.created_at, zone),
        "used": found.last_used_at and times.shown(found.last_used_at, zone),
    }


def _page(site, request, name, context, status=200):
    context = {"subtitle": None, **context}
    return desk_page(site, request, f"second_factor/{name}", context, status=status)
