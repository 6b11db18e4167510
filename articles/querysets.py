"""The queries of the models, each in one place.

`published()` is the only gate to the public. Pages, feeds, sitemaps, search and export all start
from it.
"""

import datetime as dt
from heapq import nlargest

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, Func, OuterRef, Prefetch, Q, Subquery, When
from django.db.models.functions import Now
from django.db.models.lookups import In

from articles.fields import LONG_TEXTS
from articles.rules.text import fold, slugify

# Search the last 400 days before the whole archive.
LAST_DAYS = dt.timedelta(days=400)
# The fields of a digest that a link to it needs.
OF_A_LINK = ("date", "title", "language")


class Unindexed(Func):
    """An expression that prevents SQLite from using an index.

    Nearly all digests are published, but SQLite does not know that. It would read all of them
    through the index on the status. The index on the date leads to the few rows that a query needs.
    (The unary plus:
    https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_)
    """

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


class _Start(Func):
    """The first day of the year or month in which a day is."""

    arity = 1
    output_field = models.DateField()
    template = "date(%(expressions)s, 'start of %(kind)s')"

    def as_postgresql(self, compiler, connection, **context):
        template = "date_trunc('%(kind)s', %(expressions)s)::date"
        return self.as_sql(compiler, connection, template=template, **context)


class DigestQuerySet(models.QuerySet):
    def dates(self, field_name, kind, order="ASC"):
        """As Django's. Django lets SQLite call Python for each row; its own functions find the
        years of a long archive ten times as fast."""
        if kind not in ("year", "month"):
            return super().dates(field_name, kind, order)
        known = self.filter(**{f"{field_name}__isnull": False})
        starts = known.annotate(start=_Start(field_name, kind=kind)).values_list("start", flat=True)
        return starts.distinct().order_by("start" if order == "ASC" else "-start")

    def published(self):
        """Digests that readers may see now.

        A scheduled digest counts once its hour has passed, whether or not a job ran at that hour.
        The database's clock decides, so that all web processes agree.
        """
        status = self.model.Status
        has_come_out = In(Unindexed("status"), [status.PUBLISHED, status.SCHEDULED])
        return self.filter(has_come_out, publish_at__lte=Now())

    def due(self):
        """Scheduled digests whose hour has come and that are not marked as published yet."""
        return self.filter(status=self.model.Status.SCHEDULED, publish_at__lte=Now())

    def newest_first(self):
        return self.order_by("-date")

    def came_out(self, *, since=None, before=None, limit=None, oldest_first=False):
        """`(pk, publish_at)` of the digests that came out at or after `since` and before `before`.

        The newest come first, or the oldest. It takes two queries; their cost does not depend on
        the length of the archive.
        """
        published = self.published()
        if since is not None:
            published = published.filter(publish_at__gte=since)
        if before is not None:
            published = published.filter(publish_at__lt=before)
        order = "publish_at" if oldest_first else "-publish_at"
        rows = []
        for status in (self.model.Status.PUBLISHED, self.model.Status.SCHEDULED):
            of_one = published.filter(status=status).order_by(order, "pk")
            rows += of_one.values_list("pk", "publish_at")[:limit]
        return sorted(rows, key=lambda row: row[1], reverse=not oldest_first)[:limit]

    def with_headlines(self):
        """Prefetch the articles with only the fields that lists show."""
        articles = apps.get_model("articles.Article").objects.order_by("position")
        return self.prefetch_related(Prefetch("articles", articles.defer(*LONG_TEXTS)))

    def latest_one(self):
        return self.newest_first().first()

    def previous_to(self, date):
        return self.filter(date__lt=date).newest_first().only(*OF_A_LINK).first()

    def next_to(self, date):
        return self.filter(date__gt=date).order_by("date").only(*OF_A_LINK).first()

    def neighbours_of(self, date):
        """The digests of the last day before a day and of the first one after it, each None if
        there is none. Only what a link needs is loaded, with the headline of the first article as
        `lead` and the number of articles as `article_count`. One query."""
        before = self.filter(date__lt=date).newest_first().values("date")[:1]
        after = self.filter(date__gt=date).order_by("date").values("date")[:1]
        nearest = Q(date=Subquery(before)) | Q(date=Subquery(after))
        rows = self.filter(nearest).order_by("articles__position")
        found = {}
        for *values, headline in rows.values_list(*OF_A_LINK, "articles__headline"):
            digest = self.model(**dict(zip(OF_A_LINK, values, strict=True)))
            digest = found.setdefault(digest.date < date, digest)
            digest.lead = getattr(digest, "lead", headline)
            digest.article_count = getattr(digest, "article_count", 0) + 1
        return found.get(True), found.get(False)

    def newest_linked(self, links, article, limit):
        """The newest digests whose articles have such links, as a list. Links are rows that name an
        article in their field `article`. Each digest has these articles as `listed_articles`, the
        headline of its first article as `lead` and their number as `article_count`.

        A frequent subject is found in the last days, at a cost that does not depend on the length
        of the archive. A rare subject has few links, so the rest is found from those.
        """
        newest = self.newest_first()
        last = newest.values_list("date", flat=True).first()
        if last is None:
            return []
        articles = apps.get_model("articles.Article").objects.linked(links, article)
        listed = articles.order_by("position").defer(*LONG_TEXTS)
        days = newest.prefetch_related(Prefetch("articles", listed, "listed_articles"))
        own = apps.get_model("articles.Article").objects.filter(digest=OuterRef("pk"))
        count = own.order_by().values("digest").annotate(number=Count("pk")).values("number")
        lead = own.order_by("position").values("headline")[:1]
        days = days.annotate(lead=Subquery(lead), article_count=Subquery(count))
        since = last - min(LAST_DAYS, last - dt.date.min)
        has_some = Exists(articles.filter(digest=OuterRef("pk")))
        found = list(days.filter(has_some, date__range=(since, last))[:limit])
        if len(found) < limit:
            # Two steps: in one query, PostgreSQL would scan every digest. Hidden digests are left
            # out, so that the response time does not reveal how many there are.
            public = in_public_digest(links, f"{article}__digest").order_by()
            having = set(public.values_list(f"{article}__digest", flat=True))
            earlier = self.filter(pk__in=having, date__lt=since).order_by()
            dates = nlargest(limit - len(found), earlier.values_list("date", flat=True))
            found += days.filter(date__in=dates)
        return found


class ArticleQuerySet(models.QuerySet):
    def published(self):
        """Articles of published digests."""
        digests = apps.get_model("articles.Digest").objects.published()
        return self.filter(Exists(digests.filter(pk=OuterRef("digest"))))

    def linked(self, links, article):
        """Articles that such rows name in their field `article`."""
        return self.filter(Exists(links.filter(**{article: OuterRef("pk")})))

    def tagged(self, tag):
        return self.linked(tag.tagged_articles.all(), "content_object")


class CorrectionQuerySet(models.QuerySet):
    def published(self):
        """Corrections of published digests."""
        digests = apps.get_model("articles.Digest").objects.published()
        return self.filter(Exists(digests.filter(pk=OuterRef("digest"))))


class AddressedQuerySet(models.QuerySet):
    """Tags and publishers: named rows with an address that can change."""

    link = ""  # the path from articles to these rows
    least_articles = 1  # so many published ones make a page

    def in_use(self):
        """Rows that have a page for readers: those with enough published articles."""
        return _with_public_article(self, self.link, self.least_articles)

    def known_at(self, slug: str):
        """The row at an address, else the row that readers once found there, else None."""
        known = self.in_use()
        former = known.filter(redirects__slug=slug, redirects__is_known=True)
        return known.filter(slug=slug).first() or former.first()


class FoldedQuerySet(AddressedQuerySet):
    """Tags and storylines: rows that are one if their names count as equal."""

    def same_as(self, name: str):
        """The row whose name counts as equal to this one, or None."""
        return self.filter(folded=fold(name)).first()

    def moved_to(self, slug: str):
        """The row that a former address leads to at the desk, or None. Readers may never have known
        the row by that address."""
        return self.filter(redirects__slug=slug).first()

    def present_name(self, name: str) -> str:
        """The present name of the row that once had this name. Renamed and merged rows are found by
        their former addresses. If the row no longer exists, the name is returned unchanged."""
        slug = slugify(name)
        row = self.same_as(name) or self.filter(slug=slug).first() or self.moved_to(slug)
        return row.name if row else name


class TagQuerySet(FoldedQuerySet):
    link = "tagged_articles__tag"


class StorylineQuerySet(FoldedQuerySet):
    link = "storyline_entry__storyline"
    # News that readers have met once is no storyline yet.
    least_articles = 2


class PublisherQuerySet(AddressedQuerySet):
    link = "citations__publisher"


# When readers meet the target of an article's link. SEEN: its schedule has passed, but the digest
# is not marked as published yet. OUT: the digest is out. PLANNED: it is scheduled for later.
SEEN, OUT, PLANNED = 0, 1, 2


def planned_digests():
    """The primary keys of all scheduled digests."""
    digests = apps.get_model("articles.Digest").objects
    return digests.filter(status=digests.model.Status.SCHEDULED).values_list("pk", flat=True)


def first_met(links, named, article, digests=None):
    """The links whose article readers have or will have, in the order in which they meet them.

    A link connects an article (its field `article`) with something named that readers do not know
    yet (its field `named`). `stage` is SEEN, OUT or PLANNED. With `digests` (primary keys), only
    the links of these are returned; all that are scheduled have to be among them.
    """
    status, path = apps.get_model("articles.Digest").Status, f"{article}__digest"
    if digests is not None:
        links = links.filter(**{f"{path}__in": digests})
    is_planned = Q(**{f"{path}__status": status.SCHEDULED})
    has_come = is_planned & Q(**{f"{path}__publish_at__lte": Now()})
    stage = Case(When(has_come, then=SEEN), When(is_planned, then=PLANNED), default=OUT)
    met = {f"{path}__status__in": [status.PUBLISHED, status.SCHEDULED]}
    met[f"{named}__is_known"] = False
    order = ("stage", f"{path}__publish_at", path, f"{article}__position", "pk")
    return links.filter(**met).annotate(stage=stage).order_by(*order)


def in_public_digest(rows, digest):
    """The rows whose field `digest` names a public digest. The query tests each row separately:
    otherwise PostgreSQL would scan every digest."""
    published = apps.get_model("articles.Digest").objects.published()
    one = published.filter(pk=OuterRef(digest)).order_by().values("pk")[:1]
    return rows.alias(public_digest=Subquery(one)).filter(public_digest__isnull=False)


def _with_public_article(rows, link, least):
    """The rows that at least so many published articles link to through `link`. The query fetches
    one article per row: with EXISTS, PostgreSQL would scan all articles."""
    articles = apps.get_model("articles.Article").objects.published()
    linked = articles.filter(**{link: OuterRef("pk")}).order_by().values("pk")
    one = linked[least - 1 : least]
    return rows.alias(public_article=Subquery(one)).filter(public_article__isnull=False)
