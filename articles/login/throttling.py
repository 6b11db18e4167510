"""Who may try to log in, and how often.

django-axes counts wrong attempts in the database. This module says by what it counts them. An
attempt belongs to an account and to a client's address. If one address tries many accounts, those
tries are slowed down as well. A browser that logged in to an account before is counted by itself,
so that nobody else's attempts can shut it out.
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
# After so many wrong attempts from one address within AXES_COOLOFF_TIME, whichever the accounts,
# one attempt in each pause is looked at.
PER_ADDRESS = 20
PAUSE = timedelta(minutes=1)

# How requests for a link by mail are counted apart from log-ins.
FOR_LINK = "lost password"

KNOWN_BROWSER = "known_browser"
_SALT = "newsroom.logins.known_browser"
_KNOWN_FOR = timedelta(days=180)
_ACCOUNTS_OF_A_BROWSER = 5

# Other ways to write an IPv4 address (RFC 6052, section 2.1).
_NAT64 = IPv6Network("64:ff9b::/96")
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d*)?|([^:\[\]]*):\d*")


class LoginForm(AdminAuthenticationForm):
    """Says so if it was tried too often, whatever the password."""

    def get_invalid_login_error(self):
        if not getattr(self.request, "axes_locked_out", False):
            return super().get_invalid_login_error()
        return ValidationError(too_many(self.request), code="locked-out")


class AttemptHandler(AxesDatabaseHandler):
    """Counts by account and address, as axes does, and beyond that by address alone."""

    def is_locked(self, request, credentials=None):
        if super().is_locked(request, credentials):
            return True
        request.login_pause = _pause(request, credentials or {})
        return request.login_pause > 0


def too_many(request) -> str:
    """What is said to those who have to wait, after wrong passwords and wrong codes."""
    minutes = _minutes_to_wait(request)
    message = ngettext(
        "There were too many wrong attempts. Wait %(minutes)d minute, then try again.",
        "There were too many wrong attempts. Wait %(minutes)d minutes, then try again.",
        minutes,
    )
    return message % {"minutes": minutes}


def too_many_asked(request) -> str:
    """What is said to those who asked for too many links by mail."""
    minutes = _minutes_to_wait(request)
    message = ngettext(
        "A new password was asked for too often. Wait %(minutes)d minute, then try again.",
        "A new password was asked for too often. Wait %(minutes)d minutes, then try again.",
        minutes,
    )
    return message % {"minutes": minutes}


def who_lost(address) -> dict:
    """What axes is told of a request for a link: by a mark, since an address may be too long."""
    return {"username": _mark(address.lower()), "counted_apart": FOR_LINK}


def locked_out(request, response, credentials):
    """The form, with all that waits in it to be saved; no password is looked at."""
    response.status_code = TOO_MANY
    response["Retry-After"] = str(_seconds_to_wait(request))
    return response


def counted_as(request, credentials) -> str:
    """The name under which axes counts an attempt.

    Attempts with the key `counted_apart`, such as those of the second step, and those of a browser
    that is known for the account are counted apart from the attempts of strangers. No stranger can
    type a name that is counted apart, because colons are replaced.
    """
    name = str((credentials or request.POST).get("username") or "")
    if kind := (credentials or {}).get("counted_apart"):
        return f"{kind}: {name}"
    if browser := dict(_accounts(request)).get(_mark(name)):
        return f"known browser {browser}: {name}"
    return _of_stranger(name)


def remember_browser(request, response) -> None:
    """Let the browser be known for the account that it has just opened.

    The cookie opens nothing. It goes to the login form only, and holds no names.
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
    """The address a request came from: behind a trusted proxy, the last one it names, since those
    before it are whatever the client wrote. Of an IPv6 address it is the network (/64), which is
    what one client gets. None if nobody knows it."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    return _client(forwarded.rpartition(",")[2]) or _client(request.META.get("REMOTE_ADDR", ""))


def _client(text):
    """The client that a text such as `192.0.2.1:5678` or `[2001:db8::1]:443` names."""
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
    """For how many seconds no attempt of a stranger is looked at, because there were too many wrong
    ones from the same address. Attempts that are refused do not lengthen it."""
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
    """[mark of an account, key of the browser] for the accounts that the browser opened."""
    try:
        return signing.loads(request.COOKIES.get(KNOWN_BROWSER, ""), salt=_SALT, max_age=_KNOWN_FOR)
    except signing.BadSignature:
        return []


def _mark(name):
    """Stands for an account, so that a shared computer tells nobody who uses it."""
    # Named, since Django's default changes: browsers that are known stay so.
    return salted_hmac(_SALT, name, algorithm="sha1").hexdigest()[:20]
