"""The second step of a login, and the identity check of the desk."""

import json
from urllib.parse import urlencode

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth import REDIRECT_FIELD_NAME, authenticate
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.login import kept_text, throttling, two_step_login
from articles.login.desk_page import desk_page
from articles.login.second_factor import passkeys, recovery, totp
from articles.login.second_factor.devices import APP, PASSKEY, devices_of, kind_of

STATE = "passkey_to_show"
SECRETS = ("password", "code", "recovery_code", "credential")


class StepForm(forms.Form):
    """The proof of identity: one of the fields is enough."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        required=False,
        max_length=4096,
    )
    code = forms.CharField(
        label=gettext_lazy("Code from the app"),
        help_text=gettext_lazy("Six digits, which change every 30 seconds."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        required=False,
        max_length=20,
    )
    recovery_code = forms.CharField(
        label=gettext_lazy("Recovery code"),
        help_text=gettext_lazy("One of the ten on your list. Each works once."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        required=False,
        max_length=40,
    )
    credential = forms.CharField(
        widget=forms.HiddenInput, required=False, max_length=passkeys.MAX_ANSWER
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def filled(self, name):
        return self.cleaned_data.get(name, "") if self.is_valid() else ""


def verify(site, request):
    """The second step of a login. When it is done, the request that waits for it continues."""
    kept, next_url = request.POST.get(kept_text.KEPT, ""), kept_text.own_address(request)
    user = two_step_login.waiting(request)
    if user is None and site.has_permission(request):
        return site.go_on(request, kept, next_url)
    if user is None or not devices_of(user):
        return site.log_in_first(request, kept, next_url=next_url)
    if request.method != "POST":
        return page(site, request, user, kept=kept, next_url=next_url)
    form = StepForm(request.POST)
    if device := _accepted(request, user, form):
        two_step_login.complete(request, device)
        return site.go_on(request, kept, next_url)
    sentence = _why_not(request, form)
    return page(site, request, user, kept=kept, next_url=next_url, sentence=sentence)


def confirm(site, request):
    """The identity check. A person who found an unattended, logged-in desk must not change who has
    access: the check needs a password, and the second factor if there is one. When it is done, the
    waiting request continues."""
    kept, next_url = request.POST.get(kept_text.KEPT, ""), kept_text.own_address(request)
    if request.method != "POST":
        return _asking_page(site, request, kept=kept, next_url=next_url)
    sentence = _doubt(request, request.user, StepForm(request.POST))
    if sentence:
        return _asking_page(site, request, kept=kept, next_url=next_url, sentence=sentence)
    two_step_login.note_shown(request)
    return site.go_on(request, kept, next_url)


def ask(site, request):
    """The page that checks the identity, with the posted data. If nothing was posted, a redirect to
    it."""
    if kept_text.wants_json(request):
        return JsonResponse({"error": _("Show again who you are.")}, status=403)
    fields, is_checked, next_url = kept_text.what_waits(request)
    if request.method != "POST" or not fields:
        return ask_again(request)
    kept = kept_text.pack(fields, is_checked=is_checked)
    return _asking_page(site, request, kept=kept, next_url=next_url, status=403)


def ask_again(request):
    """Redirect to the identity check, and back to this page afterwards."""
    query = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
    return redirect(f"{reverse('admin:second_factor_confirm')}?{query}")


def doubt_of_password(request, user, password) -> str:
    """Why this is not the password of the logged-in user; empty if it is. Wrong passwords are
    counted until a right one resets the count."""
    who = {"username": user.get_username(), "counted_apart": "open desk"}
    found = password and authenticate(request, password=password, **who)
    if found and found.pk == user.pk:
        AxesProxyHandler.reset_attempts(username=throttling.counted_as(request, who))
        return ""
    is_locked = getattr(request, "axes_locked_out", False)
    return throttling.too_many(request) if is_locked else _("The password is not right.")


def page(site, request, user, *, kept, next_url, sentence="", status=200):
    """The form of the second step, for the user's devices."""
    form = StepForm()
    form.fields["code"].widget.attrs["autofocus"] = True
    context = {
        **_ways(request, user),
        **(kept_text.login_context(kept) if kept else {}),
        "title": _("Second step"),
        "subtitle": None,
        "form": form,
        "sentence": sentence,
        "username": user.get_username(),
        REDIRECT_FIELD_NAME: next_url,
    }
    return desk_page(site, request, "second_factor/step", context, status=status)


def _asking_page(site, request, *, kept, next_url, sentence="", status=200):
    form = StepForm()
    form.fields["password"].widget.attrs |= {"required": True, "autofocus": True}
    context = {
        **_ways(request, request.user),
        **(kept_text.login_context(kept) if kept else {}),
        "title": _("Is it still you?"),
        "form": form,
        "sentence": sentence,
        REDIRECT_FIELD_NAME: next_url,
    }
    return desk_page(site, request, "second_factor/confirm", context, status=status)


def _doubt(request, user, form):
    """Why the sender may not be the user; empty if there is no doubt."""
    if sentence := doubt_of_password(request, user, form.filled("password")):
        return sentence
    if not devices_of(user) or _accepted(request, user, form):
        return ""
    return _why_not(request, form)


def _ways(request, user):
    """The ways in which the user can prove the identity. The challenge for a passkey stays in the
    session."""
    kinds = {kind_of(device) for device in devices_of(user)}
    ways = {"has_app": APP in kinds, "codes_left": recovery.left(user), "options": None}
    if PASSKEY in kinds:
        options, request.session[STATE] = passkeys.begin_showing(request, user)
        ways["options"] = json.dumps(options)
    return ways


def _accepted(request, user, form):
    """The device, or the recovery codes, that the form proves; None if it proves nothing."""
    state = request.session.pop(STATE, None)
    credentials = {"username": user.get_username(), "counted_apart": "second step"}
    if not any(form.filled(name) for name in SECRETS[1:]):
        return None
    if not AxesProxyHandler.is_allowed(request, credentials):
        request.axes_locked_out, request.axes_credentials = True, credentials
        return None
    device = _shown(request, user, form, state)
    if device:
        AxesProxyHandler.reset_attempts(username=throttling.counted_as(request, credentials))
    else:
        AxesProxyHandler.user_login_failed(verify, credentials, request)
    return device


def _shown(request, user, form, state):
    if code := form.filled("code"):
        return totp.accept(user, code)
    if code := form.filled("recovery_code"):
        return recovery.accept(user, code)
    return state and passkeys.accept(request, user, state, form.filled("credential"))


def _why_not(request, form):
    if getattr(request, "axes_locked_out", False):
        return throttling.too_many(request)
    if form.filled("credential"):
        return _("The passkey was not accepted. Try again, or use another way.")
    return _(
        "The code is not right, or it was used before. Type the newest one. After several wrong "
        "ones the desk waits longer each time, up to nine minutes."
    )
