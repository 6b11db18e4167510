"""The addresses of feeds: the newest items, and the archives that precede them."""

from django.urls import path, register_converter

from articles.feeds import old_feeds, views
from articles.feeds.generators import FORMATS
from articles.models import Storyline, Tag
from articles.rules import converters

register_converter(converters.FeedFormatConverter, "feed_format")
register_converter(converters.FeedMonthConverter, "feed_month")
register_converter(converters.MomentConverter, "moment")

urlpatterns = [
    *(
        path(f"feeds/{name}.{kind}", views.newest, {"name": name, "kind": kind}, f"{name}-{kind}")
        for name in views.CHANNELS
        for kind in FORMATS
    ),
    *(
        pattern
        for name in views.CHANNELS
        for pattern in (
            path(
                f"feeds/{name}/<feed_month:month>.<feed_format:kind>",
                views.month,
                {"name": name},
                f"{name}-month",
            ),
            path(
                f"feeds/{name}/before/<moment:before>.<feed_format:kind>",
                views.before,
                {"name": name},
                f"{name}-before",
            ),
        )
    ),
    *(
        pattern
        for place, name, model in (("tags", "tag", Tag), ("storylines", "storyline", Storyline))
        for pattern in (
            *(
                path(
                    f"{place}/<str:slug>/feed.{kind}",
                    views.newest_of,
                    {"model": model, "kind": kind},
                    f"{name}-{kind}",
                )
                for kind in FORMATS
            ),
            path(
                f"{place}/<str:slug>/feed/<feed_month:month>.<feed_format:kind>",
                views.month_of,
                {"model": model},
                f"{name}-month",
            ),
            path(
                f"{place}/<str:slug>/feed/before/<moment:before>.<feed_format:kind>",
                views.before_of,
                {"model": model},
                f"{name}-before",
            ),
        )
    ),
    *(
        path(address, old_feeds.moved, {"kind": kind}, "old-feed")
        for address, kind in old_feeds.KINDS.items()
    ),
]
