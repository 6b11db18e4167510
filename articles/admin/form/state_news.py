"""What an open form is told when the state of its digest changes: who did it, when, and what that
means for the next save."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from articles.admin.display import clock
from articles.admin.permissions import may_change
from articles.changes import audit
from articles.digests.publishing import CANCELLED
from articles.models import Digest

Status = Digest.Status
WHAT = {
    "submitted": gettext_lazy("%(name)s handed this digest in at %(time)s."),
    "sent-back": gettext_lazy("%(name)s sent this digest back at %(time)s."),
    "scheduled": gettext_lazy("%(name)s scheduled this digest at %(time)s."),
    "published": gettext_lazy("%(name)s published this digest at %(time)s."),
    "unscheduled": gettext_lazy("%(name)s cancelled the schedule at %(time)s."),
    CANCELLED: gettext_lazy("A change by %(name)s cancelled the schedule at %(time)s."),
    "withdrawn": gettext_lazy("%(name)s withdrew this digest from readers at %(time)s."),
}
MEANING = {
    Status.DRAFT: gettext_lazy("It is a draft now: readers do not get what you save."),
    Status.IN_REVIEW: gettext_lazy("It is in review now: readers do not get what you save."),
    Status.SCHEDULED: gettext_lazy("Readers get it at the planned hour, with what you save here."),
    Status.PUBLISHED: gettext_lazy("What you save here, readers see at once."),
    Status.WITHDRAWN: gettext_lazy("Readers do not get what you save."),
}


def state_of(digest, is_public):
    """A name for the digest's state as readers have it, and its day. `is_public` says whether they
    have it now."""
    return f"{_status(digest, is_public)} {digest.date:%Y-%m-%d}"


def sentence(digest, is_public, known, user):
    """A sentence for a user if the state is no longer the `known` one, else empty."""
    status = _status(digest, is_public)
    if not known or known == state_of(digest, is_public):
        return ""
    if known.startswith(f"{status} "):
        return _("This digest is of another day now: %(day)s.") % {"day": f"{digest.date:%Y-%m-%d}"}
    meaning = MEANING[status]
    if not may_change(user, digest):
        meaning = _("Readers see this digest or soon will, so only editors change it.")
    return f"{_what(digest, is_public)} {meaning}"


def _what(digest, is_public):
    last = audit.trail(digest).filter(action__in=WHAT).first()
    if last is None:
        return _("The state of this digest changed.")
    is_by_the_clock = last.action == "published" and not last.actor_name
    if is_by_the_clock or (last.action == "scheduled" and is_public):
        sentence = _("This digest came out on schedule at %(time)s.")
        return sentence % {"time": clock(digest.publish_at)}
    person = pgettext("a person in a sentence", "%(name)s") % {"name": last.actor_name}
    name = person if last.actor_name else _("A command")
    return WHAT[last.action] % {"name": name, "time": clock(last.at)}


def _status(digest, is_public):
    """The status as it is for readers: a schedule whose hour has come counts as published."""
    return Status.PUBLISHED if is_public else Status(digest.status)
