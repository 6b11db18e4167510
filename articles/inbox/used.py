"""Where a candidate's page is in a digest: by the article that was made of it, or by a citation.

It is looked up, not stored, so it stays right when an article moves, is deleted or comes back.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from articles.models import Article, Candidate, Citation, Digest, LeftOut

WITHDRAWN = Digest.Status.WITHDRAWN


@dataclass(frozen=True)
class Place:
    """The digest in which a page is; `is_public` says whether readers have it."""

    date: dt.date
    digest: int
    uid: UUID
    is_public: bool


def places(candidates: Collection[Candidate]) -> dict[int, Place]:
    """The last digest of each candidate that is in one, by the candidate's primary key; withdrawn
    digests do not count. The article that was made of it goes before others that cite its page.
    Two queries."""
    cited = _rows(
        Citation.objects.filter(url_key__in={each.url_key for each in candidates}),
        "article__",
        "url_key",
    )
    uids = {each.article_uid for each in candidates if each.article_uid}
    made = _rows(Article.objects.filter(uid__in=uids), "", "uid") if uids else {}
    found = {each.pk: made.get(each.article_uid) or cited.get(each.url_key) for each in candidates}
    return {key: place for key, place in found.items() if place}


def _rows(rows: QuerySet[Any], prefix: str, key: str) -> dict[Any, Place]:
    digest = f"{prefix}digest"
    public = Digest.objects.published().filter(pk=OuterRef(digest))
    found = rows.exclude(**{f"{digest}__status": WITHDRAWN}).annotate(is_out=Exists(public))
    columns = (key, f"{digest}__date", digest, f"{prefix}uid", "is_out")
    ordered = found.order_by(f"{digest}__date").values_list(*columns)
    return {value: Place(*rest) for value, *rest in ordered}


def is_used() -> Q:
    """The condition that readers have the page of a candidate."""
    public = Digest.objects.published()
    made = Article.objects.filter(uid=OuterRef("article_uid"), digest__in=public)
    cited = Citation.objects.filter(url_key=OuterRef("url_key"), article__digest__in=public)
    return Q(Exists(made)) | Q(Exists(cited))


def left_out(candidates: Collection[Candidate]) -> dict[int, str]:
    """Why the article of each chosen candidate was left out of its digest, in words, by the
    candidate's primary key. One query."""
    uids = {each.article_uid: each.pk for each in candidates if each.article_uid}
    rows = LeftOut.objects.standing().filter(article_uid__in=uids) if uids else ()
    return {uids[row.article_uid]: row.why for row in rows}
