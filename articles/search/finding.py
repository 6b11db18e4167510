"""Queries the index: hits that readers may see now, newest first, in pages."""

import datetime as dt
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.models import Article, Citation, TaggedArticle
from articles.rules.text import language_of
from articles.search import indexed_text, marking, tables
from articles.search.queries import Query, Unusable

HITS_A_PAGE = 20
SECONDS = 1.0
# Days searched in one step, newest first. In the first step PostgreSQL reads all rows: a word that
# is not among thousands of the newest rows is rare, and the index is fast for rare words.
STRETCHES = (400, 4_000)
_SHOWN = (*indexed_text.FIELDS, "uid", "slug", "digest__date", "digest__language")


@dataclass(frozen=True)
class Hit:
    """An article with the parts that are shown of it, as HTML with marked hits."""

    article: Article
    headline: SafeString
    snippet: SafeString
    publishers: list[tuple[SafeString, str]]  # (name, language)
    tags: list[SafeString]


@dataclass(frozen=True)
class Page:
    """Hits in order. `older` is the key to ask for older ones, None if there are none.

    `looked_back_to` is the last day searched before the time limit; None if the search is complete
    or the page is full.
    """

    hits: list[Hit] = field(default_factory=list)
    older: int | None = None
    looked_back_to: dt.date | None = None


def find(query: Query, before: int | None = None) -> Page:
    """The newest hits, or the newest of those with a key below `before`.

    The search has a time limit. When it is reached, the page has the hits found so far, and a key
    to continue from. Raises Unusable if nothing could be searched in time.
    """
    low, high = tables.span(query.start, query.end)
    found, stopped_at = _gather(query, low, high if before is None else min(high, before - 1))
    page, rest = found[:HITS_A_PAGE], found[HITS_A_PAGE:]
    hits = _hits(query, [article for _key, article in page])
    if rest:
        return Page(hits, older=page[-1][0])
    if stopped_at is not None:
        return Page(hits, older=stopped_at, looked_back_to=tables.day_of(stopped_at))
    return Page(hits)


def _gather(query: Query, low: int, high: int) -> tuple[list[tuple[int, uuid.UUID]], int | None]:
    """Keys and ids of up to one page of hits plus one. The second value is the lowest key searched
    before the time limit; None if enough was found or nothing is left."""
    until = time.monotonic() + SECONDS
    found: list[tuple[int, uuid.UUID]] = []
    looked_to = None
    for bottom, top in _stretches(low, high):
        missing, seconds = HITS_A_PAGE + 1 - len(found), until - time.monotonic()
        if not missing:
            break
        try:
            if seconds <= 0:
                raise tables.OutOfTime
            walk = looked_to is None
            found += tables.look(query, bottom, top, missing, walk=walk, seconds=seconds)
        except tables.OutOfTime as error:
            if looked_to is None:
                raise Unusable(_("The search took too long. Try again in a moment.")) from error
            return found, looked_to
        looked_to = bottom
    return found, None


def _stretches(low: int, high: int) -> Iterator[tuple[int, int]]:
    """The lowest and the highest key of each stretch that has rows, newest first."""
    ends = tables.ends(low, high)
    if ends is None:
        return
    lowest, top = ends
    for days in STRETCHES:
        bottom = tables.days_below(top, days)
        if bottom <= lowest:
            break
        yield bottom, top
        top = bottom - 1
    yield low, top


def _hits(query: Query, ids: list[uuid.UUID]) -> list[Hit]:
    """The hits in the order of the ids, without those that readers may not see any more."""
    articles = Article.objects.published().filter(uid__in=ids).select_related("digest")
    known = {article.uid: article for article in articles.only(*_SHOWN)}
    keys = [article.pk for article in known.values()]
    cited = Citation.objects.filter(article__in=keys).order_by("article", "position")
    tagged = TaggedArticle.objects.filter(content_object__in=keys).order_by("pk")
    # Only the names: creating model instances would take longer than the search.
    publishers = _by_article(cited.values_list("article", "publisher__name"))
    tags = _by_article(tagged.values_list("content_object", "tag__name"))
    found = [known[uid] for uid in ids if uid in known]
    return [_hit(query, a, publishers.get(a.pk, ()), tags.get(a.pk, ())) for a in found]


def _by_article(rows: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    """The names of each article by its primary key, in order, without repetitions."""
    names: dict[int, list[str]] = {}
    for article, name in rows:
        own = names.setdefault(article, [])
        if name not in own:
            own.append(name)
    return names


def _hit(query: Query, article: Article, publishers: Iterable[str], tags: Iterable[str]) -> Hit:
    pieces = query.required
    passage = marking.best(indexed_text.body(indexed_text.texts_of(article)), pieces)
    return Hit(
        article=article,
        headline=marking.marked(article.shown_headline, pieces),
        snippet=marking.snippet(passage, pieces),
        publishers=[
            (marking.marked(name, pieces), language_of(name, default="")) for name in publishers
        ],
        tags=[marking.marked(name, pieces) for name in tags],
    )
