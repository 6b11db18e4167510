"""Who may try to log in, and how often."""

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

TOO_MANY = 429  # RFC 6585, section 4


class LoginForm(AdminAuthenticationForm):
    """Says so if it was tried too often, whatever the password."""

    def get_invalid_login_error(self):
        if not getattr(self.request, "axes_locked_out", False):
            return super().get_invalid_login_error()
        return ValidationError(too_many(), code="locked-out")


def too_many() -> str:
    """What is said to those who have to wait, after wrong passwords and wrong codes."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    message = ngettext(
        "There were too many wrong attempts. Wait %(minutes)d minute, then try again.",
        "There were too many wrong attempts. Wait %(minutes)d minutes, then try again.",
        minutes,
    )
    return message % {"minutes": minutes}


def locked_out(request, response, credentials):
    """The form, with all that waits in it to be saved; no password is looked at."""
    response.status_code = TOO_MANY
    response["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return response


def address_of(request) -> str:
    """The address a request came from: behind a trusted proxy, the last one it names, since those
    before it are whatever the client wrote."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
