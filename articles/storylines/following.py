"""An article follows up an earlier one: both then are in one storyline.

The earlier article may be one that readers have. Whoever may change the later digest may put it
into a storyline that readers do not see yet; a storyline that they see changes only by users who
may publish.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.digests import editing, naming, publishing, reading, schedules
from articles.digests.permissions import require
from articles.digests.publishing import NotAllowed
from articles.models import Article, Digest, StorylineEntry, name_to_follow
from articles.rules.nameless import shown_headline
from articles.rules.text import fold

OUT = (Digest.Status.SCHEDULED, Digest.Status.PUBLISHED)
MAX_HEADLINE = 80


@dataclass(frozen=True)
class Followed:
    """What a step did: the `name` of the storyline, the name that the article's one had `before`
    (empty if it had none), and the uid of the earlier article if it `joined` (empty if it was in
    the storyline)."""

    name: str
    before: str
    joined: str


@transaction.atomic
def follow(digest: Digest, uid: str, earlier: str, *, by: User | None, seen: str) -> Followed:
    """Put an article of a digest and an earlier one (uids) into one storyline. `seen` is the hash
    of the text that the user saw.

    Raises PermissionDenied, `publishing.Stale`, or NotAllowed if one of them is gone or they are in
    two storylines.
    """
    former = _locked(earlier, digest)
    read = reading.lock(digest, uid, by=by, seen=seen)
    own, theirs = read.article["storyline"], editing.storyline_name(former)
    if own and theirs and fold(own) != fold(theirs):
        raise NotAllowed(
            _("These two articles are in two storylines, “%(own)s” and “%(other)s”. Merge those.")
            % {"own": own, "other": theirs}
        )
    name = own or name_to_follow(former)
    if fold(own) != fold(name):
        _put(read.digest, Article.objects.get(digest=read.digest, uid=uid), name, by)
    return Followed(name, own, earlier if _join(former, name, by) else "")


@transaction.atomic
def join(earlier: str, name: str, *, by: User | None, later: Digest) -> str:
    """Put an earlier article (uid) into the storyline of this name, which an article of the digest
    `later` is in. Returns a sentence for the user if it stays out of it, else nothing."""
    try:
        former = _locked(earlier, later)
    except NotAllowed as refusal:
        return str(refusal)
    theirs = editing.storyline_name(former)
    if theirs and fold(theirs) != fold(name):
        message = _("“%(headline)s” stays in its storyline, “%(name)s”.")
        return message % {"headline": _short(former), "name": theirs}
    _join(former, name, by)
    return ""


@transaction.atomic
def undo(digest: Digest, uid: str, followed: Followed, *, by: User | None) -> None:
    """Take a step back. Raises PermissionDenied, or NotAllowed if somebody changed it since."""
    former = _locked(followed.joined, digest) if followed.joined else None
    read = reading.lock(digest, uid, by=by)
    if fold(read.article["storyline"]) != fold(followed.name):
        raise NotAllowed(_("Somebody changed the article since, so it stays as it is."))
    article = Article.objects.get(digest=read.digest, uid=uid)
    if fold(followed.before) != fold(followed.name):
        _put(read.digest, article, followed.before, by)
    if former and fold(editing.storyline_name(former)) == fold(followed.name):
        _put(former.digest, former, "", by)


def lock(later: Digest, earlier: Iterable[str | uuid.UUID]) -> dict[int, Digest]:
    """The current rows of a digest and of the digests of earlier articles (uids), by their primary
    keys. They are locked until the transaction ends, in the order of all that lock several: two
    steps that lock them in turn would wait for each other."""
    keys = Article.objects.filter(uid__in=list(earlier)).values_list("digest", flat=True)
    rows = Digest.objects.select_for_update().filter(pk__in=[later.pk, *keys]).order_by("pk")
    return {digest.pk: digest for digest in rows}


def _locked(uid: str, later: Digest) -> Article:
    """The earlier article of a step; its digest and the later one are locked. Raises NotAllowed."""
    locked = lock(later, [uid])
    articles = Article.objects.filter(uid=uid, digest__date__lt=later.date)
    article = articles.select_related("digest", "storyline_entry__storyline").first()
    if article is None or article.digest_id not in locked:
        raise NotAllowed(_("Somebody moved or deleted the earlier article meanwhile."))
    if publishing.release(article.digest_id):  # keep the text that readers had at that hour
        article.digest.refresh_from_db()
    return article


def _join(article: Article, name: str, by: User | None) -> bool:
    """Whether an earlier article joined the storyline, in which it may be already."""
    if fold(editing.storyline_name(article)) == fold(name):
        return False
    if article.digest.status in OUT:
        others = StorylineEntry.objects.filter(storyline__folded=fold(name))
        if others.filter(article__digest__status__in=OUT).exists():
            require(by, publishing.PUBLISH)  # readers see it at once
    _put(article.digest, article, name, by)
    return True


def _put(digest: Digest, article: Article, name: str, by: User | None) -> None:
    """Put an article of a locked digest into a storyline, or into none, and commit it."""
    editing.set_storyline(article, name)
    if digest.status in OUT:
        naming.settle(digest)
    words = {"headline": _short(article), "name": name}
    if name:
        note = _("“%(headline)s” is in the storyline “%(name)s”") % words
    else:
        note = _("“%(headline)s” is in no storyline any more") % words
    detail = {"article": str(article.uid), "storyline": name}
    audit.record("storyline", by=by, digest=digest, note=note, detail=detail)
    schedules.commit(digest, by=by, note=note)


def _short(article: Article) -> str:
    return Truncator(shown_headline(article.headline)).chars(MAX_HEADLINE)
