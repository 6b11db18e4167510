"""Public addresses. They are permanent: what moves leaves a redirect behind."""

from django.urls import path, register_converter

from articles import converters
from articles.feeds.digests import DigestFeed
from articles.views import archive, corrections, health, pages, preview_link, twins

register_converter(converters.DayConverter, "day")
register_converter(converters.MonthConverter, "month")
register_converter(converters.YearConverter, "year")
register_converter(converters.PreviewTokenConverter, "preview_token")

app_name = "articles"
urlpatterns = [
    # Issues
    path("", pages.home, name="home"),
    path("<day:date>/", pages.day, name="day"),
    path("<day:date>.md", twins.markdown, name="day-markdown"),
    path("<day:date>.json", twins.json, name="day-json"),
    path("corrections/", corrections.listing, name="corrections"),
    path("preview/<preview_token:token>/", preview_link.show, name="preview-link"),
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
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
