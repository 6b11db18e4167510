"""Addresses for programs, below `/api/`. Like all others, they are permanent."""

from django.urls import path, re_path, register_converter

from articles.api import candidates, views
from articles.rules import converters

register_converter(converters.IsoDayConverter, "iso_day")

urlpatterns = [
    path("v1/digests", views.digests, name="api-digests"),
    path("v1/digests/<iso_day:date>", views.digest, name="api-digest"),
    path("v1/digests/<iso_day:date>/pushes", views.push, name="api-pushes"),
    path("v1/candidates", candidates.candidates, name="api-candidates"),
    # All else, so that without a token nobody learns what there is.
    re_path("", views.nowhere, name="api-nowhere"),
]
