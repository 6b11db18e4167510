"""Writes a document as RSS 2.0, Atom 1.0 or JSON Feed 1.1.

Extends Django's generators with elements that readers need. RSS extensions follow the RSS Board's
best-practices profile, archives follow RFC 5005. `document`, and the `item` of each item, come from
the keyword arguments of the view.
"""

import datetime as dt
import json
from importlib.metadata import version

from django.utils.encoding import iri_to_uri
from django.utils.feedgenerator import (
    Atom1Feed,
    Rss201rev2Feed,
    SyndicationFeed,
    rfc3339_date,
)
from django.utils.html import escape

from articles.changes.hubs import links as hubs

RSS_SPECIFICATION = "https://www.rssboard.org/rss-specification"
JSON_FEED = "https://jsonfeed.org/version/1.1"
GENERATOR = f"Newsroom (Django {version('Django')})"
HISTORY = "http://purl.org/syndication/history/1.0"
# The date of an empty feed: a constant, so that its bytes stay the same.
NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class DocumentFeed(SyndicationFeed):
    """The parts that the formats share."""

    media_type: str

    def __init__(self, *args, feed_url=None, **kwargs):
        """Keeps `feed_url` from Django, which would write it without its media type."""
        super().__init__(*args, feed_url=None, **kwargs)

    def latest_post_date(self):
        """The newest publication or correction, in UTC; never the current time."""
        dates = [date for item in self.items for date in (item["pubdate"], item["updateddate"])]
        return max(dates, default=NEVER)

    def links(self):
        """(relation, absolute address, media type) of each link of the document."""
        document = self.feed["document"]
        yield "self", document.address, self.media_type
        if document.is_archive:
            yield "current", document.current, self.media_type
        if document.older:
            yield "prev-archive", document.older, self.media_type
        if document.newer:
            yield "next-archive", document.newer, self.media_type
        for hub in hubs.element_links():
            yield "hub", hub, None

    def add_links(self, handler, name):
        for rel, address, media_type in self.links():
            attributes = {"rel": rel, "href": iri_to_uri(address)}
            if media_type:
                attributes["type"] = media_type
            handler.addQuickElement(name, None, attributes)
        if self.feed["document"].is_archive:
            handler.addQuickElement("fh:archive")


class RssFeed(DocumentFeed, Rss201rev2Feed):
    """Escapes descriptions, which are plain text: readers of RSS parse them as HTML."""

    media_type = "application/rss+xml"

    def __init__(self, title, link, description, **kwargs):
        super().__init__(title, link, escape(description), **kwargs)

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:sy": "http://purl.org/rss/1.0/modules/syndication/",
            "xmlns:fh": HISTORY,
        }

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        self.add_links(handler, "atom:link")
        if (imprint := self.feed["imprint"]) and imprint.email:
            editor = imprint.editor or imprint.publisher
            handler.addQuickElement("managingEditor", f"{imprint.email} ({editor})")
        handler.addQuickElement("docs", RSS_SPECIFICATION)
        handler.addQuickElement("generator", GENERATOR)
        handler.addQuickElement("sy:updatePeriod", "hourly")
        handler.addQuickElement("sy:updateFrequency", "1")
        handler.startElement("image", {})
        for name in ("url", "title", "link"):
            handler.addQuickElement(name, self.feed["image" if name == "url" else name])
        handler.endElement("image")

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item | {"description": escape(item["description"])})
        shown = item["item"]
        for author in shown.authors:
            handler.addQuickElement("dc:creator", author)
        for cited in shown.citations[:1]:
            handler.addQuickElement("source", cited.name, {"url": iri_to_uri(cited.url)})
        handler.addQuickElement("content:encoded", shown.content_html)
        handler.addQuickElement("atom:updated", rfc3339_date(shown.updated))


class AtomFeed(DocumentFeed, Atom1Feed):
    media_type = "application/atom+xml"

    def root_attributes(self):
        return super().root_attributes() | {"xmlns:fh": HISTORY}

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        self.add_links(handler, "link")
        handler.addQuickElement("subtitle", self.feed["description"])
        handler.addQuickElement("generator", GENERATOR)
        handler.addQuickElement("icon", self.feed["icon"])
        self._add_author(handler, **self._site())

    def item_attributes(self, item):
        return {"xml:lang": item["item"].language}

    def add_item_elements(self, handler, item):
        # Django would mark the summary as HTML.
        super().add_item_elements(handler, item | {"description": None})
        shown = item["item"]
        for author in shown.authors:
            self._add_author(handler, author)
        for cited in shown.citations:
            link = {"rel": "via", "href": iri_to_uri(cited.url), "title": cited.name}
            handler.addQuickElement("link", None, link)
        handler.addQuickElement("summary", shown.summary, {"type": "text"})
        handler.addQuickElement("content", shown.content_html, {"type": "html"})

    def _site(self):
        """The author of the whole feed."""
        imprint, name = self.feed["imprint"], self.feed["site_name"]
        more = {"uri": self.feed["about"], "email": imprint.email} if imprint else {}
        return {"name": name, **more}

    def _add_author(self, handler, name, **more):
        handler.startElement("author", {})
        for element, text in {"name": name, **more}.items():
            if text:
                handler.addQuickElement(element, text)
        handler.endElement("author")


class JsonFeed(DocumentFeed):
    media_type = content_type = "application/feed+json"

    def write(self, outfile, encoding):
        json.dump(self._document(), outfile, ensure_ascii=False, separators=(",", ":"))

    def _document(self):
        document = self.feed["document"]
        about = {"url": self.feed["about"]} if self.feed["imprint"] else {}
        return {
            "version": JSON_FEED,
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": iri_to_uri(document.address),
            "description": self.feed["description"],
            "icon": self.feed["icon"],
            "language": self.feed["language"],
            "authors": [{"name": self.feed["site_name"]} | about],
            **({"next_url": iri_to_uri(document.older)} if document.older else {}),
            **({"hubs": list(map(_hub, hubs.element_links()))} if hubs.element_links() else {}),
            "items": [self._item(item) for item in self.items],
        }

    def _item(self, item):
        shown = item["item"]
        cited = {"external_url": iri_to_uri(shown.citations[0].url)} if shown.citations else {}
        return {
            "id": shown.id,
            "url": item["link"],
            **cited,
            "title": shown.title,
            "content_html": shown.content_html,
            "summary": shown.summary,
            "date_published": rfc3339_date(shown.published),
            "date_modified": rfc3339_date(shown.updated),
            "authors": _names(shown.authors),
            "tags": list(shown.categories),
            "language": shown.language,
        }


FORMATS = {"rss": RssFeed, "atom": AtomFeed, "json": JsonFeed}


def _names(names):
    return [{"name": name} for name in names]


def _hub(address):
    return {"type": "WebSub", "url": address}
