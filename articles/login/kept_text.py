"""Keeps typed text when a login has ended or a CSRF token has changed.

If the user is no longer logged in, the response to a form is the login form, which carries the
typed text. If the token is no longer valid, the response is a page that can send the text again.
Both work without JavaScript.
"""

import json
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import REDIRECT_FIELD_NAME, get_user_model, logout
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from articles.login.desk_page import frame

KEPT = "kept"
MAX_KEPT = 8_000_000  # characters; below what one request may hold
ACCOUNT_DELETED = gettext_lazy("Your account was deleted. Nothing was saved.")
# Failures that mean another site's page may have sent the form.
FOREIGN = ("Origin checking failed", "Referer checking failed")
# Pages of a login. They carry the text that waits for the login and have no other text to keep.
CARRIERS = ("login", "second_factor_verify", "second_factor_add", "second_factor_confirm")
# Fields that the page itself writes or that are chosen, so they contain no typed text.
_INVISIBLE = (
    *("uid", "ORDER", "version", "language", "form_key", "copy_key"),
    *("assignee_was", "is_ready_was", "taken_suggestions"),
    *("is_active", "is_staff", "is_superuser", "groups", "permissions", "user_permissions"),
    *("action", "index", "select_across", "post", "remove"),
)


def fields_of(posted):
    """All posted fields as [name, value], without tokens and passwords."""
    return [
        [name, value]
        for name, values in posted.lists()
        if name not in ("csrfmiddlewaretoken", KEPT) and "password" not in name.lower()
        for value in values
    ]


def pack(fields, *, is_checked=True):
    """The fields as one text. `is_checked` says that their token was valid, so that they may be
    sent again automatically."""
    return json.dumps({"fields": fields, "is_checked": is_checked}, ensure_ascii=False)


def unpack(text):
    """(fields, is_checked) from a packed text; no fields if the text is not valid."""
    try:
        data = json.loads(text)
        fields = [[str(name), str(value)] for name, value in data["fields"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return [], False
    return fields, data.get("is_checked") is True


def what_waits(request):
    """(fields, is_checked, path) of a posted form: its fields, and the address it was sent to. For
    a page of a login, these are the fields and the address that it already carries."""
    if request.resolver_match.url_name not in CARRIERS:
        return fields_of(request.POST), True, request.get_full_path()
    fields, is_checked = unpack(request.POST.get(KEPT, ""))
    return fields, is_checked, own_address(request)


def own_address(request):
    """The address after a login: the requested one if it belongs to this site."""
    path = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    if url_has_allowed_host_and_scheme(path, {request.get_host()}, request.is_secure()):
        return path
    return reverse("admin:index")


def wants_json(request):
    return "application/json" in request.headers.get("Accept", "")


def login_first(site, request, kept, *, next_url):
    """The login form, with the fields that wait for the login."""
    context = {
        "title": _("Log in"),
        "subtitle": None,
        "form": AdminAuthenticationForm(request),
        "app_path": reverse("admin:login"),
        "username": request.user.get_username(),
        REDIRECT_FIELD_NAME: next_url,
        **login_context(kept),
    }
    request.current_app = site.name
    return render(request, "admin/login.html", frame(site, request, **context), status=403)


def login_context(kept):
    """The context with which a page of a login shows the waiting text."""
    fields, _is_checked = unpack(kept)
    return {"kept": kept, "kept_fields": shown(fields), "kept_fits": len(kept) <= MAX_KEPT}


def resend(site, request, fields, *, path, status=200, is_automatic=False):
    """A page that sends the fields on to `path`: when its button is pressed, or automatically."""
    context = {
        "title": _("Continue saving"),
        "path": path,
        "fields": fields,
        "shown_fields": shown(fields),
        "is_automatic": is_automatic,
    }
    return render(request, "admin/resend.html", frame(site, request, **context), status=status)


def shown(fields):
    """The typed texts among the fields, to show to the user."""
    return [
        value
        for name, value in fields
        if value.strip()
        and not name.startswith("_")
        and name.split("-")[-1] not in _INVISIBLE
        and not name.endswith("_FORMS")
    ]


def typed_before_failure(request):
    """(fields, path) of a desk form whose request failed with a server error; no fields if another
    site may have sent it."""
    is_checked = getattr(request, "csrf_processing_done", False)
    if request.method != "POST" or not is_checked or _desk_of(request) is None:
        return [], ""
    fields, _is_checked, path = what_waits(request)
    return fields, path


def without_account(site, request):
    """The login form with the typed text, if the user's account was deleted while the request ran.
    None if the account still exists, or if nobody was logged in."""
    if request.user.pk is None or get_user_model().objects.filter(pk=request.user.pk).exists():
        return None
    logout(request)
    if wants_json(request):
        return JsonResponse({"error": ACCOUNT_DELETED}, status=401)
    messages.error(request, ACCOUNT_DELETED)
    fields, is_checked, path = what_waits(request)
    return site.log_in_first(request, pack(fields, is_checked=is_checked), next_url=path)


@never_cache
def csrf_failure(request, reason=""):
    """Answer a form whose CSRF token is invalid, for example after another login changed it. The
    editor can send the typed text again by pressing a button. A form that another site may have
    sent is only refused."""
    site = _desk_of(request)
    if wants_json(request):
        return JsonResponse({"error": _("The page is out of date.")}, status=403)
    if site is None or not _is_own(request, reason):
        return render(request, "403_csrf.html", status=403)
    fields, _is_checked, path = what_waits(request)
    if not site.has_permission(request):
        kept = pack(fields, is_checked=False) if fields else ""
        return site.log_in_first(request, kept, next_url=path)
    return resend(site, request, fields, path=path, status=403)


def _desk_of(request):
    """The admin site, if the request is for one of its pages; else None."""
    match = request.resolver_match
    return admin.site if match is not None and match.namespaces[:1] == ["admin"] else None


def _is_own(request, reason):
    """Whether the form very probably comes from this site's own pages."""
    if request.method != "POST" or reason.startswith(FOREIGN):
        return False
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    referer = urlsplit(request.headers.get("Referer", ""))
    return referer.netloc in ("", request.get_host())
