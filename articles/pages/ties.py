"""What came before and after the articles of a page: their storylines, and related articles.

All of it depends on other digests than the one that is shown, so it is looked up for each page,
and remembered only while the same rows come back.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import NamedTuple

from django.db import models
from django.db.models import CharField, F, IntegerField, OuterRef, Value
from django.db.models.lookups import In
from django.utils.encoding import uri_to_iri

from articles.models import Article, Citation, Digest, Storyline, StorylineEntry, TaggedArticle
from articles.pages.inputs import remembered
from articles.pages.related import MAX_CANDIDATES, PUBLISHER_WEIGHT
from articles.querysets import Unindexed
from articles.rules.hidden_text import shown_line
from articles.rules.paths import path_to
from articles.rules.text import composed, language_of

EARLIER = 2  # links to earlier articles beside each article
DAYS_BEFORE = 30
# What many articles share says little: a tag of more than twenty does not relate two of them.
LEAST_SCORE = 1 / 20
_STORYLINE, _TAG, _PUBLISHER = range(3)


@dataclass(frozen=True, slots=True)
class Linked:
    """An article of another digest that is linked to. `language` is that of its headline. The
    `address` is an IRI (RFC 3987): in Korean, a percent-encoded one takes three times the bytes."""

    date: dt.date
    address: str
    headline: str
    language: str


@dataclass(frozen=True, slots=True)
class Ties:
    """What is beside an article: its storyline, if it has a page (`address` is empty if not), the
    articles before it, the latest first, and the next one of its storyline."""

    name: str = ""
    address: str = ""
    earlier: tuple[Linked, ...] = ()
    later: Linked | None = None

    def __bool__(self) -> bool:
        return bool(self.address or self.earlier or self.later)

    @property
    def linked(self) -> list[Linked]:
        return [*self.earlier, *filter(None, [self.later])]


class _Row(NamedTuple):
    """A public article (`pk`), and what of kind `kind` it has that an article of the page has."""

    kind: int
    shared: int
    pk: int
    date: dt.date
    position: int
    headline: str
    slug: str
    language: str
    name: str
    storyline_slug: str

    @property
    def place(self) -> tuple[dt.date, int]:
        return self.date, self.position

    def linked(self) -> Linked:
        headline = composed(shown_line(self.headline))
        return Linked(
            self.date,
            uri_to_iri(path_to("article", self.date, self.slug)),
            headline,
            language_of(headline, default=self.language),
        )


NOTHING = Ties()


def of_digest(digest: Digest) -> dict[int, Ties]:
    """The ties of each article of a public digest that has any, by its primary key. The digest's
    parts must be loaded. One query, whose cost does not grow with the archive."""
    articles = list(digest.articles.all())
    shown = tuple((article.pk, *_shared_by(article)) for article in articles)
    key = "ties", digest.pk, digest.date, shown
    return remembered(key, lambda: _of_articles(articles, _query(digest, articles)))


def _of_articles(articles, rows):
    rows = list(rows)
    entries = _Entries(row for row in rows if row[0] == _STORYLINE)
    shares = _Shares(row for row in rows if row[0] != _STORYLINE)
    found = {}
    for article in articles:
        ties = entries.ties_of(article)
        if (missing := EARLIER - len(ties.earlier)) > 0:
            more = shares.best_for(article, missing, without=entries.around(article))
            ties = Ties(ties.name, ties.address, ties.earlier + more, ties.later)
        if ties:
            found[article.pk] = ties
    return found


def of_article(article: Article) -> Ties:
    """The storyline of a public article with what came before and after in it. One query."""
    key = "ties of an article", article.pk
    return remembered(key, lambda: _Entries(_entries([article.pk])).ties_of(article))


def _shared_by(article: Article) -> tuple[frozenset[int], frozenset[int]]:
    """The primary keys of the tags and of the cited publishers of an article."""
    tags = frozenset(tag.pk for tag in article.tags.all())
    return tags, frozenset(cited.publisher_id for cited in article.citations.all())


class _Entries:
    """The public entries of storylines, by storyline and in order."""

    def __init__(self, rows: Iterable[tuple]) -> None:
        self.of: dict[int, list[_Row]] = defaultdict(list)
        self.storyline_of: dict[int, int] = {}
        for row in sorted((_Row(*row) for row in rows), key=lambda row: row.place):
            self.of[row.shared].append(row)
            self.storyline_of[row.pk] = row.shared

    def around(self, article: Article) -> set[int]:
        """The primary keys of the articles in the storyline of this one."""
        return {row.pk for row in self.of.get(self.storyline_of.get(article.pk, 0), ())}

    def ties_of(self, article: Article) -> Ties:
        rows = self.of.get(self.storyline_of.get(article.pk, 0), [])
        if len(rows) < 2:  # readers have met it once
            return NOTHING
        index = next(index for index, row in enumerate(rows) if row.pk == article.pk)
        day = rows[index].date
        before = [row for row in rows[:index] if row.date < day][-EARLIER:][::-1]
        after = next((row for row in rows[index + 1 :] if row.date > day), None)
        return Ties(
            name=rows[index].name,
            address=uri_to_iri(path_to("storyline", rows[index].storyline_slug)),
            earlier=tuple(row.linked() for row in before),
            later=after and after.linked(),
        )


class _Shares:
    """Earlier articles by what they share with those of the page. There are hundreds of rows, so
    they stay tuples until one is shown."""

    def __init__(self, rows: Iterable[tuple]) -> None:
        self.rows: dict[int, tuple] = {}
        self.places: dict[int, tuple[dt.date, int]] = {}
        self.holders: dict[tuple[int, int], set[int]] = defaultdict(set)
        for row in rows:
            kind, shared, pk, date, position, *_rest = row
            self.rows[pk], self.places[pk] = row, (date, -position)
            self.holders[kind, shared].add(pk)

    def best_for(self, article: Article, limit: int, *, without: set[int]) -> tuple[Linked, ...]:
        """The most similar articles: what few have counts more than what many have. Of equally
        similar ones, the latest comes first."""
        tags, publishers = _shared_by(article)
        own = {(_TAG, tag) for tag in tags} | {(_PUBLISHER, one) for one in publishers}
        scores: dict[int, float] = defaultdict(float)
        for shared in sorted(own):  # a fixed order keeps float sums reproducible
            holders = self.holders.get(shared, ())
            weight = PUBLISHER_WEIGHT if shared[0] == _PUBLISHER else 1
            for pk in holders:
                scores[pk] += weight / len(holders)
        similar = (pk for pk, score in scores.items() if score >= LEAST_SCORE)
        ranks = {
            pk: (round(scores[pk], 6), *self.places[pk]) for pk in similar if pk not in without
        }
        best = nlargest(limit, ranks, key=ranks.__getitem__)
        return tuple(_Row(*self.rows[pk]).linked() for pk in best)


def _query(digest: Digest, articles: Sequence[Article]) -> models.QuerySet:
    """Entries of the storylines of the articles, and earlier articles that share tags or cited
    publishers with them."""
    first = digest.date - min(dt.timedelta(days=DAYS_BEFORE), digest.date - dt.date.min)
    public = Article.objects.published().filter(digest__date__gte=first)
    # With a limit, the database builds this list once and searches it by index. Without one, it
    # would scan all that ever cited a frequent publisher.
    near = public.filter(digest__date__lt=digest.date).order_by("-digest__date")
    candidates = near.values("pk")[:MAX_CANDIDATES]
    tags = {tag.pk for article in articles for tag in article.tags.all()}
    publishers = {cited.publisher_id for article in articles for cited in article.citations.all()}
    # SQLite looks up each candidate with each tag of the page, unless it may not use that index.
    tagged = TaggedArticle.objects.filter(In(Unindexed("tag_id"), tags))
    tagged = tagged.filter(content_object__in=candidates)
    citing = Citation.objects.filter(publisher__in=publishers, article__in=candidates)
    entries = _entries([article.pk for article in articles])
    return entries.union(
        _columns(tagged, _TAG, "tag_id", "content_object"),
        _columns(citing, _PUBLISHER, "publisher_id", "article"),
        all=True,
    )


def _entries(articles: list[int]) -> models.QuerySet:
    """The public entries of the storylines of these articles (primary keys)."""
    # Only those with a page: others may have been begun by a draft.
    own = Storyline.objects.in_use().filter(entries__article__in=articles).order_by().values("pk")
    entries = StorylineEntry.objects.filter(storyline__in=own)
    public = Digest.objects.published().filter(pk=OuterRef("article__digest"))
    entries = entries.filter(models.Exists(public))
    named = {"name": F("storyline__name"), "storyline_slug": F("storyline__slug")}
    return _columns(entries, _STORYLINE, "storyline_id", "article", **named)


def _columns(
    links: models.QuerySet, kind: int, shared: str, article: str, **named: models.F
) -> models.QuerySet:
    """The links as values of a `_Row`."""
    nothing = Value("", CharField())
    return (
        links.order_by()
        .annotate(
            row_kind=Value(kind, IntegerField()),
            row_name=named.get("name", nothing),
            row_slug=named.get("storyline_slug", nothing),
        )
        .values_list(
            "row_kind",
            shared,
            f"{article}_id",
            f"{article}__digest__date",
            f"{article}__position",
            f"{article}__headline",
            f"{article}__slug",
            f"{article}__digest__language",
            "row_name",
            "row_slug",
        )
    )
