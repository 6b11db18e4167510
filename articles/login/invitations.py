"""Invitations: a link by mail with which a new colleague chooses the first password.

Nobody else ever knows that password. The link leads to the page of lost passwords, works once, and
for three days. Like there, it logs nobody in.
"""

import datetime as dt

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.changes import audit
from articles.outgoing import mail

LASTS = dt.timedelta(days=3)


class _InvitationTokens(PasswordResetTokenGenerator):
    """Tokens that work for LASTS. Django's own end PASSWORD_RESET_TIMEOUT seconds after their
    time, so these have a later one."""

    key_salt = "articles.login.invitations"

    def make_token(self, user: AbstractUser) -> str:
        later = int(LASTS.total_seconds()) - settings.PASSWORD_RESET_TIMEOUT
        at = self._num_seconds(self._now()) + later
        return self._make_token_with_timestamp(user, at, self.secret)


_invitations = _InvitationTokens()


class Tokens:
    """For the page behind both kinds of links: an invitation is for an account that has no password
    yet, the link for a lost password for one that has."""

    def check_token(self, user: AbstractUser | None, token: str) -> bool:
        if user is None:
            return False
        has_one = user.has_usable_password()
        return (default_token_generator if has_one else _invitations).check_token(user, token)


def why_not(person: AbstractUser) -> str:
    """Why somebody cannot be invited, as a sentence; empty if they can."""
    if not mail.is_set_up():
        return _("No mail server is set up (EMAIL_URL), so nobody can be invited by mail.")
    if person.has_usable_password():
        return _("This account has a password already.")
    if not person.is_active:
        return _("This account is not active.")
    if not person.email:
        return _("This account has no mail address. Save one first.")
    return ""


@transaction.atomic
def invite(person: AbstractUser, *, by: AbstractUser) -> None:
    """Send an invitation. Call it only if `why_not` says nothing."""
    audit.record("invited", by=by, target=audit.target_of(person))
    subject, body = _letter(person, by)
    transaction.on_commit(lambda: mail.send(subject, body, [person.email]))


def _letter(person: AbstractUser, by: AbstractUser) -> tuple[str, str]:
    """Subject and text. The host in the link comes from SITE_URL, not from the request."""
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    path = reverse("admin:new_password", args=[_invitations.make_token(person), uid])
    days = LASTS.days
    lasts = ngettext(
        "The link works once, for %(days)d day.", "The link works once, for %(days)d days.", days
    )
    body = _(
        "%(who)s invites you to the desk of %(site)s. Your account is “%(name)s”. Choose a "
        "password here:\n\n%(link)s\n\n%(lasts)s Afterwards you log in here:\n\n%(desk)s"
    )
    values = {
        "who": audit.name_of(by),
        "site": settings.SITE_NAME,
        "name": person.get_username(),
        "link": f"{settings.SITE_URL}{path}",
        "lasts": lasts % {"days": days},
        "desk": f"{settings.SITE_URL}{reverse('admin:index')}",
    }
    return _("An invitation to the desk"), body % values
