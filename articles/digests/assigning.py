"""Who works on which article: assignees, ready marks and comments.

None of this is part of the text. It creates no revision and changes no version, so it never
conflicts with an editor who writes. Comments refer to an article's permanent id.
"""

import uuid
from collections.abc import Collection, Iterable
from typing import TypedDict

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.models import Article, Comment, Digest

CHANGE = "articles.change_digest"
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
MAX_NOTE = 200


class Change(TypedDict, total=False):
    """The changes of a user to one article. A missing key leaves its value unchanged.

    `assignee` is the primary key of a user, or None. `comment` is the text of a new comment.
    `resolved` has the primary keys of the comments that are done. `is_signed` is whether the user
    signs the article or takes the signature back; see `signing`.
    """

    assignee: int | None
    is_ready: bool
    is_signed: bool
    comment: str
    resolved: list[int]


def people() -> QuerySet[User]:
    """The users to whom articles can be assigned: active staff who may change digests."""
    able = User.objects.with_perm(CHANGE, backend=MODEL_BACKEND)
    return able.filter(is_staff=True).order_by("last_name", "first_name", "username")


def apply(
    digest: Digest, changes: dict[str, Change], *, by: User, known: Collection[str] = ()
) -> None:
    """Apply changes by article uid, each with a row in the audit trail. Lock the digest first.

    Only articles of the digest are changed. `known` has the uids that belonged to the digest when
    the user opened the page: comments on them are saved even if the article was moved or deleted
    since. Raises PermissionDenied, or User.DoesNotExist if the assignee is not one of `people`.
    """
    if not by.has_perm(CHANGE):
        raise PermissionDenied
    articles = {str(article.uid): article for article in digest.articles.filter(uid__in=changes)}
    for uid, change in changes.items():
        article = articles.get(uid)
        if article is not None:
            _assign(digest, article, change, by)
            _mark(digest, article, change, by)
        if article is not None or uid in known:
            name = audit.target_of(article) if article else str(digest)
            _comment(digest, uid, name, change.get("comment", ""), by, article)
            _resolve(digest, uid, name, change.get("resolved", ()), by)


def threads(uids: Iterable[uuid.UUID | str]) -> dict[str, list[Comment]]:
    """All comments on articles by article uid, oldest first; one query."""
    found: dict[str, list[Comment]] = {}
    comments = Comment.objects.filter(article_uid__in=list(uids))
    for comment in comments.select_related("author", "resolved_by"):
        found.setdefault(str(comment.article_uid), []).append(comment)
    return found


def _assign(digest: Digest, article: Article, change: Change, user: User) -> None:
    chosen = change.get("assignee", article.assignee_id)
    if chosen == article.assignee_id:
        return
    article.assignee = None if chosen is None else people().get(pk=chosen)
    article.save(update_fields=["assignee"])
    note = audit.name_of(article.assignee) if article.assignee else _("Nobody any more")
    name = audit.target_of(article)
    _record("assigned", digest, article.uid, name, note, user, assignee=chosen)


def _mark(digest: Digest, article: Article, change: Change, user: User) -> None:
    is_ready = change.get("is_ready", article.is_ready)
    if is_ready == article.is_ready:
        return
    Article.objects.filter(pk=article.pk).update(is_ready=is_ready)
    note = _("Ready") if is_ready else _("Not ready any more")
    _record("ready", digest, article.uid, audit.target_of(article), note, user)


def _comment(
    digest: Digest, uid: str, name: str, text: str, user: User, article: Article | None
) -> None:
    """Add a comment. An empty comment, and the same comment twice in a row, are ignored."""
    newest = Comment.objects.filter(article_uid=uid).order_by("-created_at", "-pk").first()
    is_again = newest and newest.author_id == user.pk and newest.text == text
    if not text or (newest and is_again and newest.resolved_at is None):
        return
    Comment.objects.create(article_uid=uid, text=text, author=user, created_at=timezone.now())
    note, assignee = Truncator(text).chars(MAX_NOTE), article.assignee_id if article else None
    _record("commented", digest, uid, name, note, user, assignee=assignee)


def _resolve(digest: Digest, uid: str, name: str, numbers: Iterable[int], user: User) -> None:
    open_ones = Comment.objects.filter(article_uid=uid, pk__in=numbers, resolved_at=None)
    for comment in open_ones:
        comment.resolved_at, comment.resolved_by = timezone.now(), user
        comment.save(update_fields=["resolved_at", "resolved_by"])
        _record(
            "comment-resolved", digest, uid, name, Truncator(comment.text).chars(MAX_NOTE), user
        )


def _record(
    action: str,
    digest: Digest,
    uid: uuid.UUID | str,
    name: str,
    note: str,
    user: User,
    **more: int | None,
) -> None:
    detail = {"article": str(uid), **more}
    audit.record(action, by=user, digest=digest, target=name, note=note, detail=detail)
