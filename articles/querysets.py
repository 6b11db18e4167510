"""Questions asked of the models, each in one place.

`published()` is the only gate to the public: pages, feeds, sitemaps, search and export
all start from it.
"""

import datetime as dt
from heapq import nlargest

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, Func, OuterRef, Prefetch, Q, Subquery, When
from django.db.models.functions import Now
from django.db.models.lookups import In

from articles.fields import LONG_TEXTS
from articles.rules.text import fold, slugify

# Days in which a page looks for articles before it asks for all there ever were.
LAST_DAYS = dt.timedelta(days=400)
# Fields of digests that a link to one shows.
OF_A_LINK = ("date", "title", "language")


class _Unindexed(Func):
    """An expression for which SQLite uses no index.

    Nearly all digests are published, which SQLite does not know: it would read every one of them
    through the index of the status where that of the date leads to the one or the few asked for.
    (The unary plus: https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_)
    """

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


class DigestQuerySet(models.QuerySet):
    def published(self):
        """Digests that readers may see now.

        A scheduled digest whose hour has passed counts, whether or not anything ran at
        that hour. The database's clock decides, so that all web processes agree.
        """
        status = self.model.Status
        has_come_out = In(_Unindexed("status"), [status.PUBLISHED, status.SCHEDULED])
        return self.filter(has_come_out, publish_at__lte=Now())

    def due(self):
        """Scheduled digests whose hour has come, which nothing has marked as published yet."""
        return self.filter(status=self.model.Status.SCHEDULED, publish_at__lte=Now())

    def newest_first(self):
        return self.order_by("-date")

    def came_out(self, *, since=None, before=None, limit=None, oldest_first=False):
        """`(pk, publish_at)` of the digests that came out from `since` on and before `before`, the
        newest first, or the oldest; in two queries that cost the same however long the archive is.
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
        """With their articles, as far as lists show them."""
        articles = apps.get_model("articles.Article").objects.order_by("position")
        return self.prefetch_related(Prefetch("articles", articles.defer(*LONG_TEXTS)))

    def latest_one(self):
        return self.newest_first().first()

    def previous_to(self, date):
        return self.filter(date__lt=date).newest_first().only(*OF_A_LINK).first()

    def next_to(self, date):
        return self.filter(date__gt=date).order_by("date").only(*OF_A_LINK).first()

    def newest_linked(self, links, article, limit):
        """A list of the newest digests with articles that have such links (rows that name an
        article in their field `article`), and these articles as `listed_articles` of each.

        What is written about often is found among the last days, at the same cost however long
        the archive is. What is not has few links, and the rest is found from those.
        """
        newest = self.newest_first()
        last = newest.values_list("date", flat=True).first()
        if last is None:
            return []
        articles = apps.get_model("articles.Article").objects.linked(links, article)
        listed = articles.order_by("position").defer(*LONG_TEXTS)
        days = newest.prefetch_related(Prefetch("articles", listed, "listed_articles"))
        since = last - min(LAST_DAYS, last - dt.date.min)
        has_some = Exists(articles.filter(digest=OuterRef("pk")))
        found = list(days.filter(has_some, date__range=(since, last))[:limit])
        if len(found) < limit:
            # Step by step: at once, PostgreSQL would look for them in every digest there is.
            # Without hidden ones, whose number nobody shall tell from the time that it takes.
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
        """Articles that are named in the field `article` of such rows."""
        return self.filter(Exists(links.filter(**{article: OuterRef("pk")})))

    def tagged(self, tag):
        return self.linked(tag.tagged_articles.all(), "content_object")


class CorrectionQuerySet(models.QuerySet):
    def published(self):
        """Corrections of published digests."""
        digests = apps.get_model("articles.Digest").objects.published()
        return self.filter(Exists(digests.filter(pk=OuterRef("digest"))))


class AddressedQuerySet(models.QuerySet):
    """Tags and publishers: named things with an address that can change."""

    link = ""  # the path from articles to these rows

    def in_use(self):
        """Rows that readers can know of: with at least one published article."""
        return _with_public_article(self, self.link)

    def known_at(self, slug: str):
        """The row that readers find at an address, else the one that they once found there, or
        None."""
        known = self.in_use()
        former = known.filter(redirects__slug=slug, redirects__is_known=True)
        return known.filter(slug=slug).first() or former.first()


class TagQuerySet(AddressedQuerySet):
    link = "tagged_articles__tag"

    def same_as(self, name: str):
        """The tag whose name counts as the same, or None."""
        return self.filter(folded=fold(name)).first()

    def moved_to(self, slug: str):
        """The tag that an old address leads to at the desk, or None. Readers may not have known
        the tag by that address."""
        return self.filter(redirects__slug=slug).first()

    def present_name(self, name: str) -> str:
        """The name that a tag has now which once had this one. Renamed and merged tags are found
        by their addresses. A tag that is gone keeps its name."""
        slug = slugify(name)
        tag = self.same_as(name) or self.filter(slug=slug).first() or self.moved_to(slug)
        return tag.name if tag else name


class PublisherQuerySet(AddressedQuerySet):
    link = "citations__publisher"


# When readers meet what an article links to: they have it by a schedule that nothing has carried
# out yet, they have it, or they will have it.
SEEN, OUT, PLANNED = 0, 1, 2


def first_met(links, named, article, digest=None):
    """Of links between an article (their field `article`) and something with a name that readers do
    not know (their field `named`), those that readers meet or will, in that order; `stage` is one
    of the above. With a digest, only its own, and those of all that are scheduled."""
    digests, path = apps.get_model("articles.Digest").objects, f"{article}__digest"
    status = digests.model.Status
    if digest is not None:
        planned = digests.filter(status=status.SCHEDULED).values_list("pk", flat=True)
        links = links.filter(**{f"{path}__in": [digest.pk, *planned]})
    is_planned = Q(**{f"{path}__status": status.SCHEDULED})
    has_come = is_planned & Q(**{f"{path}__publish_at__lte": Now()})
    stage = Case(When(has_come, then=SEEN), When(is_planned, then=PLANNED), default=OUT)
    met = {f"{path}__status__in": [status.PUBLISHED, status.SCHEDULED]}
    met[f"{named}__is_known"] = False
    order = ("stage", f"{path}__publish_at", path, f"{article}__position", "pk")
    return links.filter(**met).annotate(stage=stage).order_by(*order)


def in_public_digest(rows, digest):
    """The rows whose field `digest` names one that readers may see. It is asked for each row: all
    at once, PostgreSQL would look through every digest there is."""
    published = apps.get_model("articles.Digest").objects.published()
    one = published.filter(pk=OuterRef(digest)).order_by().values("pk")[:1]
    return rows.alias(public_digest=Subquery(one)).filter(public_digest__isnull=False)


def _with_public_article(rows, link):
    """The rows to which `link` leads from at least one published article. One article is fetched
    for each: asked whether there are any, PostgreSQL would go through all of them."""
    articles = apps.get_model("articles.Article").objects.published()
    one = articles.filter(**{link: OuterRef("pk")}).order_by().values("pk")[:1]
    return rows.alias(public_article=Subquery(one)).filter(public_article__isnull=False)
