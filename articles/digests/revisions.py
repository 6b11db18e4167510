"""Snapshots of a whole digest: making, storing and finding them.

A snapshot of schema 5 is a JSON object. It has the digest's own fields, with dates and times in ISO
8601, `corrections`, and `articles` in order. Each article has `uid`, texts, `picture` (its uid, or
empty), `drafted_by`, `read_by`, `other`, `tags` (names in order), `storyline` (its name, or empty)
and `citations` (`publisher`, `url`, `published_on`). A citation line that is not understood is a
citation without `url` whose `publisher` is the line as typed.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from articles import search
from articles.changes import site_version
from articles.fields import In, columns
from articles.models import Article, Citation, Digest, Revision, TaggedArticle
from articles.models.revision import MAX_NOTE
from articles.rules.lines import with_unread

SCHEMA = 5
# SQLite takes so many values in one query, and more only in newer versions.
MAX_AT_ONCE = 900
_ARTICLE_FIELDS = columns(In.SNAPSHOT)
_STORYLINE = tuple(
    f"storyline_entry__{name}" for name in ("typed_as", "storyline__name", "storyline__is_known")
)
Kind = Revision.Kind


class Unreadable(Exception):
    """A snapshot has a newer schema than this version can read. The message is for the editor."""


def _with_authorship(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 1, which did not record how articles were written."""
    unknown = {"drafted_by": "", "read_by": ""}
    return data | {"articles": [unknown | article for article in data["articles"]]}


def _with_layout(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 2, which had no text outside the fields and no layout."""
    none: dict[str, Any] = {"other": [], "layout": {}}
    articles = [none | article for article in data["articles"]]
    return {"layout": {}} | data | {"articles": articles}


def _with_pictures(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 3, whose articles had no pictures."""
    none = {"picture": "", "picture_alt": "", "picture_caption": "", "picture_credit": ""}
    return data | {"articles": [none | article for article in data["articles"]]}


def _with_storylines(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 4, whose articles had no storylines."""
    none = {"storyline": ""}
    return data | {"articles": [none | article for article in data["articles"]]}


# For every earlier schema: a function that converts its snapshots to the next schema.
UPGRADES = {1: _with_authorship, 2: _with_layout, 3: _with_pictures, 4: _with_storylines}


def snapshot(digest: Digest) -> dict[str, Any]:
    """The digest as it is in the database, as a snapshot of the present schema.

    Rows are read as plain values for speed: this runs at every save, and for whole archives.
    """
    texts = _texts(digest=digest)
    uids = {pk: text["uid"] for pk, text in texts.items()}
    corrections = [
        {
            "article": uids.get(correction.article_id),
            "text": correction.text,
            "corrected_at": _moment(correction.corrected_at),
            "changes": correction.changes,
        }
        for correction in digest.corrections.all()
    ]
    return assemble(digest, list(texts.values()), corrections)


def contents_of(uids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The texts of these articles as they are in the database, as in a snapshot, by uid; those that
    are gone are missing. Three queries for each 900 articles."""
    found: dict[str, dict[str, Any]] = {}
    ordered = sorted(uids)
    for start in range(0, len(ordered), MAX_AT_ONCE):
        some = ordered[start : start + MAX_AT_ONCE]
        found |= {text["uid"]: text for text in _texts(uid__in=some).values()}
    return found


def _texts(**which: Any) -> dict[int, dict[str, Any]]:
    """The articles that lookups choose, as in a snapshot, in order, by their primary keys."""
    columns = ("pk", "uid", "picture__uid", "unread_citations", *_ARTICLE_FIELDS, *_STORYLINE)
    articles = list(Article.objects.filter(**which).order_by("position").values(*columns))
    citations, tags = _citations(**which), _tags(**which)
    return {
        article["pk"]: {
            "uid": str(article["uid"]),
            **{name: article[name] for name in _ARTICLE_FIELDS},
            "picture": str(article["picture__uid"] or ""),
            "tags": tags.get(article["pk"], []),
            "storyline": _storyline(*(article[name] for name in _STORYLINE)),
            "citations": with_unread(citations.get(article["pk"], []), article["unread_citations"]),
        }
        for article in articles
    }


def assemble(
    digest: Digest, articles: list[dict[str, Any]], corrections: list[dict[str, Any]]
) -> dict[str, Any]:
    """The snapshot of a digest whose articles and corrections are already in snapshot form."""
    own = ("title", "introduction", "language", "status", "feed_id", "front_matter", "layout")
    times = ("publish_at", "published_at", "revised_at")
    return {
        "date": digest.date.isoformat(),
        **{name: getattr(digest, name) for name in own},
        **{name: _moment(getattr(digest, name)) for name in times},
        "articles": articles,
        "corrections": corrections,
    }


def _citations(**which: Any) -> dict[int, list[dict[str, Any]]]:
    """The citations of each article by its primary key, in order."""
    chosen = {f"article__{lookup}": value for lookup, value in which.items()}
    rows = Citation.objects.filter(**chosen).order_by("article", "position")
    found: dict[int, list[dict[str, Any]]] = {}
    for article, publisher, url, published_on in rows.values_list(
        "article", "publisher__name", "url", "published_on"
    ):
        date = published_on and published_on.isoformat()
        citation = {"publisher": publisher, "url": url, "published_on": date}
        found.setdefault(article, []).append(citation)
    return found


def _tags(**which: Any) -> dict[int, list[str]]:
    """The tag names of each article by its primary key, in order."""
    chosen = {f"content_object__{lookup}": value for lookup, value in which.items()}
    links = TaggedArticle.objects.filter(**chosen).order_by("pk")
    found: dict[int, list[str]] = {}
    for link in links.select_related("tag"):
        found.setdefault(link.content_object_id, []).append(link.name)
    return found


def _storyline(typed_as: str | None, name: str | None, is_known: bool | None) -> str:
    """The name of an article's storyline, as `StorylineEntry.name` has it; empty without one."""
    return (name if is_known else typed_as or name) or ""


def commit(
    digest: Digest,
    data: dict[str, Any] | None = None,
    *,
    author: User | None = None,
    program: str = "",
    note: str = "",
    unseen: bool = False,
    is_new: bool = False,
) -> Revision | None:
    """Increment the digest's version, save its row and store a revision: the last step of every
    change.

    Call it in the transaction of the change, with the digest locked and its articles written.
    `data` is the snapshot, if the caller has it. `author` is a user, or None for a command or for a
    program, which is then named.
    `unseen` says that readers see no difference. A new digest (`is_new`) keeps its first version.
    Returns the revision, or None if the snapshot equals the newest stored one.
    """
    if not is_new:
        digest.version += 1
    digest.save()
    data = data or snapshot(digest)
    return keep(digest, data, author=author, program=program, note=note, unseen=unseen)


def keep(
    digest: Digest,
    data: dict[str, Any],
    *,
    kind: Kind = Kind.SAVED,
    author: User | None = None,
    program: str = "",
    note: str = "",
    version: int | None = None,
    unseen: bool = False,
    is_first: bool = False,
    found: list[search.Text] | None = None,
) -> Revision | None:
    """Store a snapshot as a revision, unless it equals the newest of its kind. The digest must be
    locked. Returns the new revision or None.

    `version` is the digest version of the snapshot, by default the current one. `is_first` says
    that the digest is new. `found` is the search text of its articles, if the caller has it. Saving
    a public digest updates the search index and moves the site version, unless `unseen`.
    """
    fingerprint = hashlib.sha256(_canonical(data)).hexdigest()
    number, newest = (0, None) if is_first else _newest(digest, kind)
    if newest == fingerprint:
        return None
    revision = Revision.objects.create(
        digest=digest,
        date=digest.date,
        number=number + 1,
        kind=kind,
        version=version or digest.version,
        schema=SCHEMA,
        data=data,
        fingerprint=fingerprint,
        note=note[:MAX_NOTE],
        author=author,
        program=program,
    )
    if kind == Kind.SAVED:
        _show(digest, data, found, unseen=unseen)
    return revision


def _show(
    digest: Digest, data: dict[str, Any], found: list[search.Text] | None, *, unseen: bool
) -> None:
    """Let readers find and see the saved digest."""
    search.index(digest, data["articles"], found)
    if not unseen:  # last, because from here on all saves wait for one another
        site_version.move_with(digest)


def _newest(digest: Digest, kind: Kind) -> tuple[int, str | None]:
    """The number of the newest revision (0 if there is none), and the fingerprint of the newest one
    of that kind."""
    known = digest.revisions.order_by("-number").values_list("number", "kind", "fingerprint")
    last = known.first()
    newest = last if last is None or last[1] == kind else known.filter(kind=kind).first()
    return last[0] if last else 0, newest and newest[2]


def at_version(digest: Digest, version: int) -> dict[str, Any] | None:
    """The snapshot of the digest at that version; None if none is stored."""
    saved = digest.revisions.filter(kind=Kind.SAVED, version__lte=version)
    revision = saved.order_by("-version", "-number").first()
    return content(revision) if revision and revision.schema <= SCHEMA else None


def content(revision: Revision) -> dict[str, Any]:
    """The snapshot of a revision in the present schema. Raises Unreadable."""
    if revision.schema > SCHEMA:
        message = _(
            "Revision %(number)d was written by a newer version of this software and cannot be "
            "read by this one."
        )
        raise Unreadable(message % {"number": revision.number})
    data = revision.data
    for schema in range(revision.schema, SCHEMA):
        data = UPGRADES[schema](data)
    return data


def newest_published(digest: Digest) -> Revision | None:
    """The last revision that readers saw; None if they saw none."""
    if digest.first_public_at is None:
        return None
    saved = digest.revisions.filter(kind=Kind.SAVED).order_by("-number")
    replaced_at = timezone.now()
    for pk, created_at, status, publish_at in saved.values_list(
        "pk", "created_at", "data__status", "data__publish_at"
    ):
        # A schedule takes effect without a save: the digest came out if its hour was before the
        # next save.
        hour = parse_datetime(publish_at) if status == Digest.Status.SCHEDULED else None
        came_out = hour is not None and hour <= replaced_at
        if came_out or status == Digest.Status.PUBLISHED:
            return Revision.objects.select_related("author").get(pk=pk)
        replaced_at = created_at
    return None


def _moment(value: dt.datetime | None) -> str | None:
    """A moment in UTC, as the database returns it, from any zone."""
    return value.astimezone(dt.UTC).isoformat() if value else None


def _canonical(data: dict[str, Any]) -> bytes:
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
