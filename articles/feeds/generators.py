"""Feed formats: Django's generators with what readers need and Django leaves out."""

import datetime as dt
from importlib.metadata import version

from django.utils.feedgenerator import Rss201rev2Feed, rfc3339_date

from articles.text import clean

RSS_SPECIFICATION = "https://www.rssboard.org/rss-specification"
# What an empty feed says of its age: a fixed day, so that its bytes stay the same.
NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class RssFeed(Rss201rev2Feed):
    """RSS 2.0 with full text, Atom's `updated`, and a self link that names its type.

    Namespaces and their use follow the RSS Board's best-practices profile.
    """

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_root_elements(self, handler):
        own_address = self.feed["feed_url"]
        self.feed["feed_url"] = None  # written here instead, with its type
        super().add_root_elements(handler)
        self.feed["feed_url"] = own_address
        link = {"rel": "self", "href": own_address, "type": "application/rss+xml"}
        handler.addQuickElement("atom:link", None, link)
        handler.addQuickElement("docs", RSS_SPECIFICATION)
        handler.addQuickElement("generator", f"Newsroom (Django {version('Django')})")

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", clean(item["content"]))
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))

    def latest_post_date(self):
        """The newest publication or correction, in UTC; never the present moment."""
        dates = [date for item in self.items for date in (item["pubdate"], item["updateddate"])]
        return max(dates, default=NEVER)
