"""The rules of sitemaps.org and of Google's news sitemaps, for tests."""

import datetime as dt
import re
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
W3C = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?")
CHILDREN = {"sitemapindex": "sitemap", "urlset": "url"}


def read(body, origin):
    """(address, lastmod) of the entries; AssertionError if the file breaks a rule."""
    assert len(body) < 50 * 1024 * 1024
    assert body.startswith(b"<?xml")
    root = ET.fromstring(body)
    kind = root.tag.removeprefix(SITEMAP)
    assert kind in CHILDREN, root.tag
    assert len(root) <= 50_000
    entries = []
    for child in root:
        assert child.tag == SITEMAP + CHILDREN[kind], child.tag
        names = [field.tag for field in child]
        known = {SITEMAP + "loc", SITEMAP + "lastmod", NEWS + "news"}
        assert set(names) <= known, names
        assert len(names) == len(set(names)), names
        address = child.findtext(SITEMAP + "loc")
        check_address(address, origin)
        changed = child.findtext(SITEMAP + "lastmod")
        assert changed is None or is_moment(changed), changed
        entries.append((address, changed))
    assert len({address for address, _ in entries}) == len(entries)
    return entries


def read_news(body, origin):
    """(address, title, publication date) of the entries; AssertionError if it breaks a rule."""
    read(body, origin)
    root = ET.fromstring(body)
    assert len(root) <= 1_000
    entries = []
    for child in root:
        news = child.find(NEWS + "news")
        assert [f.tag.removeprefix(NEWS) for f in news] == [
            "publication",
            "publication_date",
            "title",
        ]
        publication = news.find(NEWS + "publication")
        assert [field.tag.removeprefix(NEWS) for field in publication] == ["name", "language"]
        assert publication.findtext(NEWS + "name")
        assert re.fullmatch("[a-z]{2,3}", publication.findtext(NEWS + "language"))
        date, title = (news.findtext(NEWS + name) for name in ("publication_date", "title"))
        assert is_moment(date), date
        assert title
        entries.append((child.findtext(SITEMAP + "loc"), title, date))
    return entries


def check_address(address, origin):
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == origin, address
    assert address.isascii()
    assert len(address) < 2_048
    assert not re.search(r'[\s<>"]', address)


def is_moment(text):
    return bool(W3C.fullmatch(text)) and bool(dt.datetime.fromisoformat(text))
