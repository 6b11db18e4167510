"""A delivery with its event, as senders get it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from articles.models import AuditEntry, Delivery
from articles.notices import events
from articles.notices.events import Event


@dataclass(frozen=True)
class Parcel:
    delivery: Delivery
    event: Event


def of(deliveries: Sequence[Delivery]) -> list[Parcel]:
    """The parcels of deliveries, in their order, with the digests as they are now."""
    rows = AuditEntry.objects.in_bulk([delivery.entry_id for delivery in deliveries])
    told = events.of_rows(rows[delivery.entry_id] for delivery in deliveries)
    return [
        Parcel(delivery, replace(event, kind=delivery.kind))
        for delivery, event in zip(deliveries, told, strict=True)
    ]
