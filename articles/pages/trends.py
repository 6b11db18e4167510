"""How often tags and citations occur, by week.

A week is seven days. The last week ends with the newest public digest. So all weeks are complete,
and nothing changes until the next digest comes out. Only published articles in the requested period
count, so the cost does not grow with the archive.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import F, QuerySet

from articles.models import Article, Citation, Digest, Publisher, Tag, TaggedArticle
from articles.rules.hidden_text import shown_line
from articles.rules.text import script_of

DAYS_A_WEEK = 7
YEAR = 52  # weeks
RECENT, EARLIER = 4, 12  # weeks whose shares are compared
FEWEST = 5  # articles with a tag in both periods together; with fewer, a change is chance
MOST_CHANGES = 8
MOST_RELATED = 8
MOST_PUBLISHERS = 10


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included: whole `weeks`.

    `whole` is a period of which this one is a part: what it has read is not read again.
    """

    last: dt.date
    weeks: int
    whole: "Period | None" = field(default=None, compare=False, repr=False)

    @property
    def first(self) -> dt.date:
        return _days_before(self.last, self.weeks * DAYS_A_WEEK - 1)

    def before(self, weeks: int) -> "Period":
        """The weeks that end just before this period."""
        return Period(_days_before(self.first, 1), weeks, self.whole or self)

    def latest(self, weeks: int) -> "Period":
        """The last weeks of this period."""
        return Period(self.last, weeks, self.whole or self)

    def week_of(self, date: dt.date) -> int:
        """The number of a day's week, counted from 0."""
        return self.weeks - 1 - (self.last - date).days // DAYS_A_WEEK

    def days(self) -> list[tuple[dt.date, dt.date]]:
        """The first and the last day of each week, oldest first."""
        ends = (DAYS_A_WEEK * number for number in reversed(range(self.weeks)))
        return [
            (_days_before(self.last, end + DAYS_A_WEEK - 1), _days_before(self.last, end))
            for end in ends
        ]

    @cached_property
    def articles(self) -> dict[int, int]:
        """The published articles (primary keys), each with the number of its week.

        All other queries use these primary keys. With a condition on days instead, a database may
        scan all articles.
        """
        if self._is_part_of(self.whole):
            skipped = self.whole.week_of(self.first)
            weeks = range(skipped, skipped + self.weeks)
            found = self.whole.articles.items()
            return {pk: week - skipped for pk, week in found if week in weeks}
        published = Digest.objects.published().filter(date__range=(self.first, self.last))
        days = published.order_by().values_list("pk", "date")
        weeks = {pk: self.week_of(date) for pk, date in days}
        articles = Article.objects.filter(digest__in=list(weeks)).order_by()
        return {pk: weeks[digest] for pk, digest in articles.values_list("pk", "digest")}

    @cached_property
    def tags(self) -> list[tuple[int, int]]:
        """Pairs (primary keys) of an article and one of its tags."""
        if self._is_part_of(self.whole):
            return [pair for pair in self.whole.tags if pair[0] in self.articles]
        return tags_of(self.articles)

    @property
    def tag_counts(self) -> Counter[int]:
        """How many of the articles have each tag (primary key)."""
        return Counter(tag for _article, tag in self.tags)

    def tagged(self, tag: Tag) -> list[int]:
        """The articles (primary keys) that have the tag."""
        return [article for article, pk in self.tags if pk == tag.pk]

    def _is_part_of(self, whole: "Period | None") -> bool:
        return whole is not None and whole.first <= self.first and self.last <= whole.last


@dataclass(frozen=True)
class Change:
    """The change of a tag: the number of articles with it and of all articles, `recent` and
    `earlier`."""

    tag: Tag
    recent: int
    earlier: int
    all_recent: int
    all_earlier: int

    @property
    def recent_share(self) -> float:
        return 100 * self.recent / self.all_recent

    @property
    def earlier_share(self) -> float:
        return 100 * self.earlier / self.all_earlier

    @property
    def points(self) -> float:
        """The difference of the shares in percentage points."""
        return self.recent_share - self.earlier_share

    @property
    def size(self) -> float:
        return abs(self.points)


def period(weeks: int) -> Period | None:
    """The last weeks up to the newest public digest; None if there is none."""
    dates = Digest.objects.published().newest_first().values_list("date", flat=True)
    last = dates.first()
    return Period(last, weeks) if last else None


def by_week(articles: Iterable[int], period: Period) -> list[int]:
    """The number of articles (primary keys) in each week. All of them must be in the period."""
    counts = Counter(period.articles[article] for article in articles)
    return [counts[week] for week in range(period.weeks)]


def citing(publisher: Publisher, articles: Iterable[int]) -> set[int]:
    """Those of the articles (primary keys) that cite the publisher."""
    citations = Citation.objects.filter(article__in=list(articles))
    found = _without_index(citations, "publisher_id", publisher.pk)
    return set(found.values_list("article", flat=True))


def publisher_counts(articles: Iterable[int]) -> Counter[int]:
    """How many of the articles (primary keys) cite each publisher (primary key)."""
    return Counter(publisher for _article, publisher in _citing(articles))


def most_used(model, counts: dict[int, int]) -> list:
    """The counted rows, each with its `recent_articles`: the most frequent first, then by name."""
    found = model.objects.in_bulk(list(counts)).values()
    for row in found:
        row.recent_articles = counts[row.pk]
    return sorted(found, key=lambda row: (-row.recent_articles, row.name))


def related(tag: Tag, tags: Iterable[tuple[int, int]]) -> list[Tag]:
    """The other tags of the articles with this tag, the most frequent first. `tags` are pairs
    (primary keys) of an article and one of its tags."""
    tags = list(tags)
    own = {article for article, pk in tags if pk == tag.pk}
    counts = Counter(pk for article, pk in tags if article in own and pk != tag.pk)
    return most_used(Tag, counts)[:MOST_RELATED]


def tags_of(articles: Iterable[int]) -> list[tuple[int, int]]:
    """Pairs (primary keys) of each of the articles and one of its tags.

    They are counted here: a database that counts may read the tags of all articles for it.
    """
    links = TaggedArticle.objects.filter(content_object__in=list(articles)).order_by()
    return list(links.values_list("content_object", "tag"))


def changes(recent: Period) -> list[Change]:
    """Every tag that is frequent enough, ordered by its change from the weeks before. Empty if one
    of the two periods has no articles."""
    earlier = recent.before(EARLIER)
    all_recent, all_earlier = len(recent.articles), len(earlier.articles)
    if not all_recent or not all_earlier:
        return []
    now, then = recent.tag_counts, earlier.tag_counts
    together = {pk: count for pk, count in (now + then).items() if count >= FEWEST}
    found = [
        Change(tag, now[tag.pk], then[tag.pk], all_recent, all_earlier)
        for tag in most_used(Tag, together)
    ]
    return sorted(found, key=lambda change: (-change.points, change.tag.name))


@dataclass(frozen=True)
class CitationMix:
    """Which publishers the articles of a period cite. Each publisher counts once per article.

    `articles` is the number of articles with citations, `without` the number without. `publishers`
    are the most frequent ones with their `recent_articles`; `others` is the number of further
    publishers. `with_portal` articles cite a portal. `single_citation` articles cite only one
    publisher. `scripts` are those of the publishers' names (see `text.script_of`).
    """

    articles: int
    without: int
    publishers: list[Publisher]
    others: int
    with_portal: int
    single_citation: int
    scripts: list[tuple[str | None, int]]


def citations(period: Period) -> CitationMix:
    pairs = _citing(period.articles)
    sizes = Counter(article for article, _publisher in pairs)
    publishers = most_used(Publisher, Counter(publisher for _article, publisher in pairs))
    portals = {publisher.pk for publisher in publishers if publisher.is_portal}
    scripts: Counter = Counter()
    for publisher in publishers:
        scripts[script_of(publisher.name)] += publisher.recent_articles
    return CitationMix(
        articles=len(sizes),
        without=len(period.articles) - len(sizes),
        publishers=publishers[:MOST_PUBLISHERS],
        others=len(publishers[MOST_PUBLISHERS:]),
        with_portal=len({article for article, publisher in pairs if publisher in portals}),
        single_citation=sum(size == 1 for size in sizes.values()),
        scripts=scripts.most_common(),
    )


def headline_scripts(period: Period) -> list[tuple[str | None, int]]:
    """The number of headlines in each script (see `text.script_of`), the most frequent first."""
    articles = Article.objects.filter(pk__in=list(period.articles)).order_by()
    headlines = articles.values_list("headline", flat=True)
    return Counter(script_of(shown_line(headline)) for headline in headlines).most_common()


def _without_index(rows: QuerySet, field: str, pk: int) -> QuerySet:
    """The rows whose field has the value. Adding 0 to the field prevents the use of its index: with
    it, a database would scan everything that was ever linked with a frequent tag or publisher."""
    return rows.order_by().alias(value=F(field) + 0).filter(value=pk)


def _citing(articles: Iterable[int]) -> set[tuple[int, int]]:
    """Pairs (primary keys) of an article and a publisher that it cites."""
    citations = Citation.objects.filter(article__in=list(articles))
    return set(citations.order_by().values_list("article", "publisher"))


def _days_before(date, days):
    return date - dt.timedelta(days=min(days, date.toordinal() - 1))
