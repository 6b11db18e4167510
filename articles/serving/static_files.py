"""The addresses of static files, which have a hash of their contents in their names."""

import os
import shutil
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Finds the address of each file once: a page of the desk names fifty. Compresses each text
    once: it has a name with a hash and one without."""

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

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress files, and yield the names of each and of what is made of it."""
        alike: dict[tuple[str, bytes], list[str]] = {}
        for path in sorted(paths):
            text = Path(self.path(path)).read_bytes()
            alike.setdefault((PurePosixPath(path).suffix, sha256(text).digest()), []).append(path)
        others = {first: rest for first, *rest in alike.values()}
        for first, compressed in super().compress_files(others):
            yield first, compressed
            for other in others[first]:
                yield other, self._copy(compressed, other, compressed.removeprefix(first))

    def _copy(self, compressed: str, path: str, ending: str) -> str:
        """Copy what was made of one file for another, as if it were made of that; its name."""
        times, target = Path(self.path(path)).stat(), self.path(path + ending)
        shutil.copyfile(self.path(compressed), target)
        os.utime(target, (times.st_atime, times.st_mtime))
        return path + ending


def refuse_missing() -> None:
    """Raise ImproperlyConfigured if no static files were collected: every page names some, so that
    none could be made."""
    try:
        collects = isinstance(staticfiles_storage, ManifestFilesMixin) and not settings.DEBUG
        is_missing = collects and not staticfiles_storage.hashed_files
        reason = "there is no list of them"
    except OSError as error:
        is_missing, reason = True, str(error)
    if is_missing:
        raise ImproperlyConfigured(
            f"The static files in {settings.STATIC_ROOT} are missing ({reason}). Run, as the "
            "account of the site: manage.py prepare"
        )
