"""Notices by mail, for those who chose so. A target is `mail:` and the key of the user.

All mails are one lane, since one server takes them. A mail has the day, counts and a link.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import AuditEntry
from articles.notices import events
from articles.notices.audience import concerning, may_be_told
from articles.notices.events import Event
from articles.notices.parcels import Parcel
from articles.notices.sentences import sentence
from articles.outgoing import mail
from articles.outgoing.requests import Answer

LANE = "mail"
# More than these go in one mail.
MAX_SINGLE = 10
# A refusal that is about one mail only, so the others of the lane go on.
REFUSED = 0
# What a mail server answers when it takes a mail.
TAKEN = 250


def target_of(user: User) -> str:
    return f"{LANE}:{user.pk}"


def targets(found: Iterable[Event]) -> Iterator[tuple[Event, str]]:
    """Each event with each user who wants a mail about it. What happened before they chose so is
    not for them. At most a few queries for each user."""
    told = {event.entry.pk: event for event in found}
    if not told:
        return
    rows = AuditEntry.objects.filter(pk__in=told)
    for user in _readers().annotate(since=F("notices__mail_since")):
        if may_be_told(user):
            own = concerning(rows.filter(at__gte=user.since), user)
            for pk in own.order_by("pk").values_list("pk", flat=True):
                yield told[pk], target_of(user)


def live() -> set[str]:
    """The targets to which anything may be sent."""
    return {target_of(user) for user in _readers().only("pk")}


def lane(target: str) -> str:
    return LANE


def at_once(due: int) -> int:
    return due if due > MAX_SINGLE else 1


def begins_at(event: Event, target: str, now: dt.datetime) -> dt.datetime:
    return now


def send(target: str, parcels: Sequence[Parcel]) -> Answer:
    """Send one mail about one event or many to the user of a target."""
    user = _readers().filter(pk=target.partition(":")[2]).first()
    if user is None or not may_be_told(user):
        return Answer(REFUSED, _("The account wants no mail any more."))
    subject, body = written([parcel.event for parcel in parcels])
    # The same in every attempt, so that a mail that comes twice is seen once.
    host = settings.SITE_URL.partition("://")[2].partition(":")[0]
    headers = {"Message-ID": f"<{parcels[0].delivery.uid}@{host}>"}
    try:
        mail.send_now(subject, body, [user.email], headers)
    except (SMTPRecipientsRefused, UnicodeError):  # a domain that none can have
        return Answer(REFUSED, _("The mail server refuses the address of the account."))
    except (SMTPException, OSError) as error:
        told = _("The mail server of EMAIL_URL does not take the mail: %(reason)s.")
        return Answer(None, told % {"reason": type(error).__name__})
    return Answer(TAKEN)


def written(told: Sequence[Event]) -> tuple[str, str]:
    """The subject and the text of a mail, in the active language."""
    lines = [f"{sentence(event)}\n{settings.SITE_URL}{event.path}" for event in told]
    if len(told) == 1:
        [event] = told
        day = f"{event.date:%Y-%m-%d} " if event.date else ""
        subject = f"{day}{events.KINDS[event.kind]}"
    else:
        count = len(told)
        subject = ngettext("%(count)d notice", "%(count)d notices", count) % {"count": count}
    page = settings.SITE_URL + reverse("admin:notices")
    lines.append(_("All notices, and the choice to get them by mail: %(page)s") % {"page": page})
    return subject, "\n\n".join(lines) + "\n"


def _readers() -> QuerySet[User]:
    """The users who want mail and can get it."""
    users = User.objects.filter(is_active=True, notices__mail_since__isnull=False)
    return users.exclude(email="") if mail.is_set_up() else users.none()
