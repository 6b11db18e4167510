"""Public addresses. They are permanent: what moves leaves a redirect behind."""

from django.urls import include, path, register_converter

from articles.feeds import subscribing
from articles.rules import converters
from articles.views import (
    about,
    archive,
    article,
    cards,
    corrections,
    health,
    machines,
    metrics,
    pages,
    pictures,
    preview_link,
    publishers,
    search,
    sitemaps,
    storylines,
    tags,
    twins,
)

register_converter(converters.DayConverter, "day")
register_converter(converters.MonthConverter, "month")
register_converter(converters.YearConverter, "year")
register_converter(converters.DecadeConverter, "decade")
register_converter(converters.PreviewTokenConverter, "preview_token")
register_converter(converters.ArticleSlugConverter, "article_slug")
register_converter(converters.PictureWidthConverter, "picture_width")

app_name = "articles"
urlpatterns = [
    # Digests
    path("", pages.home, name="home"),
    path("<day:date>/", pages.day, name="day"),
    path("<day:date>.md", twins.markdown, name="day-markdown"),
    path("<day:date>.json", twins.json, name="day-json"),
    path("<day:date>/<article_slug:slug>/", article.show, name="article"),
    path("<day:date>/<article_slug:slug>.md", twins.article_markdown, name="article-markdown"),
    path("<day:date>/<article_slug:slug>.json", twins.article_json, name="article-json"),
    path("pictures/<uuid:uid>/<picture_width:width>.webp", pictures.picture, name="picture"),
    path("about/", about.show, name="about"),
    path("corrections/", corrections.listing, name="corrections"),
    path("preview/<preview_token:token>/", preview_link.show, name="preview-link"),
    path(
        "preview/<preview_token:token>/pictures/<uuid:uid>/<picture_width:width>.webp",
        preview_link.picture,
        name="preview-link-picture",
    ),
    # Archive
    path("archive/", archive.overview, name="archive"),
    path("<year:first>/", archive.year, name="year"),
    path("<month:first>/", archive.month, name="month"),
    # Tags
    path("tags/", tags.tags, name="tags"),
    path("tags/<str:slug>/", tags.tag, name="tag"),
    path("topics/", tags.compared, name="topics"),
    # Storylines
    path("storylines/<str:slug>/", storylines.show, name="storyline"),
    # Citations
    path("publishers/", publishers.listing, name="publishers"),
    path("publishers/<str:slug>/", publishers.show, name="publisher"),
    # Search
    path("search/", search.results, name="search"),
    # Feeds
    path("subscribe/", subscribing.page, name="subscribe"),
    path("", include("articles.feeds.urls")),
    # Machines
    path("cards/<day:date>.<slug:mark>.png", cards.day, name="day-card"),
    path("cards/<day:date>/<str:slug>.<slug:mark>.png", cards.article, name="article-card"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/<decade:first>.xml", sitemaps.decade, name="sitemap-decade"),
    path("sitemaps/<month:first>.xml", sitemaps.month, name="sitemap-month"),
    path("sitemaps/pages.xml", sitemaps.pages, name="sitemap-pages"),
    path("sitemaps/topics.xml", sitemaps.tags, name="sitemap-topics"),
    path("news-sitemap.xml", sitemaps.news, name="news-sitemap"),
    path("robots.txt", machines.robots, name="robots"),
    path("llms.txt", machines.llms, name="llms"),
    path("opensearch.xml", machines.opensearch, name="opensearch"),
    path("manifest.webmanifest", machines.manifest, name="manifest"),
    path(".well-known/security.txt", machines.security, name="security-txt"),
    path("favicon.ico", machines.favicon, name="favicon"),
    # Programs
    path("api/", include("articles.api.urls")),
    # Operation
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.show, name="metrics"),
]
