"""The pages that a new process makes before its first reader asks."""

from collections.abc import Iterator
from urllib.parse import unquote, urlencode

from django.conf import settings

from articles.models import Article, Digest, Storyline
from articles.rules.paths import path_to

FEEDS = [f"{name}-{kind}" for name in ("digests", "articles") for kind in ("rss", "atom", "json")]
ALONE = ("archive", "tags", "publishers", "corrections", "search", "subscribe", "topics", "about")
FOR_MACHINES = ("sitemap", "news-sitemap", "llms", "robots")
NOWHERE = "/nothing-is-here/"


def most_wanted() -> Iterator[str]:
    """The WSGI paths of the home page, of the last day's page and of the feed."""
    yield path_to("home")
    yield path_to(FEEDS[0])
    if (digest := Digest.objects.published().newest_first().first()) is not None:
        yield digest.get_absolute_url()


def wanted() -> Iterator[str]:
    """The WSGI paths of what most readers ask for, the most wanted first, then of one page of every
    other kind. The first page of a kind costs most: it loads templates, and fills caches. A path
    with a query after `?`, and one where nothing is, have answers that are not stored."""
    digest = Digest.objects.published().newest_first().first()
    paths = [path_to("home"), *(path_to(name) for name in FEEDS)]
    if digest is not None:
        paths[1:1] = [digest.get_absolute_url()]
        paths += _of_kinds(digest)
    paths += [path_to(name) for name in (*ALONE, *FOR_MACHINES)]
    for path in (*paths, NOWHERE):
        yield unquote(path, encoding="latin-1")  # PEP 3333
    yield f"{path_to('search')}?{urlencode({'q': settings.SITE_NAME})}"


def _of_kinds(digest):
    month = digest.date.replace(day=1)
    yield path_to("month", month)
    yield path_to("year", month.replace(month=1))
    yield path_to("sitemap-month", month)
    yield from (path_to(f"day-{kind}", digest.date) for kind in ("markdown", "json"))
    if (storyline := Storyline.objects.in_use().first()) is not None:
        yield storyline.get_absolute_url()
    articles = Article.objects.filter(digest=digest).order_by("position")
    article = articles.select_related("digest").first()
    if article is None:
        return
    yield article.get_absolute_url()
    if (tag := article.tags.first()) is not None:
        yield path_to("tag", tag.slug)
        yield path_to("tag-rss", tag.slug)
    if (citation := article.citations.select_related("publisher").first()) is not None:
        yield path_to("publisher", citation.publisher.slug)
