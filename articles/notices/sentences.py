"""An event in one sentence, for people at the desk and for those outside."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.notices.events import Event
from articles.rules import times

_SENTENCES = {
    "submitted": gettext_lazy("%(who)s handed in the digest of %(day)s for review (%(articles)s)."),
    "sent-back": gettext_lazy("%(who)s sent the digest of %(day)s back."),
    "assigned": gettext_lazy("%(who)s assigned an article of %(day)s to %(whom)s."),
    "unassigned": gettext_lazy("%(who)s took back the assignment of an article of %(day)s."),
    "commented": gettext_lazy("%(who)s commented on an article of %(day)s."),
    "deadline-near": gettext_lazy(
        "The digest of %(day)s is due at %(hour)s and is not ready: %(why)s."
    ),
    "deadline-missed": gettext_lazy(
        "The digest of %(day)s was due at %(hour)s, and readers did not have it."
    ),
    "published": gettext_lazy("%(who)s published the digest of %(day)s (%(articles)s)."),
    "released": gettext_lazy("The digest of %(day)s came out on schedule (%(articles)s)."),
    "corrected": gettext_lazy("%(who)s corrected the digest of %(day)s."),
    "withdrawn": gettext_lazy("%(who)s withdrew the digest of %(day)s."),
    "schedule-cancelled": gettext_lazy(
        "The schedule of the digest of %(day)s was cancelled because of errors."
    ),
    "mail-held-back": gettext_lazy(
        "The mail of the digest of %(day)s was held back from %(service)s, because the digest has "
        "errors."
    ),
    "mail-not-cancelled": gettext_lazy(
        "The digest of %(day)s is withdrawn, but its mail could not be called back from "
        "%(service)s."
    ),
    "mail-failed": gettext_lazy(
        "%(service)s did not take the mail of the digest of %(day)s for a day."
    ),
    "push-arrived": gettext_lazy("%(who)s handed in %(pushed)s for %(day)s."),
    "push-waits": gettext_lazy("%(who)s handed in %(pushed)s for %(day)s. %(waiting)s"),
    "push-failed": gettext_lazy("What %(who)s handed in for %(day)s was refused."),
    "push-missed": gettext_lazy(
        "%(program)s should have handed in %(day)s by %(hour)s, and nothing usable came."
    ),
}


def sentence(event: Event) -> str:
    """The event in the active language. It leaves the house, so it has the day, names of people and
    programs, and counts, and nothing that anybody wrote."""
    name, counts, detail = event.kind, event.counts, event.entry.detail
    if name == "published" and "late_seconds" in detail:
        name = "released"
    if name == "assigned" and not detail.get("assignee"):
        name = "unassigned"
    if name == "push-arrived" and counts.get("suggestions"):
        name = "push-waits"
    return _SENTENCES[name] % {
        "who": event.entry.actor_name or _("System"),
        "whom": event.entry.note,
        "day": f"{event.date:%Y-%m-%d}" if event.date else _("a day that is deleted by now"),
        "articles": _articles(counts.get("articles", 0)),
        "pushed": _articles(counts.get("pushed", 0)),
        "waiting": _waiting(counts.get("suggestions", 0)),
        "service": detail.get("service", ""),
        "program": event.entry.target.rpartition(" ")[0],
        "hour": _hour(detail["due_at"]) if "due_at" in detail else "",
        "why": why_not_ready(detail) if event.kind == "deadline-near" else "",
    }


def why_not_ready(detail: dict[str, Any]) -> str:
    """What the row of a near deadline counted, as the end of a sentence."""
    if not detail["status"]:
        return _("nobody has started it")
    if detail["status"] == "withdrawn":
        return _("it is withdrawn")
    if detail["status"] == "scheduled":
        return _("it is scheduled for a later hour")
    if not detail["in_it"]:
        return _("it has no articles")
    told = []
    if count := detail["errors"]:
        told.append(ngettext("%(count)d error", "%(count)d errors", count) % {"count": count})
    if count := detail["unsigned"]:
        unsigned = ngettext("%(count)d unsigned article", "%(count)d unsigned articles", count)
        told.append(unsigned % {"count": count})
    return ", ".join(told)


def _articles(count: int) -> str:
    return ngettext("%(count)s article", "%(count)s articles", count) % {"count": count}


def _waiting(count: int) -> str:
    told = ngettext("%(count)d suggestion waits.", "%(count)d suggestions wait.", count)
    return told % {"count": count}


def _hour(moment: str) -> str:
    return times.shown_hour(dt.datetime.fromisoformat(moment), timezone.get_default_timezone())
