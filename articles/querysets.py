"""Questions asked of the models, each in one place.

`published()` is the only gate to the public: pages, feeds, sitemaps, search and export
all start from it.
"""

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch
from django.db.models.functions import ExtractMonth, ExtractYear, Now


class DigestQuerySet(models.QuerySet):
    def published(self):
        """Digests that readers may see now.

        A scheduled digest whose hour has passed counts, whether or not anything ran at
        that hour. The database's clock decides, so that all web processes agree.
        """
        status = self.model.Status
        return self.filter(status__in=[status.PUBLISHED, status.SCHEDULED], publish_at__lte=Now())

    def due(self):
        """Scheduled digests whose hour has come, which nothing has marked as published yet."""
        return self.filter(status=self.model.Status.SCHEDULED, publish_at__lte=Now())

    def newest_first(self):
        return self.order_by("-date")

    def for_page(self):
        """With everything one page or feed item shows, in a fixed number of queries."""
        return self.prefetch_related(
            "articles__citations__publisher", "articles__tags", "corrections"
        )

    def previous_to(self, date):
        return self.filter(date__lt=date).newest_first().first()

    def next_to(self, date):
        return self.filter(date__gt=date).order_by("date").first()

    def tagged(self, tag):
        """Digests with at least one article that has the tag."""
        tagged = tag.tagged_articles.filter(content_object__digest=OuterRef("pk"))
        return self.filter(Exists(tagged))

    def with_articles_tagged(self, tag):
        """With the tag's articles, ready to list, as `tagged_articles` of each digest."""
        articles = apps.get_model("articles.Article").objects.tagged(tag).order_by("position")
        return self.prefetch_related(
            Prefetch(
                "articles", articles.prefetch_related("citations__publisher"), "tagged_articles"
            )
        )

    def month_counts(self):
        """Rows of `{"year", "month", "digests"}` for every month with a digest, oldest first."""
        return (
            self.values(year=ExtractYear("date"), month=ExtractMonth("date"))
            .annotate(digests=Count("pk"))
            .order_by("year", "month")
        )


class ArticleQuerySet(models.QuerySet):
    def published(self):
        """Articles of published digests."""
        return self.filter(digest__in=apps.get_model("articles.Digest").objects.published())

    def tagged(self, tag):
        return self.filter(tagged_articles__tag=tag)


class TagQuerySet(models.QuerySet):
    def in_use(self):
        """Tags that readers can know of: with at least one published article, counted, by name."""
        digests = apps.get_model("articles.Digest").objects.published()
        on_public = models.Q(tagged_articles__content_object__digest__in=digests)
        counted = self.annotate(published_articles=Count("tagged_articles", filter=on_public))
        # Counting takes the model's own order away; what is left depends on hidden tags too.
        return counted.filter(published_articles__gt=0).order_by("name")
