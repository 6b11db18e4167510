"""Articles that tell of the same things as another one."""

import datetime as dt
from collections import Counter, defaultdict

from django.db import models

from articles.models import Article, Citation, TaggedArticle

DAYS_AROUND = 45
# More than the digests of those days hold, so that one query never reads the whole archive.
MAX_CANDIDATES = 2_000
PUBLISHER_WEIGHT = 0.25  # against a tag: who cites one publisher need not be about one thing


def related_to(article: Article, limit: int = 5) -> list[Article]:
    """Public articles of other digests, at most `DAYS_AROUND` days before or after, that share tags
    or cited publishers with one whose digest's parts are loaded; the nearest in subject first.

    What few articles share counts for more than what many do. Three queries at most, whose cost
    does not grow with the archive. Their digests are loaded.
    """
    around = dt.timedelta(days=DAYS_AROUND)
    day = article.digest.date
    public = Article.objects.published().exclude(digest=article.digest)
    near = public.filter(digest__date__range=(day - around, day + around))
    # Cut off, the list is made once and looked up by index; else a popular tag's articles of all
    # years are gone through instead.
    candidates = near.order_by("-digest__date").values("pk")[:MAX_CANDIDATES]
    tags = {tag.pk for tag in article.tags.all()}
    tagged = TaggedArticle.objects.filter(tag__in=tags, content_object__in=candidates)
    publishers = {citation.publisher_id for citation in article.citations.all()}
    citing = Citation.objects.filter(publisher__in=publishers, article__in=candidates)
    found = _Found(day)
    found.add(_shared(tagged, "content_object", "tag"), 1)
    found.add(_shared(citing, "article", "publisher"), PUBLISHER_WEIGHT)
    best = found.best(limit)
    related = Article.objects.filter(pk__in=best).select_related("digest").order_by()
    return sorted(related, key=lambda other: best.index(other.pk))


def _shared(links: models.QuerySet, article: str, shared: str) -> set[tuple]:
    """(primary key, day and position of an article, what it shares) of links to articles."""
    place = (article, f"{article}__digest__date", f"{article}__position")
    return set(links.order_by().values_list(*place, shared))


class _Found:
    """What articles have in common with one of `day`, and where they stand."""

    def __init__(self, day: dt.date):
        self.day = day
        self.scores: dict[int, float] = defaultdict(float)
        self.places: dict[int, tuple] = {}

    def add(self, rows: set[tuple], weight: float) -> None:
        """Add what each article shares, divided by how many share it."""
        sharing = Counter(shared for *_article, shared in rows)
        for article, date, position, shared in rows:
            self.scores[article] += weight / sharing[shared]
            self.places[article] = (abs(date - self.day), date, position)

    def best(self, limit: int) -> list[int]:
        """Primary keys, the best first; of those as good the nearest day first."""
        # Sums of the same fractions in another order differ in their last digits.
        ranks = {pk: (-round(score, 6), self.places[pk]) for pk, score in self.scores.items()}
        return sorted(ranks, key=ranks.get)[:limit]
