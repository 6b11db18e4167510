"""The paths of public pages."""

from collections.abc import Hashable
from functools import lru_cache

from django.urls import get_script_prefix, reverse


def path_to(name: str, *arguments: Hashable) -> str:
    """The path of a page, from the name of its URL pattern and the pattern's arguments.

    URL patterns never change while the site runs, so recent paths are cached.
    """
    return _path(get_script_prefix(), name, arguments)


@lru_cache(maxsize=8192)
def _path(_prefix: str, name: str, arguments: tuple[Hashable, ...]) -> str:
    return reverse(f"articles:{name}", args=arguments)
