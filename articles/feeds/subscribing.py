"""The page that lists the feeds, with their contents and ways to subscribe."""

from dataclasses import dataclass
from urllib.parse import quote

from django.shortcuts import render
from django.utils.translation import gettext as _

from articles.feeds.channels import ARTICLES, CORRECTIONS, DIGESTS, Channel
from articles.feeds.generators import FORMATS
from articles.feeds.items import Item
from articles.serving.public import public_page

FORMAT_NAMES = {"rss": "RSS 2.0", "atom": "Atom 1.0", "json": "JSON Feed 1.1"}
# Services that subscribe to a feed by a link. They report their number of subscribers when they
# fetch it. The last one is for apps: the device chooses one by the `feed:` scheme.
READERS = {
    "Feedly": "https://feedly.com/i/subscription/feed%2F{}",
    "Inoreader": "https://www.inoreader.com/?add_feed={}",
    "NewsBlur": "https://www.newsblur.com/?url={}",
    "The Old Reader": "https://theoldreader.com/feeds/subscribe?url={}",
}


@dataclass(frozen=True)
class Offer:
    """One feed: `addresses` are (id in the page, name of the format, absolute address)."""

    channel: Channel
    heading: str
    description: str
    addresses: list[tuple[str, str, str]]
    newest: Item | None

    @property
    def address(self):
        """The address of the format that every feed reader supports."""
        return self.addresses[0][2]

    @property
    def for_apps(self):
        """A link that an app on the device opens, in the forms of the `feed` scheme: `feed://` for
        an address with http, `feed:https://` for one with https."""
        return f"feed:{self.address.removeprefix('http:')}"

    @property
    def readers(self):
        address = quote(self.address, safe="")
        return [(name, link.format(address)) for name, link in READERS.items()]


@public_page
def page(request):
    offers = [_offer(channel, heading) for channel, heading in _headings().items()]
    return render(request, "articles/subscribe.html", {"offers": offers})


def _headings():
    return {DIGESTS: _("Digests"), ARTICLES: _("Articles"), CORRECTIONS: _("Corrections")}


def _offer(channel, heading):
    addresses = [
        (f"feed_{channel.name}_{kind}", FORMAT_NAMES[kind], channel.address(kind))
        for kind in FORMATS
    ]
    return Offer(channel, heading, channel.description(), addresses, _newest(channel))


def _newest(channel):
    """The first item of the feed; None if the feed is empty."""
    moments = channel.moments(1)
    if not moments:
        return None
    return max(channel.items(moments[0]), key=lambda item: item.published, default=None)
