"""One mail of a digest at a service: handed over once, and called back if the digest is withdrawn.

A process takes the row of the pair for a while. It asks the service for the id of ours before it
creates anything, so a process that died after creating it is found out by the next one.
"""

import datetime as dt
import uuid
from types import ModuleType
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.changes import audit
from articles.digests import publishing
from articles.mail import buttondown, listmonk, own_service, slots
from articles.mail.letters import letter_of
from articles.mail.wanted import Failed, Wanted
from articles.models import Campaign, Digest, MailService
from articles.outgoing import lanes
from articles.outgoing.requests import Answer
from articles.preflight import Severity
from articles.rules import times

State, Mode, Kind = Campaign.State, MailService.Mode, MailService.Kind
SERVICES: dict[str, ModuleType] = {
    Kind.LISTMONK: listmonk,
    Kind.BUTTONDOWN: buttondown,
    Kind.OWN: own_service,
}
NOTHING = Answer(0)  # nothing was to be done
# A digest of a day before yesterday is no news, whenever it is published.
DAYS = dt.timedelta(days=1)
# What is to go out so soon goes out at once.
SOON = dt.timedelta(minutes=5)


def is_news(digest: Digest) -> bool:
    """Whether a digest is of today or yesterday, or of a day to come, in the site's zone."""
    return digest.date >= timezone.localdate(timezone=timezone.get_default_timezone()) - DAYS


def hour_of(service: MailService, published: dt.datetime) -> dt.datetime:
    """The moment of the service's hour on the day of publication, or that of publication."""
    zone = timezone.get_default_timezone()
    if service.hour is None:
        return published
    try:
        hour = times.at(timezone.localdate(published, zone), service.hour, zone)
    except times.SkippedHour as skipped:
        hour = skipped.after
    except times.DoubledHour as doubled:
        hour = doubled.first
    return max(hour, published)


def begins_at(service: MailService, published: dt.datetime) -> dt.datetime:
    """When the service gets its request. What it schedules itself, it gets at publication."""
    return published if service.mode == Mode.SCHEDULED else hour_of(service, published)


def hand_over(service: MailService, digest: Digest, published: dt.datetime) -> Answer:
    """Hand a digest to a service, unless it has it, the digest is no news, or readers do not have
    it any more. Call it outside a transaction."""
    public = Digest.objects.published().filter(pk=digest.pk).first()
    if public is None or not is_news(public):
        return NOTHING
    campaign = _take(service, public, is_new=True)
    if campaign is None:
        return Answer(0, _("Another process is at it."))
    if campaign.state in (State.MADE, State.OUT):
        _settle(campaign)
        return NOTHING
    if service.hour and service.mode != Mode.SCHEDULED and (sentence := _errors(public)):
        detail = {"service": service.name}
        _settle(campaign, "mail-held-back", detail, state=State.HELD_BACK, because=sentence)
        return NOTHING
    try:
        there = SERVICES[service.kind].make(service, _wanted(service, campaign, public, published))
    except Failed as failure:
        _settle(campaign, because=failure.answer.error)
        return failure.answer
    made = {"state": State.MADE, "remote_id": there.id[:100], "remote_status": there.status[:40]}
    _settle(campaign, "mailed", {"service": service.name}, because="", **made)
    return Answer(200)


def call_back(service: MailService, digest: Digest) -> Answer:
    """Cancel the mail of a withdrawn digest, or tell the desk that it cannot be. Call it outside a
    transaction."""
    if Digest.objects.published().filter(pk=digest.pk).exists():
        return NOTHING  # it came out again meanwhile
    campaign = _take(service, digest, is_new=False)
    if campaign is None:
        exists = Campaign.objects.filter(service=service, digest=digest).exists()
        return Answer(0, _("Another process is at it.")) if exists else NOTHING
    if campaign.state in (State.CANCELLED, State.OUT):
        _settle(campaign)
        return NOTHING
    try:
        told = SERVICES[service.kind].call_back(service, str(campaign.uid))
    except Failed as failure:
        _settle(campaign, because=failure.answer.error)
        return failure.answer
    state = State.CANCELLED if told.is_done else State.OUT
    action = "mail-called-back" if told.is_done else "mail-not-cancelled"
    values = {"state": state, "because": told.because, "remote_status": told.status[:40]}
    _settle(campaign, action, {"service": service.name}, **values)
    return Answer(200)


def record_lost(service: MailService, digest: Digest) -> None:
    """Tell the desk that a service did not take the mail of a digest for a day."""
    audit.record(
        "mail-failed",
        digest=digest,
        detail={"service": service.name},
        key=f"mail-failed:{service.pk}:{digest.pk}:{timezone.localdate()}",
    )


def _wanted(
    service: MailService, campaign: Campaign, digest: Digest, published: dt.datetime
) -> Wanted:
    """The mail as it is now. What was to be scheduled for a moment that has passed is sent."""
    mode, send_at = service.mode, None
    if mode == Mode.SCHEDULED:
        send_at = hour_of(service, published)
        if send_at < timezone.now() + SOON:
            mode, send_at = Mode.SENT, None
    letter = letter_of(digest, can_unsubscribe=bool(slots.link_of(service)))
    return Wanted(
        uid=str(campaign.uid),
        name=f"{settings.SITE_NAME} {digest.date:%Y-%m-%d}",
        letter=slots.put_in(letter, service),
        url=settings.SITE_URL + digest.get_absolute_url(),
        date=digest.date,
        mode=mode,
        send_at=send_at,
    )


def _errors(digest: Digest) -> str:
    """What preflight finds wrong now, as a sentence; empty if nothing is."""
    found = [f for f in publishing.check_digest(digest) if f.severity == Severity.ERROR]
    if not found:
        return ""
    sentence = ngettext("%(count)d error", "%(count)d errors", len(found))
    return sentence % {"count": len(found)} + f": {found[0].sentence}"[:400]


@transaction.atomic
def _take(service: MailService, digest: Digest, *, is_new: bool) -> Campaign | None:
    """The row of a pair, for this process alone until its time is over. None if another process
    has it. With `is_new`, a pair without a row gets one, and what was called back begins anew."""
    rows = Campaign.objects.select_for_update()
    if is_new:
        rows.get_or_create(service=service, digest=digest)
    campaign = rows.filter(service=service, digest=digest).first()
    now = timezone.now()
    if campaign is None or (campaign.taken_until and campaign.taken_until > now):
        return None
    campaign.taken_until = now + lanes.LEASE
    if is_new and campaign.state == State.CANCELLED:
        campaign.uid, campaign.state = uuid.uuid4(), State.WAITING
        campaign.remote_id = campaign.remote_status = campaign.because = ""
    campaign.save()
    return campaign


@transaction.atomic
def _settle(
    campaign: Campaign, action: str = "", detail: dict[str, Any] | None = None, **values: str
) -> None:
    """Note what became of it and let others have it, unless another process took it meanwhile."""
    rows = Campaign.objects.filter(pk=campaign.pk, taken_until=campaign.taken_until)
    if "because" in values:
        values["because"] = values["because"][:500]
    changed = rows.update(taken_until=None, changed_at=timezone.now(), **values)
    if changed and action:
        note = values.get("because", "")
        audit.record(action, digest=campaign.digest, note=note, detail=detail)
