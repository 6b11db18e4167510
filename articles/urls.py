"""Public addresses. They are permanent: what moves leaves a redirect behind."""

from django.urls import path, register_converter

from articles import converters
from articles.feeds.digests import DigestFeed
from articles.views import archive, health, pages

register_converter(converters.DayConverter, "day")
register_converter(converters.MonthConverter, "month")
register_converter(converters.YearConverter, "year")

app_name = "articles"
urlpatterns = [
    # Issues
    path("", pages.home, name="home"),
    path("<day:date>/", pages.day, name="day"),
    # Archive
    path("archive/", archive.overview, name="archive"),
    path("<year:first>/", archive.year, name="year"),
    path("<month:first>/", archive.month, name="month"),
    # Topics
    path("tags/", pages.tags, name="tags"),
    path("tags/<str:slug>/", pages.tag, name="tag"),
    # Feeds
    path("feeds/digests.rss", DigestFeed(), name="digests-rss"),
    # Operation
    path("healthz", health.alive, name="healthz"),
]
