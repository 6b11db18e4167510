"""Exports digests as files: posts for a static site generator, or JSON documents."""

import datetime as dt
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from articles import document
from articles.digests import revisions
from articles.document import DocumentError, day_in_name
from articles.models import Article, Digest, Revision
from articles.posts import json_document, public_snapshots
from articles.posts.folder import Folder, Report

DIGESTS_AT_ONCE = 100
MAX_STEM_BYTES = 200
_SAFE = re.compile(r"""[^/\\:*?"<>|\x00-\x1f\x7f]+""")


@dataclass(frozen=True)
class Format:
    """How digests become files: the subdirectory of the target, and the file names.

    `name` takes a day and the layout of its digest; `data` takes a digest. `is_of` takes the
    bytes of a file, its name and its day, and says whether it is the digest of that day.
    """

    place: str
    name: Callable[[dt.date, dict], str]
    data: Callable[[Digest], bytes]
    is_of: Callable[[bytes, str, dt.date], bool]


def export_digests(
    directory: Path,
    kind: str,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    everything: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Write the published digests from `first` to `last`, both included. `everything` adds the
    unpublished ones. Files of other digests are deleted if they were once meant for readers.

    `kind` is one of FORMATS; `progress` gets the numbers of digests done and in total. Raises
    ExportError.
    """
    form = FORMATS[kind]
    with Folder(directory / form.place) as folder:
        kept = set()
        wanted = _wanted(first, last, everything)
        total = wanted.count()
        for done, digest in enumerate(_by_day(wanted), start=1):
            name = form.name(digest.date, digest.layout)
            folder.write(name, form.data(digest))
            kept.add(name)
            progress(done, max(done, total))
        for name in list(_outdated(folder.root, form, kept)):
            if (first or dt.date.min) <= day_in_name(name) <= (last or dt.date.max):
                folder.remove(name)
    return folder.report


def markdown_of(digest: Digest) -> bytes:
    """The complete digest document for the operator, see docs/document-format.md."""
    data = revisions.snapshot(digest)
    return document.write(document.from_snapshot(data, ZoneInfo(settings.TIME_ZONE))).encode()


def public_markdown_of(digest: Digest, article: Article | None = None) -> bytes:
    """The digest document for readers: without comments, and only with the keys of the front
    matter that are meant for them. With `article`, only that article."""
    data = public_snapshots.of(shown_snapshot(digest))
    if article:
        data = with_one_article(data, article)
    written = document.from_snapshot(data, ZoneInfo(settings.TIME_ZONE))
    return document.write(document.for_readers(written)).encode()


def shown_snapshot(digest: Digest) -> dict:
    """The snapshot of a digest that readers have, with only the storylines that they know."""
    return public_snapshots.with_shown_storylines(revisions.snapshot(digest))


def with_one_article(data: dict, article: Article) -> dict:
    """A snapshot with a single article. Of the digest it keeps only the name, not the introduction
    or corrections of anything else."""
    uid = str(article.uid)
    return data | {
        "introduction": "",
        "articles": [text for text in data["articles"] if text["uid"] == uid],
        "corrections": [made for made in data["corrections"] if made["article"] == uid],
    }


def _wanted(first, last, everything) -> QuerySet[Digest]:
    wanted = Digest.objects.all() if everything else Digest.objects.published()
    if first:
        wanted = wanted.filter(date__gte=first)
    return wanted.filter(date__lte=last) if last else wanted


def _by_day(wanted: QuerySet[Digest]) -> Iterator[Digest]:
    """Load a hundred digests at a time."""
    page = wanted
    while batch := list(page.order_by("date")[:DIGESTS_AT_ONCE]):
        yield from batch
        page = wanted.filter(date__gt=batch[-1].date)


def _outdated(root: Path, form: Format, kept: set[str]) -> Iterator[str]:
    """Files that an earlier export wrote and this one did not. Files of others are safe, since both
    the name and the contents must be those of the day."""
    for path in sorted(root.iterdir()):
        day = day_in_name(path.name)
        if day is None or path.name in kept or not path.is_file():
            continue
        if path.name in _names_given(form, day) and form.is_of(path.read_bytes(), path.name, day):
            yield path.name


def _names_given(form: Format, day: dt.date) -> set[str]:
    """The file names that earlier exports may have used for that day. A digest that was never
    meant to be published gives none: its file can only be the one it was imported from."""
    rows = [*Digest.objects.filter(date=day).values_list("feed_id", "layout__file")]
    rows += Revision.objects.filter(date=day).values_list("data__feed_id", "data__layout__file")
    return {form.name(day, {"file": file or ""}) for feed_id, file in rows if feed_id}


def _post_name(day: dt.date, layout: dict) -> str:
    """The name of the imported file, if it starts with the day and is safe on every system."""
    stem = layout.get("file", "")
    is_safe = bool(_SAFE.fullmatch(stem)) and len(os.fsencode(stem)) <= MAX_STEM_BYTES
    return f"{stem if is_safe and day_in_name(stem) == day else f'{day}-digest'}.md"


def _is_post_of(data: bytes, name: str, day: dt.date) -> bool:
    zone = ZoneInfo(settings.TIME_ZONE)
    try:
        post = document.parse(data.decode(), zone, day=day)
    except (UnicodeDecodeError, DocumentError):
        return False
    written = post.front_matter.get("date")
    if not written or day in document.days_of(written, zone):
        return True
    # The name of an import decides its day.
    return name != _post_name(day, {})


def _is_json_of(data: bytes, name: str, day: dt.date) -> bool:
    try:
        found = json.loads(data)
        return found["format"] == json_document.FORMAT and found["date"] == day.isoformat()
    except (ValueError, KeyError, TypeError):
        return False


FORMATS = {
    "markdown": Format("_posts", _post_name, markdown_of, _is_post_of),
    "json": Format(
        "",
        lambda day, layout: f"{day}.json",
        lambda digest: json_document.write(
            shown_snapshot(digest) if (shown := digest.is_public) else revisions.snapshot(digest),
            for_readers=shown,
        ),
        _is_json_of,
    ),
}
