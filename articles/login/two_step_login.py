"""A login has two steps for users who have a second factor, or must have one.

Between the steps nobody is logged in: every view sees an anonymous `request.user`. So no page and
no endpoint can forget the check.
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
# The seconds for which a proof of identity (a password or a second factor) stays fresh.
FRESH = 30 * 60


class TwoStepMiddleware:
    """Replaces `request.user`. It comes after OTPMiddleware, which knows the session's device."""

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
    """The user of the session, or an anonymous user while a step is missing."""
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
    """The user who has given a password recently and must still take the second step; else None."""
    return None if request.user.is_authenticated else request.half_logged_in


def is_fresh(request) -> bool:
    """Whether this session proved its identity recently, by a password or a second factor."""
    return time.time() - request.session.get(SHOWN_AT, 0) < FRESH


def note_shown(request) -> None:
    request.session[SHOWN_AT] = int(time.time())


def begin(request) -> None:
    """Check whether the password is enough. It was right, and Django has logged the user in."""
    note_shown(request)
    request.session.pop(django_otp.DEVICE_ID_SESSION_KEY, None)
    request.half_logged_in = None
    request.user = _admitted_by_password(request, request.user)
    request.has_just_logged_in = request.user.is_authenticated


def complete(request, device) -> None:
    """Complete the second step with a device of the user. The session key and the CSRF token
    change, so that earlier knowledge of them is worthless."""
    user = waiting(request) or request.user
    request.user = user
    request.session.cycle_key()
    rotate_token(request)
    django_otp.login(request, device)
    note_shown(request)
    request.has_just_logged_in = True


def bind(request, device) -> None:
    """Bind a session that has taken both steps to another device of its user."""
    django_otp.login(request, device)
