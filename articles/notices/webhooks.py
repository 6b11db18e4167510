"""Webhooks: addresses outside that are told of events. A target is `webhook:` and the key.

Every webhook is a lane of its own.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.models import Delivery, Webhook
from articles.notices import bodies, signing
from articles.notices.events import Event
from articles.notices.parcels import Parcel
from articles.outgoing import requests
from articles.outgoing.requests import Answer

GONE = 410
BOTH_SIGN_FOR = dt.timedelta(hours=24)
# A button pressed twice, or a page loaded anew, makes one new secret.
ONE_PRESS = dt.timedelta(minutes=1)


def target_of(webhook: Webhook) -> str:
    return f"webhook:{webhook.pk}"


def targets(events: Iterable[Event]) -> Iterator[tuple[Event, str]]:
    """Each event with each webhook that wants it. What happened before a webhook was switched on
    is not for it."""
    active = list(Webhook.objects.filter(is_active=True))
    for event in events:
        for webhook in active:
            if event.kind in webhook.kinds and event.entry.at >= webhook.active_since:
                yield event, target_of(webhook)


def live() -> set[str]:
    """The targets to which anything may be sent."""
    return {target_of(webhook) for webhook in Webhook.objects.filter(is_active=True).only("pk")}


def lane(target: str) -> str:
    return target


def at_once(due: int) -> int:
    return 1


def begins_at(event: Event, target: str, now: dt.datetime) -> dt.datetime:
    return now


def send(target: str, parcels: Sequence[Parcel]) -> Answer:
    """Send the one event of a delivery to its webhook. A receiver that answers 410 wants nothing
    any more: its webhook is switched off."""
    webhook = Webhook.objects.filter(pk=target.partition(":")[2], is_active=True).first()
    if webhook is None:
        return Answer(None, _("The webhook is switched off."))
    [parcel] = parcels
    body, headers = bodies.body(webhook, bodies.message_of(parcel.event))
    if webhook.authorization:
        headers = {**headers, "Authorization": webhook.authorization}
    now = int(timezone.now().timestamp())
    uid = message_id(parcel.delivery)
    headers = {**headers, **signing.headers(secrets_of(webhook), uid, now, body)}
    answer = requests.post(
        webhook.address, body, headers, private=settings.WEBHOOK_PRIVATE_NETWORKS
    )
    if answer.status == GONE:
        switch_off(webhook, answer.error)
    return answer


def message_id(delivery: Delivery) -> str:
    """The id under which the receiver knows a delivery, the same in every attempt."""
    return f"msg_{delivery.uid.hex}"


def secrets_of(webhook: Webhook) -> list[str]:
    """The secrets that sign: the present one, and the former one for a day."""
    is_former = webhook.former_until and webhook.former_until > timezone.now()
    return [webhook.secret, *([webhook.former_secret] if is_former else [])]


@transaction.atomic
def switch_off(webhook: Webhook, because: str) -> None:
    """Switch a webhook off for its receiver, with a sentence that says why."""
    active = Webhook.objects.filter(pk=webhook.pk, is_active=True)
    if active.update(is_active=False, off_because=because):
        audit.record("webhook-off", target=str(webhook), note=because)


@transaction.atomic
def renew_secret(webhook: Webhook, *, by: AbstractUser | None) -> None:
    """Give a webhook a new secret. The former one signs beside it for a day.

    Nothing changes if that happened a moment ago: a second new one would take the place of the one
    that the receiver still has.
    """
    webhook, now = Webhook.objects.select_for_update().get(pk=webhook.pk), timezone.now()
    if webhook.former_until and webhook.former_until > now + BOTH_SIGN_FOR - ONE_PRESS:
        return
    webhook.former_secret, webhook.secret = webhook.secret, signing.new_secret()
    webhook.former_until = now + BOTH_SIGN_FOR
    webhook.save(update_fields=["secret", "former_secret", "former_until"])
    audit.record("webhook-secret", by=by, target=str(webhook))
