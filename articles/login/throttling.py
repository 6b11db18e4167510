"""Who may try to log in, and how often.

django-axes counts wrong attempts in the database. This module defines how they are grouped. An
attempt belongs to an account and to a client's address. If one address tries many accounts, its
attempts are slowed down as well. A browser that has logged in to an account before is counted
separately, so that other people's attempts cannot lock it out.
"""

import math
import re
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Max, Sum
from django.urls import reverse
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import ngettext

TOO_MANY = 429  # RFC 6585, section 4
# After this many wrong attempts from one address within AXES_COOLOFF_TIME, on any accounts, only
# one attempt per pause is checked.
PER_ADDRESS = 20
PAUSE = timedelta(minutes=1)

# Requests for a password link are counted separately from logins, under this name.
FOR_LINK = "lost password"

KNOWN_BROWSER = "known_browser"
_SALT = "newsroom.logins.known_browser"
_KNOWN_FOR = timedelta(days=180)
_ACCOUNTS_OF_A_BROWSER = 5

# Another notation of IPv4 addresses (RFC 6052, section 2.1).
_NAT64 = IPv6Network("64:ff9b::/96")
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d*)?|([^:\[\]]*):\d*")


class LoginForm(AdminAuthenticationForm):
    """Says that there were too many attempts, whether the password is right or not."""

    def get_invalid_login_error(self):
        if not getattr(self.request, "axes_locked_out", False):
            return super().get_invalid_login_error()
        return ValidationError(too_many(self.request), code="locked-out")


class AttemptHandler(AxesDatabaseHandler):
    """Counts by account and address, as axes does, and also by address alone."""

    def is_locked(self, request, credentials=None):
        if super().is_locked(request, credentials):
            return True
        request.login_pause = _pause(request, credentials or {})
        return request.login_pause > 0


def too_many(request) -> str:
    """The message for clients that must wait after wrong passwords or codes."""
    minutes = _minutes_to_wait(request)
    message = ngettext(
        "There were too many wrong attempts. Wait %(minutes)d minute, then try again.",
        "There were too many wrong attempts. Wait %(minutes)d minutes, then try again.",
        minutes,
    )
    return message % {"minutes": minutes}


def too_many_asked(request) -> str:
    """The message for clients that asked for too many password links."""
    minutes = _minutes_to_wait(request)
    message = ngettext(
        "A new password was asked for too often. Wait %(minutes)d minute, then try again.",
        "A new password was asked for too often. Wait %(minutes)d minutes, then try again.",
        minutes,
    )
    return message % {"minutes": minutes}


def who_lost(address) -> dict:
    """The credentials under which axes counts a request for a password link. They contain a hash,
    because an address may be too long for the column."""
    return {"username": _mark(address.lower()), "counted_apart": FOR_LINK}


def locked_out(request, response, credentials):
    """The response to a locked-out client: the form, with the text that waits to be saved. No
    password is checked."""
    response.status_code = TOO_MANY
    response["Retry-After"] = str(_seconds_to_wait(request))
    return response


def counted_as(request, credentials) -> str:
    """The name under which axes counts an attempt.

    Two kinds are counted separately from strangers' attempts: those with the key `counted_apart`,
    such as the second step, and those of a browser that is known for the account. Their names
    contain a colon. A stranger cannot type such a name, because colons in typed names are replaced.
    """
    name = str((credentials or request.POST).get("username") or "")
    if kind := (credentials or {}).get("counted_apart"):
        return f"{kind}: {name}"
    if browser := dict(_accounts(request)).get(_mark(name)):
        return f"known browser {browser}: {name}"
    return _of_stranger(name)


def remember_browser(request, response) -> None:
    """Remember the browser as known for the account that has just logged in.

    The cookie grants no access. It is sent to the login form only and contains no names.
    """
    own = _mark(request.user.get_username())
    others = [[mark, browser] for mark, browser in _accounts(request) if mark != own]
    accounts = [[own, get_random_string(12)], *others][:_ACCOUNTS_OF_A_BROWSER]
    response.set_cookie(
        KNOWN_BROWSER,
        signing.dumps(accounts, salt=_SALT),
        max_age=_KNOWN_FOR,
        path=reverse("admin:login"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def address_of(request) -> str | None:
    """The client address of a request.

    Behind a trusted proxy it is the last address of X-Forwarded-For; the client can forge those
    before it. For IPv6 it is the network (/64), which is what one client gets. None if the address
    is unknown.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    return _client(forwarded.rpartition(",")[2]) or _client(request.META.get("REMOTE_ADDR", ""))


def _client(text):
    """The client in a text such as `192.0.2.1:5678` or `[2001:db8::1]:443`."""
    text = text.strip().strip('"')
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    if address in _NAT64:
        return str(ip_address(address.packed[-4:]))
    return str(IPv6Address(address.packed[:8] + bytes(8)))


def _pause(request, credentials):
    """The seconds during which strangers' attempts from this address are not checked, because it
    had too many wrong ones. Refused attempts do not make the pause longer."""
    name = str(credentials.get("username") or "")
    is_link = credentials.get("counted_apart") == FOR_LINK
    if not is_link and get_client_username(request, credentials) != _of_stranger(name):
        return 0
    now = request.axes_attempt_time
    lately = AccessAttempt.objects.filter(
        ip_address=request.axes_ip_address, attempt_time__gt=now - settings.AXES_COOLOFF_TIME
    )
    wrong = lately.aggregate(number=Sum("failures_since_start"), last=Max("attempt_time"))
    if (wrong["number"] or 0) < PER_ADDRESS:
        return 0
    return max(0, min(PAUSE, wrong["last"] + PAUSE - now).total_seconds())


def _seconds_to_wait(request):
    pause = getattr(request, "login_pause", 0) or settings.AXES_COOLOFF_TIME.total_seconds()
    return math.ceil(pause)


def _minutes_to_wait(request):
    return math.ceil(_seconds_to_wait(request) / 60)


def _of_stranger(name):
    return name.replace(":", ".")


def _accounts(request):
    """[hash of an account, key of the browser] for each account that the browser has logged in
    to."""
    try:
        return signing.loads(request.COOKIES.get(KNOWN_BROWSER, ""), salt=_SALT, max_age=_KNOWN_FOR)
    except signing.BadSignature:
        return []


def _mark(name):
    """A hash that stands for an account, so that a shared computer does not reveal its users."""
    # The algorithm is explicit because Django's default may change: known browsers must stay known.
    return salted_hmac(_SALT, name, algorithm="sha1").hexdigest()[:20]
