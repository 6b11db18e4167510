"""Reads a user agent: the reader, an aggregator's id of the feed and its number of subscribers.

Clients choose their user agent themselves, so only short, safe parts of it are used.
"""

import re
from functools import lru_cache

# Names for readers that do not give a usable one.
BROWSER, UNNAMED, OTHER = "browser", "unnamed", "other"
MAX_NAME, MAX_DIGITS = 40, 2

# Product names in user agents that are also the names people know.
_WRITTEN_AS_KNOWN = (
    *("Akregator", "BazQux", "Blogtrottr", "CommaFeed", "Discordbot", "Elfeed", "Feedbin"),
    *("FeedBurner", "Feeder", "Feedly", "Feedspot", "FreshRSS", "IFTTT", "Inoreader", "Leed"),
    *("Liferea", "Mastodon", "Miniflux", "NetNewsWire", "Netvibes", "NewsBlur", "Newsboat"),
    *("NextCloud-News", "QuiteRSS", "Readwise", "Reeder", "rss2email", "RSS Guard", "RSSOwl"),
    *("Selfoss", "Slackbot", "Superfeedr", "Thunderbird", "Tiny Tiny RSS", "Unread", "Vienna"),
    *("Yarr",),
)
_KNOWN = {name.lower(): name for name in _WRITTEN_AS_KNOWN} | {
    "daum": "Daum",
    "daumoa": "Daum",
    "feedfetcher-google": "Google FeedFetcher",
    "feedparser": "feedparser",
    "universalfeedparser": "feedparser",
    "fiery%20feeds": "Fiery Feeds",
    "simplepie": "SimplePie",
    "theoldreader.com": "The Old Reader",
    "yeti": "Naver",
}
_KNOWN_NAME = re.compile(
    rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, sorted(_KNOWN, key=len, reverse=True)))})(?![a-z])"
)
_COMPATIBLE = re.compile(r"\(compatible;(?! *MSIE) *([^;)]+)")
_PRODUCT = re.compile(r"[A-Za-z][A-Za-z0-9 _+-]*")
_VERSION = re.compile(r"[ -]+v?[0-9]+$")
_SUBSCRIBERS = re.compile(
    r"(?<![0-9])([0-9]{1,7}) (?:subscribers?|readers?|users?)(?![a-z])"
    r"|subscriber(?:s| count)[:=] ?([0-9]{1,7})(?![0-9])"
)
_FEED_ID = re.compile(r"(?<![a-z])feed-?id[:=] ?([0-9a-z]{1,24})(?![0-9a-z])")


@lru_cache(maxsize=512)
def told_by(user_agent: str) -> tuple[str, str, int | None]:
    """The reader, its id of the feed and its subscribers. Cached, since few user agents recur."""
    return reader_of(user_agent), feed_id_of(user_agent), subscribers_of(user_agent)


def reader_of(user_agent: str) -> str:
    """The name of the reader, at most 40 characters: a known one, else the first product in the
    user agent if it is short and plain, else BROWSER, UNNAMED or OTHER."""
    text = user_agent.strip()
    if not text:
        return UNNAMED
    known = _KNOWN_NAME.search(text.lower())
    if known:
        return _KNOWN[known[0]]
    if not text.startswith("Mozilla/"):
        return _product(text)
    compatible = _COMPATIBLE.search(text)
    return _product(compatible[1].strip()) if compatible else BROWSER


def subscribers_of(user_agent: str) -> int | None:
    """The number of subscribers that an aggregator reports; None if it reports none."""
    found = _SUBSCRIBERS.search(user_agent.lower())
    return int(found[1] or found[2]) if found else None


def feed_id_of(user_agent: str) -> str:
    """An aggregator's id of the feed; empty if it gives none."""
    found = _FEED_ID.search(user_agent.lower())
    return found[1] if found else ""


def _product(text):
    """The product name without its version. Returns OTHER for a text with a dot, an @ or many
    digits: it may name a host, a person or a device."""
    found = _PRODUCT.match(text)
    if not found:
        return OTHER
    name, after = found[0], text[found.end() : found.end() + 1]
    if after in ("@", "%") or (after == "." and not name[-1].isdigit()):
        return OTHER
    name = _VERSION.sub("", name).strip(" -_+")
    digits = sum(sign.isdigit() for sign in name)
    return name if 2 <= len(name) <= MAX_NAME and digits <= MAX_DIGITS else OTHER
