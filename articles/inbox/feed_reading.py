"""Reads a feed of others, RSS, Atom or JSON Feed, as pages that may become candidates.

feedparser reads the XML, once `safe_xml` has seen that it is well-formed and small: so its slow
parser for what is not well-formed never runs, and it is given bytes, so it fetches nothing.
"""

import datetime as dt
import html
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import nh3
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.inbox import feed_dates, safe_xml
from articles.inbox.ageing import EXPIRES_AFTER
from articles.inbox.arriving import MOST_AT_ONCE, Found
from articles.inbox.safe_xml import Unsafe
from articles.models.excerpt import MAX_EXCERPT
from articles.rules.text import clean, collapse
from articles.rules.validators import is_web_address

# A clock may be ahead; what is dated later than that has no day.
MAX_AHEAD = dt.timedelta(days=1)
# Of a text with tags so much is looked at.
MAX_TEXT = 20 * MAX_EXCERPT
# The first part of `ko-KR`, which some feeds write `ko_KR`.
_LANGUAGE = re.compile("[A-Za-z]{2,3}(?![A-Za-z])")
_JSON_FEED = "https://jsonfeed.org/version/1"
_HEADERS = {"content-type": "application/xml; charset=utf-8"}


def read(content: bytes, address: str, charset: str = "") -> list[Found]:
    """The entries of a feed at an address, at most MOST_AT_ONCE, without those that are older than
    candidates get. Raises `Unsafe` with a sentence for what is no feed."""
    text = safe_xml.text_of(content, charset)
    start = text.lstrip()[:1]
    if not start:
        raise Unsafe(_("The feed is empty."))
    entries = _of_json(text) if start == "{" else _of_xml(text)
    found = [_page(entry, address) for entry in entries]
    return [page for page in found if page][:MOST_AT_ONCE]


Entry = tuple[str, str, str, dt.datetime | None, str]


def _of_xml(text: str) -> Iterator[Entry]:
    """(address, title, text, moment, language) of each entry."""
    parsed = _parsed(safe_xml.mended(text))
    if not parsed.version and not parsed.entries:
        raise Unsafe(_("This is XML, but no feed."))
    language = parsed.feed.get("language", "")
    for entry in parsed.entries:
        texts = [entry.get("summary", ""), *(each.value for each in entry.get("content", ()))]
        moment = feed_dates.moment_of(entry.get("published") or entry.get("updated") or "")
        address = entry.get("link") or entry.get("id") or ""
        yield address, entry.get("title", ""), max(texts, key=len), moment, language


def _parsed(content: bytes) -> Any:
    """What feedparser makes of XML. It fails in ways of its own for parts that it has a reader for,
    such as a chapter without its start."""
    import feedparser

    try:
        return feedparser.parse(
            io.BytesIO(content),
            response_headers=_HEADERS,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        message = _("A part of the feed is not as feeds have it, so that it cannot be read.")
        raise Unsafe(message) from error


def _of_json(text: str) -> Iterator[Entry]:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unsafe(_("The text is no whole JSON.")) from error
    if not str(feed.get("version", "")).startswith(_JSON_FEED):
        raise Unsafe(_("This is JSON, but no JSON Feed."))
    items = feed.get("items")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            texts = [_text(item, name) for name in ("content_text", "content_html", "summary")]
            address = _text(item, "url") or _text(item, "external_url") or _text(item, "id")
            moment = feed_dates.moment_of(_text(item, "date_published"))
            language = _text(item, "language") or _text(feed, "language")
            yield address, _text(item, "title"), max(texts, key=len), moment, language


def _text(values: Mapping[str, Any], name: str) -> str:
    """A text of a JSON Feed, which may escape what nothing can store, such as half a letter."""
    value = values.get(name)
    return clean(value) if isinstance(value, str) else ""


def _page(entry: Entry, feed: str) -> Found | None:
    """The page of an entry; None without an address, and for one that is too old."""
    address, title, text, moment, language = entry
    try:
        url = urljoin(feed, address.strip()) if address.strip() else ""
    except ValueError:
        return None
    now = timezone.now()
    if not is_web_address(url) or (moment and moment < now - EXPIRES_AFTER):
        return None
    is_dated = moment and moment <= now + MAX_AHEAD
    return Found(
        url=url,
        title=collapse(plain(title)),
        published_on=timezone.localdate(moment) if moment and is_dated else None,
        excerpt=plain(text)[:MAX_EXCERPT],
        language=found[0].lower() if (found := _LANGUAGE.match(language)) else "",
    )


def plain(text: str) -> str:
    """A text of a feed, which may have tags, without them."""
    text = text[:MAX_TEXT]
    if "<" in text or "&" in text:
        text = html.unescape(nh3.clean(text, tags=set(), clean_content_tags={"script", "style"}))
    return "\n".join(filter(None, map(collapse, text.split("\n"))))
