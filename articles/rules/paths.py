"""The paths of public pages."""

from collections.abc import Hashable
from functools import lru_cache

from django.conf import settings
from django.urls import Resolver404, get_script_prefix, resolve, reverse

# Everything below is for programs; see `articles.api`.
FOR_PROGRAMS = "/api/"

# Pages of articles. Which of these addresses exist is known only from the digest.
_OF_ARTICLES = {"articles:article", "articles:article-json", "articles:article-markdown"}


def path_to(name: str, *arguments: Hashable) -> str:
    """The path of a page, from the name of its URL pattern and the pattern's arguments.

    URL patterns never change while the site runs, so recent paths are cached.
    """
    return _path(get_script_prefix(), name, arguments)


@lru_cache(maxsize=8192)
def _path(_prefix: str, name: str, arguments: tuple[Hashable, ...]) -> str:
    return reverse(f"articles:{name}", args=arguments)


def is_own(path: str) -> bool:
    """Whether a percent-decoded path, with or without a slash at its end, belongs to a page or file
    of this site other than an article."""
    places = (settings.STATIC_URL, settings.MEDIA_URL, "/admin/", "/preview/", FOR_PROGRAMS)
    if f"{path}/".startswith(places):
        return True
    return any(map(_is_page, {path, f"{path.rstrip('/')}/"}))


def _is_page(path: str) -> bool:
    try:
        return resolve(path).view_name not in _OF_ARTICLES
    except Resolver404:
        return False
