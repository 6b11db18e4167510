"""A fingerprint of the software. An upgrade changes the entity tags of feeds, and ends that
processes take pages from each other."""

import hashlib
from functools import cache
from importlib.metadata import version

from django.conf import settings

# Code, templates and translations that determine the bytes of a page or a feed.
_FILES = ("articles/**/*.py", "newsroom/**/*.py", "templates/**/*.html", "locale/**/*.mo")
_LIBRARIES = ("Django", "comrak", "nh3")


@cache
def fingerprint() -> str:
    """The same in all processes that run the same code with the same library versions."""
    found = hashlib.sha256(" ".join(map(version, _LIBRARIES)).encode())
    for pattern in _FILES:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            found.update(str(path.relative_to(settings.BASE_DIR)).encode() + b"\0")
            found.update(path.read_bytes())
    return found.hexdigest()
