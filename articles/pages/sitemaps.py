"""Sitemaps: the public pages as lists for search engines (sitemaps.org, protocol 0.9).

The index names a part for each month of the last ten years, one for tags, publishers and
storylines, and one for the pages that lead to all others. Older months are in an index for each
decade, which `robots.txt` names. So each part is far below the limit of 50,000 addresses, old parts
never change, and no index grows with the archive.
`lastmod` is the last change that readers were told of: publication or correction.
"""

import calendar
import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.changes import months
from articles.models import Article, Correction, Digest, Publisher, Storyline, Tag
from articles.pages import imprints
from articles.rules.paths import path_to
from articles.rules.text import clean

MAX_ADDRESSES = 50_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS_NAMESPACE = "http://www.google.com/schemas/sitemap-news/0.9"
# Google reads news sitemaps for articles of two days, at most 1,000 of them.
NEWS_DAYS, MAX_NEWS = dt.timedelta(days=2), 1_000
MAX_NEWS_DIGESTS = 50
PAGES = ("home", "archive", "tags", "topics", "publishers", "corrections", "subscribe")
_NAMED = {"tag": Tag, "publisher": Publisher, "storyline": Storyline}


def index() -> bytes:
    """The index, with the months of the last ten years that have a digest, newest first."""
    root = _root("sitemapindex")
    newest = months.last_change()
    for part in ("pages", "topics"):
        _add(root, "sitemap", path_to(f"sitemap-{part}"), newest)
    return _with_months(root, months.public(_ten_years_ago()))


def decade(first: dt.date) -> bytes | None:
    """The index of the months of the decade that begins on `first`; None if none has a digest and
    it is not among `older_decades`."""
    root, counted = _root("sitemapindex"), months.public(first, dt.date(first.year + 9, 12, 31))
    if not counted:
        if first not in older_decades():
            return None
        _add(root, "sitemap", path_to("sitemap-pages"))  # an index names something
    return _with_months(root, counted)


def older_decades() -> list[dt.date]:
    """The first day of each decade from the oldest digest to what is in `index`, oldest first."""
    oldest = Digest.objects.published().order_by("date").values_list("date", flat=True).first()
    end = _ten_years_ago()
    if oldest is None or oldest >= end:
        return []
    first = max(oldest.year // 10 * 10, dt.MINYEAR)
    return [dt.date(year, 1, 1) for year in range(first, end.year, 10)]


def _ten_years_ago():
    return dt.date(timezone.localdate().year - 9, 1, 1)


def _with_months(root, counted):
    """An index with the entries of months at its end."""
    end = f"</{root.tag}>".encode()
    begin = ET.tostring(root, encoding="utf-8", xml_declaration=True, short_empty_elements=False)
    entries = (_of_month(settings.SITE_URL, month.first, month.changed_at) for month in counted)
    return b"".join((begin.removesuffix(end), *entries, end))


@lru_cache(maxsize=2048)
def _of_month(_site: str, first: dt.date, changed: dt.datetime) -> bytes:
    """The entry of a month in the index. A long archive has many, and few of them ever change."""
    entry = _add(ET.Element("sitemapindex"), "sitemap", path_to("sitemap-month", first), changed)
    return ET.tostring(entry, encoding="utf-8")


def month(first: dt.date) -> bytes | None:
    """The days and articles of the month that begins on `first`; None if it has no digest."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    digests = Digest.objects.published().filter(date__range=(first, last)).order_by("date")
    changed = dict(digests.values_list("date", months.CHANGED))
    if not changed:
        return None
    root = _root("urlset")
    _add(root, "url", path_to("month", first), max(changed.values()))
    for date, moment in changed.items():
        _add(root, "url", path_to("day", date), moment)
    for date, slug, moment in _articles(digests):
        _add(root, "url", path_to("article", date, slug), moment)
    return _written(root)


def _articles(digests: QuerySet) -> Iterator[tuple[dt.date, str, dt.datetime]]:
    """Day, slug and last change of every article. A correction of a whole digest counts for all its
    articles."""
    notes = Correction.objects.filter(digest__in=digests.order_by())
    corrected = {}
    for digest, article, moment in notes.order_by("corrected_at").values_list(
        "digest", "article", "corrected_at"
    ):
        corrected[digest, article] = moment
    articles = Article.objects.filter(digest__in=digests.order_by())
    rows = articles.order_by("digest__date", "position")
    came_out = Coalesce("digest__published_at", "digest__publish_at")
    for digest, article, date, slug, moment in rows.values_list(
        "digest", "pk", "digest__date", "slug", came_out
    ):
        told = (corrected.get((digest, about), moment) for about in (article, None))
        yield date, slug, max(moment, *told)


def tags() -> bytes:
    """The pages of tags, publishers and storylines that readers can know."""
    root = _root("urlset")
    for name, model in _NAMED.items():
        slugs = model.objects.in_use().order_by("slug").values_list("slug", flat=True)
        for slug in slugs[: MAX_ADDRESSES // len(_NAMED)]:
            _add(root, "url", path_to(name, slug))
    return _written(root)


def pages() -> bytes:
    """The pages that lead to all others."""
    root = _root("urlset")
    for name in (*PAGES, *(["about"] if imprints.current() else [])):
        _add(root, "url", path_to(name))
    return _written(root)


def news() -> bytes:
    """Articles that first came out in the last two days, newest first."""
    since = timezone.now() - NEWS_DAYS
    newest = Digest.objects.published().newest_first()[:MAX_NEWS_DIGESTS]
    digests = [digest for digest in newest if digest.first_public_at >= since]
    rows = Article.objects.filter(digest__in=digests).order_by("-digest__date", "position")
    root = _root("urlset", news=NEWS_NAMESPACE)
    for article in rows.select_related("digest")[:MAX_NEWS]:
        entry = _add(root, "url", article.get_absolute_url())
        news = ET.SubElement(entry, "news:news")
        publication = ET.SubElement(news, "news:publication")
        ET.SubElement(publication, "news:name").text = settings.SITE_NAME
        ET.SubElement(publication, "news:language").text = article.digest.language
        came_out = _moment(article.digest.first_public_at)
        ET.SubElement(news, "news:publication_date").text = came_out
        ET.SubElement(news, "news:title").text = clean(article.shown_headline)
    return _written(root)


# Writing


def _root(kind: str, **namespaces: str) -> ET.Element:
    prefixes = {f"xmlns:{prefix}": uri for prefix, uri in namespaces.items()}
    return ET.Element(kind, {"xmlns": NAMESPACE, **prefixes})


def _add(root: ET.Element, kind: str, path: str, changed: dt.datetime | None = None) -> ET.Element:
    entry = ET.SubElement(root, kind)
    ET.SubElement(entry, "loc").text = settings.SITE_URL + path
    if changed:
        ET.SubElement(entry, "lastmod").text = _moment(changed)
    return entry


def _moment(moment: dt.datetime) -> str:
    """A moment in UTC in the format of W3C (NOTE-datetime)."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _written(root: ET.Element) -> bytes:
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)
