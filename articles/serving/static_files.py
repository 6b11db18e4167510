"""The addresses of static files, which have a hash of their contents in their names."""

import filecmp
import os
import shutil
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
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
        is_missing = _are_collected() and not staticfiles_storage.hashed_files
        reason = "there is no list of them"
    except OSError as error:
        is_missing, reason = True, str(error)
    if is_missing:
        raise ImproperlyConfigured(
            f"The static files in {settings.STATIC_ROOT} are missing ({reason}). Run, as the "
            "account of the site: manage.py prepare"
        )


def are_outdated() -> bool:
    """Whether the code has other static files than were collected."""
    if not _are_collected():
        return False
    listing = Path(staticfiles_storage.path(staticfiles_storage.manifest_name))
    return differ_since(listing.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def differ_since(_collected_at: int) -> bool:
    """Whether a file of the code is not as it was collected. Files are read once: they change with
    the code, and then the process is started again."""
    sources: dict[str, str] = {}
    for finder in get_finders():
        for name, storage in finder.list([]):
            sources.setdefault(name, storage.path(name))
    try:
        return not all(
            filecmp.cmp(path, staticfiles_storage.path(name), shallow=False)
            for name, path in sources.items()
        )
    except OSError:
        return True


def _are_collected() -> bool:
    return isinstance(staticfiles_storage, ManifestFilesMixin) and not settings.DEBUG
