"""The addresses of static files, which have a hash of their contents in their names."""

from typing import Any

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Finds the address of each file once: a page of the desk names fifty."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._found: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """The address of a file by its name; `force` also gives the hashed one with DEBUG."""
        if settings.DEBUG or force:
            return super().url(name, force)
        address = self._found.get(name)
        if address is None:
            address = self._found[name] = super().url(name)
        return address
