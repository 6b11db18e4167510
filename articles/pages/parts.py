"""Loads the parts of digests in as few queries as possible.

This is the most expensive part of rendering an uncached page, so it does not use
`prefetch_related`: that creates a manager and a query set for each relation of each article, and
taggit creates another one.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from operator import attrgetter

from django.db.models import F

from articles.models import Article, Citation, Correction, Digest, Tag


def load(digests: Iterable[Digest]) -> None:
    """Load everything that pages and feed items show of digests, in four queries.

    Afterwards `all()` of their `articles` and `corrections` returns ordered lists.
    """
    known = {digest.pk: digest for digest in digests}
    shown = Article.objects.filter(digest__in=known).select_related("picture")
    articles = _sorted(shown, "position")
    for article in articles:
        article.digest = known[article.digest_id]
    load_links(articles)
    notes = _sorted(Correction.objects.filter(digest__in=known), "corrected_at", "pk")
    for note in notes:
        note.digest = known[note.digest_id]
    articles_of, notes_of = _by(articles, "digest_id"), _by(notes, "digest_id")
    for pk, digest in known.items():
        fill(digest, articles=articles_of[pk], corrections=notes_of[pk])


def load_links(articles: Iterable[Article]) -> None:
    """Load the citations with their publishers, and the tags of articles, in two queries."""
    known = {article.pk: article for article in articles}
    citations = Citation.objects.filter(article__in=known).select_related("publisher")
    tags = Tag.objects.filter(tagged_articles__content_object__in=known)
    tags = tags.annotate(
        link=F("tagged_articles__pk"),
        article_id=F("tagged_articles__content_object"),
        typed_as=F("tagged_articles__typed_as"),
    )
    cited = _by(_sorted(citations, "position"), "article_id")
    tagged = _by(_sorted(tags, "link"), "article_id")
    for tag in chain(*tagged.values()):
        if tag.typed_as and not tag.is_known:  # for example in a preview
            tag.name = tag.typed_as
    for pk, article in known.items():
        fill(article, citations=cited[pk], tags=tagged[pk])


def fill(instance: Digest | Article, **related: list) -> None:
    """Fill an instance's prefetch cache, so that rendering it needs no query."""
    vars(instance).setdefault("_prefetched_objects_cache", {}).update(related)


def _sorted(rows, *names):
    """Sort in Python: for these few rows that is cheaper than sorting in the database."""
    return sorted(rows.order_by(), key=attrgetter(*names))


def _by(rows, name):
    found = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
