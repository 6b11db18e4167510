"""How a feed is split into documents: the newest items, and monthly archives of the older ones.

Each document links to the next older one, back to the first item (RFC 5005, section 4, and the
`next_url` of JSON Feed). Consecutive documents neither overlap nor leave out an item.
"""

import datetime as dt
from dataclasses import dataclass
from xml.sax.saxutils import escape

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.feeds.channels import Channel
from articles.feeds.items import Item

ITEMS = 30
MAX_BYTES = 512 * 1024
# However large they are: a reader that looks once a day must not miss any.
LEAST_ITEMS = 10
# Upper limits in bytes for the markup around one item and around all items, in any format.
FRAME_OF_ITEM, FRAME = 1_500, 8_000


@dataclass(frozen=True)
class Document:
    """One response of a feed. Addresses are absolute; `older` and `newer` are None at the ends."""

    channel: Channel
    address: str
    current: str
    items: list[Item]
    older: str | None
    newer: str | None = None
    is_archive: bool = False


def newest(channel: Channel, kind: str) -> Document:
    """The newest items: as many as fit into the limits, but at least all that share a moment."""
    since = _start(channel.moments(ITEMS + 1))
    found = _within(list(channel.items(since)) if since else [])
    address = channel.address(kind)
    before = min((item.came_out for item in found), default=None)
    older = before and _before(channel, kind, before)
    return Document(channel, address, address, _sorted(found), older)


def of_month(channel: Channel, kind: str, month: dt.date) -> Document:
    """All items of a month in the site's time zone; Http404 if it has none."""
    since, end = _span(month)
    found = _sorted(channel.items(since, end))
    if not found:
        raise Http404(_("This feed has nothing of this month."))
    following = channel.first_since(end)
    return Document(
        channel,
        channel.address(kind, month=month),
        channel.address(kind),
        found,
        older=_before(channel, kind, since),
        newer=following and channel.address(kind, month=_month(following)),
        is_archive=True,
    )


def before(channel: Channel, kind: str, moment: dt.datetime) -> Document:
    """The items of a month that came out before `moment`. It is needed where the newest document
    starts in the middle of a month. Raises Http404 if there are none."""
    latest = channel.moments(1, before=moment)
    if not latest:
        raise Http404(_("This feed has nothing that is as old."))
    since, end = _span(_month(latest[0]))
    return Document(
        channel,
        channel.address(kind, before=moment),
        channel.address(kind),
        _sorted(channel.items(since, min(end, moment))),
        older=_before(channel, kind, since),
        is_archive=True,
    )


def _start(moments):
    """The moment from which on there are at most ITEMS items. Items of one moment stay together,
    since they are the articles of one digest. None if there are no items."""
    if len(moments) <= ITEMS:
        return min(moments, default=None)
    return min((moment for moment in moments if moment > moments[-1]), default=moments[-1])


def _within(items):
    """The newest items that fit into MAX_BYTES, at least LEAST_ITEMS. Items of one moment stay
    together."""
    size, count, start = FRAME, 0, None
    for moment in sorted({item.came_out for item in items}, reverse=True):
        of_moment = [item for item in items if item.came_out == moment]
        size += sum(map(_size, of_moment))
        if count >= LEAST_ITEMS and size > MAX_BYTES:
            break
        count, start = count + len(of_moment), moment
    return [item for item in items if item.came_out >= start]


def _size(item):
    """Size of an item in bytes, in XML, which is the largest of the formats."""
    texts = (item.title, item.summary, item.url, *item.categories)
    texts += tuple(text for cited in item.citations for text in (cited.name, cited.url))
    length = sum(len(escape(text).encode()) for text in (item.content_html, *texts, *texts))
    return length + FRAME_OF_ITEM


def _sorted(items):
    return sorted(items, key=lambda item: item.published, reverse=True)


def _before(channel, kind, moment):
    """The address of the archive with the item that precedes `moment`; None if there is none."""
    latest = channel.moments(1, before=moment)
    if not latest:
        return None
    month = _month(latest[0])
    if month == _month(moment):
        return channel.address(kind, before=moment)
    return channel.address(kind, month=month)


def _month(moment):
    """The first day of the month of a moment, in the site's time zone."""
    return timezone.localdate(moment, timezone.get_default_timezone()).replace(day=1)


def _span(month):
    """The first moment of a month and of the month after it."""
    following = (month + dt.timedelta(days=31)).replace(day=1)
    midnight, zone = dt.time(), timezone.get_default_timezone()
    return tuple(
        dt.datetime.combine(day, midnight, tzinfo=zone).astimezone(dt.UTC)
        for day in (month, following)
    )
