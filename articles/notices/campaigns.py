"""Digests for mail services, as deliveries. A target is `campaign:` and the key of the service.

Every service is a lane of its own.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from articles.mail import campaigns
from articles.models import AuditEntry, Campaign, Digest, MailService
from articles.notices.events import Event
from articles.notices.parcels import Parcel
from articles.outgoing.requests import Answer

LANE = "campaign"


def target_of(service: MailService) -> str:
    return f"{LANE}:{service.pk}"


def targets(events: Iterable[Event]) -> Iterator[tuple[Event, str]]:
    """Each publication of a digest that is news, with each service; each withdrawal, with those
    that have the digest. What happened before a service was switched on is not for it."""
    told = [event for event in events if event.kind in ("published", "withdrawn") and event.digest]
    services = list(MailService.objects.filter(is_active=True)) if told else []
    if not services:
        return
    keys = {event.digest.pk for event in told if event.digest}
    there = set(Campaign.objects.filter(digest__in=keys).values_list("service", "digest"))
    for event in told:
        digest = event.digest
        for service in services:
            if digest is None or event.entry.at < service.active_since:
                continue
            is_wanted = (
                campaigns.is_news(digest)
                if event.kind == "published"
                else (service.pk, digest.pk) in there
            )
            if is_wanted:
                yield event, target_of(service)


def live() -> set[str]:
    """The targets to which anything may be sent."""
    return {target_of(service) for service in MailService.objects.filter(is_active=True).only("pk")}


def lane(target: str) -> str:
    return target


def at_once(due: int) -> int:
    return 1


def begins_at(event: Event, target: str, now: dt.datetime) -> dt.datetime:
    """A digest waits for the hour of its service."""
    service = _service(target)
    if service is None or event.kind != "published":
        return now
    return max(now, campaigns.begins_at(service, event.entry.at))


def send(target: str, parcels: Sequence[Parcel]) -> Answer:
    """Hand the digest of a delivery to its service, or call it back."""
    service = _service(target)
    if service is None:
        return Answer(None, _("The mail service is switched off."))
    [parcel] = parcels
    digest = parcel.event.digest
    if digest is None:
        return campaigns.NOTHING
    if parcel.event.kind == "withdrawn":
        return campaigns.call_back(service, digest)
    return campaigns.hand_over(service, digest, parcel.event.entry.at)


def record_lost(target: str, entries: Iterable[int]) -> None:
    """Tell the desk which digests a service that is on did not take."""
    service = _service(target)
    if service is None:
        return
    keys = AuditEntry.objects.filter(pk__in=entries, action="published").values_list("digest_id")
    for digest in Digest.objects.filter(pk__in=keys):
        campaigns.record_lost(service, digest)


def _service(target: str) -> MailService | None:
    return MailService.objects.filter(pk=target.partition(":")[2], is_active=True).first()
