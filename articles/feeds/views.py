"""Feeds over HTTP (RFC 9110, RFC 9111).

The validators come from the site's version, so clients with a current copy get 304 before anything
is built. That costs one query, or two for a tag or a storyline, which must be looked up
first.
"""

import hashlib
from functools import reduce, wraps

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpResponsePermanentRedirect
from django.templatetags.static import static
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_etags
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control

from articles.changes import site_version
from articles.changes.hubs import links as hubs
from articles.feeds import channels, documents
from articles.feeds.generators import FORMATS
from articles.feeds.items import absolute
from articles.models import Storyline, Tag
from articles.operations import software
from articles.pages import imprints
from articles.rules.paths import path_to
from articles.rules.text import clean
from articles.serving.page_store.requests import mark_public
from articles.serving.public import compressed, knowing_imprint, read_only

# Seconds. Some readers wait that long before they ask again, so never more than an hour.
MAX_AGE = 300
CHANNELS = {channel.name: channel for channel in channels.OF_THE_SITE}
# RSS allows images of up to 144 pixels.
IMAGE, ICON = "img/feed-144.png", "img/icon-512.png"


class DocumentView(Feed):
    """Writes a document in one format. One instance serves all requests and keeps no state."""

    ttl = 60
    item_guid_is_permalink = False

    def __init__(self, feed_type):
        self.feed_type = feed_type

    @property
    def language(self):
        return settings.LANGUAGE_CODE

    def get_object(self, request, document):
        return document

    def title(self, document):
        return clean(document.channel.title())

    def description(self, document):
        return clean(document.channel.description())

    def link(self, document):
        return absolute(document.channel.home())

    def feed_guid(self, document):
        return document.channel.address("atom")

    def feed_url(self, document):
        return document.address

    def feed_copyright(self, document):
        imprint = imprints.current()
        return imprint and imprint.copyright

    def feed_extra_kwargs(self, document):
        return {
            "document": document,
            "imprint": imprints.current(),
            "about": absolute(path_to("about")),
            "site_name": settings.SITE_NAME,
            "image": absolute(static(IMAGE)),
            "icon": absolute(static(ICON)),
        }

    def items(self, document):
        return document.items

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.summary

    def item_link(self, item):
        return item.url

    def item_guid(self, item):
        return item.id

    def item_pubdate(self, item):
        return item.published

    def item_updateddate(self, item):
        return item.updated

    def item_categories(self, item):
        return item.categories

    def item_extra_kwargs(self, item):
        return {"item": item}


_WRITERS = {kind: DocumentView(feed_type) for kind, feed_type in FORMATS.items()}


def open_to_all(view):
    """Allow web readers to fetch the feed from other origins (CORS)."""

    @wraps(view)
    def open_view(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return open_view


def feed(view):
    """GET and HEAD only, compressed, cacheable for a while, the same for everybody."""
    cached = cache_control(public=True, max_age=MAX_AGE)
    layers = (knowing_imprint, compressed, cached, open_to_all, read_only)
    return reduce(lambda wrapped, layer: layer(wrapped), layers, view)


@feed
def newest(request, name, kind):
    channel = CHANNELS[name]
    return _answer(request, kind, lambda: documents.newest(channel, kind), is_certain=True)


@feed
def month(request, name, kind, month):
    return _answer(request, kind, lambda: documents.of_month(CHANNELS[name], kind, month))


@feed
def before(request, name, kind, before):
    return _answer(request, kind, lambda: documents.before(CHANNELS[name], kind, before))


@feed
def newest_of(request, model, slug, kind):
    channel = _channel(model, slug)
    if channel.row.slug != slug:
        return _redirect(channel, kind)
    return _answer(request, kind, lambda: documents.newest(channel, kind), is_certain=True)


@feed
def month_of(request, model, slug, kind, month):
    channel = _channel(model, slug)
    if channel.row.slug != slug:
        return _redirect(channel, kind, month=month)
    return _answer(request, kind, lambda: documents.of_month(channel, kind, month))


@feed
def before_of(request, model, slug, kind, before):
    channel = _channel(model, slug)
    if channel.row.slug != slug:
        return _redirect(channel, kind, before=before)
    return _answer(request, kind, lambda: documents.before(channel, kind, before))


def _answer(request, kind, make, *, is_certain=False):
    """The document that `make` returns, or 304. A client that sends the current entity tag gets 304
    without a call of `make`. With `is_certain`, when the document surely exists, so does one that
    sends any matching validator, such as a date or `*`."""
    version = site_version.current()
    etag = _etag(request, version)
    modified = version.moment and int(version.moment.timestamp())
    if is_certain or _names(request, etag):
        known = get_conditional_response(request, etag=etag, last_modified=modified)
        if known is not None:
            return _with_validators(known, etag, modified)
    document = make()
    mark_public(request)
    response = _with_validators(_WRITERS[kind](request, document=document), etag, modified)
    if link := hubs.link_header(document.address):
        response["Link"] = link
    return get_conditional_response(request, etag=etag, last_modified=modified, response=response)


def _etag(request, version):
    """Changes with everything that can change the bytes: content, settings and software."""
    shown = (settings.SITE_URL, settings.SITE_NAME, settings.LANGUAGE_CODE, settings.TIME_ZONE)
    shown += (static(IMAGE), static(ICON), *hubs.element_links())
    shown += imprints.current() or ()
    parts = (request.path, str(version), *shown, software.fingerprint())
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _names(request, etag):
    """Whether the client sends the current entity tag, which proves that the document exists."""
    tags = parse_etags(request.headers.get("If-None-Match", ""))
    return etag in [tag.removeprefix("W/") for tag in tags]


def _with_validators(response, etag, modified):
    response["ETag"] = etag
    if modified is None:
        del response["Last-Modified"]
    else:
        response["Last-Modified"] = http_date(modified)
    return response


def _channel(model, slug):
    """The feed of the tag or storyline with this present or former address; Http404 if readers know
    none."""
    row = model.objects.known_at(slug)
    if row is None:
        raise Http404(_NONE[model])
    return channels.OF_ROWS[model](row)


_NONE = {
    Tag: gettext_lazy("No published article has this tag."),
    Storyline: gettext_lazy("There is no such storyline."),
}


def _redirect(channel, kind, **where):
    return HttpResponsePermanentRedirect(channel.address(kind, **where))
