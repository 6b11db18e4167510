"""Logging in takes two steps for those who have a second factor, or must have one.

Between the steps nobody is logged in: to every view, `request.user` is a stranger. So there is no
page and no endpoint that could forget to ask.
"""

import time

import django_otp
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.middleware.csrf import rotate_token
from django.utils.functional import SimpleLazyObject

from articles.login import throttling
from articles.login.second_factor.devices import has_device

SHOWN_AT = "shown_at"
# Seconds for which a password or a second factor counts as shown just now.
FRESH = 30 * 60


class TwoStepMiddleware:
    """Comes after OTPMiddleware, which knows the device that a session was opened with."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        known = request.user
        request.user = SimpleLazyObject(lambda: _admitted(request, known))
        request.has_just_logged_in = False
        response = self.get_response(request)
        if request.has_just_logged_in:
            throttling.remember_browser(request, response)
        return response


def _admitted(request, known):
    """The user whose session it is, or a stranger as long as a step is missing."""
    request.half_logged_in = None
    if not known.is_authenticated or known.is_verified():
        return known
    return _admitted_by_password(request, known)


def _admitted_by_password(request, user):
    if settings.SECOND_FACTOR != "required" and not has_device(user):
        return user
    request.half_logged_in = user if is_fresh(request) else None
    return AnonymousUser()


def waiting(request):
    """Who has shown a password lately and has yet to take the second step; None if nobody."""
    return None if request.user.is_authenticated else request.half_logged_in


def is_fresh(request) -> bool:
    """Whether a password or a second factor was shown in this session just now."""
    return time.time() - request.session.get(SHOWN_AT, 0) < FRESH


def note_shown(request) -> None:
    request.session[SHOWN_AT] = int(time.time())


def begin(request) -> None:
    """The password was right, and Django has logged the user in: see whether that is enough."""
    note_shown(request)
    request.session.pop(django_otp.DEVICE_ID_SESSION_KEY, None)
    request.half_logged_in = None
    request.user = _admitted_by_password(request, request.user)
    request.has_just_logged_in = request.user.is_authenticated


def complete(request, device) -> None:
    """The second step is taken with a device of the user. What was known of the session before is
    worth nothing after: it gets another key, and forms another token."""
    user = waiting(request) or request.user
    request.user = user
    request.session.cycle_key()
    rotate_token(request)
    django_otp.login(request, device)
    note_shown(request)
    request.has_just_logged_in = True


def bind(request, device) -> None:
    """Let a session that has taken both steps rest on another device of its user."""
    django_otp.login(request, device)
