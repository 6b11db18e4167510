"""Articles about the same subjects as another article."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection

from django.db import models
from django.utils.encoding import uri_to_iri

from articles.models import Article, Citation, TaggedArticle
from articles.pages.inputs import remembered

DAYS_AROUND = 45
# More than the digests of those days contain. It ensures that one query never reads the whole
# archive.
MAX_CANDIDATES = 2_000
OF_A_LINK = ("headline", "slug", "digest__date", "digest__language")
PUBLISHER_WEIGHT = 0.25  # a tag weighs 1; articles that cite one publisher may differ in subject


def related_to(article: Article, limit: int = 5, *, besides: Collection[str] = ()) -> list[Article]:
    """Public articles of other digests that share tags or cited publishers with this article.

    They are at most `DAYS_AROUND` days before or after it; the most similar come first. Those at
    the addresses `besides`, which are IRIs, are left out. The digest's parts must be loaded.

    What few articles share counts more than what many share. At most three queries; their cost does
    not grow with the archive. The results and their digests have the fields that a link needs, so
    that nothing else of another day decides whether this page changed.
    """
    tags = frozenset(tag.pk for tag in article.tags.all())
    publishers = frozenset(citation.publisher_id for citation in article.citations.all())
    most = limit + len(besides)
    key = "related", article.pk, article.digest_id, article.digest.date, tags, publishers, most
    found = remembered(key, lambda: _related(article, tags, publishers, most))
    others = [other for other in found if uri_to_iri(other.get_absolute_url()) not in besides]
    return others[:limit]


def _related(article, tags, publishers, limit):
    around = dt.timedelta(days=DAYS_AROUND)
    day = article.digest.date
    public = Article.objects.published().exclude(digest=article.digest)
    near = public.filter(digest__date__range=(day - around, day + around))
    # With a limit, the database builds this list once and searches it by index. Without one, it
    # would scan all articles that ever had a frequent tag.
    candidates = near.order_by("-digest__date").values("pk")[:MAX_CANDIDATES]
    tagged = TaggedArticle.objects.filter(tag__in=tags, content_object__in=candidates)
    citing = Citation.objects.filter(publisher__in=publishers, article__in=candidates)
    found = _Found(day)
    found.add(_shared(tagged, "content_object", "tag"), 1)
    found.add(_shared(citing, "article", "publisher"), PUBLISHER_WEIGHT)
    best = found.best(limit)
    related = Article.objects.filter(pk__in=best).select_related("digest").order_by()
    related = related.only(*OF_A_LINK)
    return sorted(related, key=lambda other: best.index(other.pk))


def _shared(links: models.QuerySet, article: str, shared: str) -> set[tuple]:
    """Rows of (primary key, day and position of an article, what it shares) from links to
    articles."""
    place = (article, f"{article}__digest__date", f"{article}__position")
    return set(links.order_by().values_list(*place, shared))


class _Found:
    """What articles share with one of `day`, and their places."""

    def __init__(self, day: dt.date):
        self.day = day
        self.scores: dict[int, float] = defaultdict(float)
        self.places: dict[int, tuple] = {}

    def add(self, rows: set[tuple], weight: float) -> None:
        """Add what each article shares, divided by the number of articles that share it."""
        sharing = Counter(shared for *_article, shared in rows)
        for article, date, position, shared in rows:
            self.scores[article] += weight / sharing[shared]
            self.places[article] = (abs(date - self.day), date, position)

    def best(self, limit: int) -> list[int]:
        """Primary keys, the best first. Of equally good articles, the nearest day comes first."""
        # Rounded, because sums of the same fractions in another order differ in their last digits.
        ranks = {pk: (-round(score, 6), self.places[pk]) for pk, score in self.scores.items()}
        return sorted(ranks, key=ranks.get)[:limit]
