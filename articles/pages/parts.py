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

from articles.fields import IMPLICATION_FIELDS
from articles.models import (
    Article,
    Citation,
    Correction,
    Digest,
    Tag,
    signatures_of,
    text_hash,
)
from articles.rules.lines import with_unread


def load(digests: Iterable[Digest]) -> None:
    """Load everything that pages and feed items show of digests, in five queries.

    Afterwards `all()` of their `articles` and `corrections` returns ordered lists.
    """
    known = {digest.pk: digest for digest in digests}
    shown = Article.objects.filter(digest__in=known).select_related("picture")
    articles = _sorted(shown, "position")
    for article in articles:
        article.digest = known[article.digest_id]
    load_links(articles)
    load_signers(articles)
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


def load_signers(articles: Iterable[Article]) -> None:
    """Load the names of those who signed the present texts of articles, in one query. Their
    citations must be loaded."""
    known = {str(article.uid): article for article in articles}
    hashes = {uid: text_hash(_signed_text(article)) for uid, article in known.items()}
    for uid, rows in signatures_of(hashes).items():
        known[uid].signers = tuple(dict.fromkeys(row.name for row in rows))


def _signed_text(article: Article) -> dict:
    """The part of an article's snapshot that people sign."""
    cited = [
        {
            "publisher": "",
            "url": citation.url,
            "published_on": citation.published_on and citation.published_on.isoformat(),
        }
        for citation in article.citations.all()
    ]
    texts = {name: getattr(article, name) for name in ("headline", "points", *IMPLICATION_FIELDS)}
    return texts | {"citations": with_unread(cited, article.unread_citations)}


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
