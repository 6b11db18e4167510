"""What this version of the software writes, told apart from what another one writes."""

import hashlib
from functools import cache
from importlib.metadata import version

from django.conf import settings

# The code, the templates and the translations that the bytes of a feed can come from.
_FILES = ("articles/**/*.py", "templates/articles/*.html", "locale/**/*.mo")
_LIBRARIES = ("Django", "comrak", "nh3")


@cache
def fingerprint() -> str:
    """The same in all processes that run the same code with the same libraries."""
    found = hashlib.sha256(" ".join(map(version, _LIBRARIES)).encode())
    for pattern in _FILES:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            found.update(str(path.relative_to(settings.BASE_DIR)).encode() + b"\0")
            found.update(path.read_bytes())
    return found.hexdigest()
