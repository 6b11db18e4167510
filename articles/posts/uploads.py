"""Uploaded posts, stored between the report of what an import would change and the import."""

import datetime as dt
import uuid
from collections.abc import Callable
from io import BytesIO
from pathlib import PurePosixPath

from django.utils import timezone
from django.utils.translation import gettext as _

from articles.document import DocumentError
from articles.models import Digest, Upload
from articles.posts.post_files import SUFFIXES, PostFile, UnusableZip, posts_in_zip

MAX_BYTES = 20 * 1024 * 1024
MAX_POSTS = 1_000
MAX_KEPT = 5  # per user
KEPT_FOR = dt.timedelta(days=1)


class Unusable(ValueError):
    """Nothing can be imported from the file; the message is a sentence that says why."""


def keep(user, name: str, content: bytes) -> Upload:
    """Store a file with posts; the newest five uploads of each user are kept.

    Raises Unusable.
    """
    if len(content) > MAX_BYTES:
        message = _("The file is larger than %(limit)d MB. Split it.")
        raise Unusable(message % {"limit": MAX_BYTES // 1024**2})
    upload = Upload(user=user, name=name[-255:], content=content)
    post_files(upload)
    upload.save()
    older = Upload.objects.filter(user=user).order_by("-created_at", "-pk")
    Upload.objects.filter(pk__in=list(older.values_list("pk", flat=True)[MAX_KEPT:])).delete()
    return upload


def find(user, key: uuid.UUID) -> Upload | None:
    """The user's own upload with this key; None if there is none."""
    return Upload.objects.filter(user=user, key=key, created_at__gt=_oldest()).first()


def purge() -> int:
    """Delete uploads that are a day old and were not imported; returns their number."""
    return Upload.objects.filter(created_at__lte=_oldest()).delete()[0]


def post_files(upload: Upload) -> list[PostFile]:
    """The posts in an upload, sorted by name. Raises Unusable."""
    content = bytes(upload.content)
    suffix = PurePosixPath(upload.name).suffix.lower()
    if suffix in SUFFIXES:
        return [PostFile(upload.name, lambda limit: content[:limit])]
    if suffix != ".zip":
        raise Unusable(_("Choose a Markdown file (.md) or a zip archive of such files."))
    try:
        found = posts_in_zip(BytesIO(content))
    except UnusableZip as error:
        raise Unusable(str(error)) from error
    if not found:
        raise Unusable(_("There are no Markdown files (.md) in the archive."))
    if len(found) > MAX_POSTS:
        message = _("The archive holds more than %(limit)d posts. Split it.")
        raise Unusable(message % {"limit": MAX_POSTS})
    return sorted(found, key=lambda post_file: (post_file.stem, post_file.name))


class Gate:
    """Refuses a post if its user may not change the digest, or if the digest was saved after the
    user looked at the changes.

    `versions` collects the versions of the digests that the posts of a run would change, by primary
    key. `seen` has those of the run that the user looked at; None skips this check.
    """

    def __init__(self, may_change: Callable[[Digest], bool], seen: dict[int, int] | None = None):
        self.may_change, self.seen = may_change, seen
        self.versions: dict[int, int] = {}

    def check(self, digest: Digest) -> None:
        """Allow a change of a locked digest, or raise DocumentError."""
        if not self.may_change(digest):
            raise DocumentError([(1, _("Only editors change a digest that readers see."))])
        if self.seen is not None and self.seen.get(digest.pk) != digest.version:
            message = _("Somebody changed this digest meanwhile. Look at it again.")
            raise DocumentError([(1, message)])
        self.versions[digest.pk] = digest.version


def _oldest() -> dt.datetime:
    return timezone.now() - KEPT_FOR
