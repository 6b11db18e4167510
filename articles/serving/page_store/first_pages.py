"""The pages that a new process makes before its first reader asks."""

from collections.abc import Iterator
from urllib.parse import unquote

from articles.models import Article, Digest
from articles.rules.paths import path_to

FEEDS = [f"{name}-{kind}" for name in ("digests", "articles") for kind in ("rss", "atom", "json")]
ALONE = ("archive", "tags", "publishers", "corrections", "search", "subscribe")


def wanted() -> Iterator[str]:
    """The WSGI paths of what most readers ask for, the most wanted first, then of one page of every
    other kind. The first page of a kind costs most: it loads templates, and fills caches."""
    digest = Digest.objects.published().newest_first().first()
    paths = [path_to("home"), *(path_to(name) for name in FEEDS)]
    if digest is not None:
        paths[1:1] = [digest.get_absolute_url()]
        paths += _of_kinds(digest)
    paths += map(path_to, ALONE)
    for path in paths:
        yield unquote(path, encoding="latin-1")  # PEP 3333


def _of_kinds(digest):
    month = digest.date.replace(day=1)
    yield path_to("month", month)
    yield path_to("year", month.replace(month=1))
    articles = Article.objects.filter(digest=digest).order_by("position")
    article = articles.select_related("digest").first()
    if article is None:
        return
    yield article.get_absolute_url()
    if (tag := article.tags.first()) is not None:
        yield path_to("tag", tag.slug)
    if (citation := article.citations.select_related("publisher").first()) is not None:
        yield path_to("publisher", citation.publisher.slug)
