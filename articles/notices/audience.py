"""Whom an event concerns. Nobody is told of what they did themselves."""

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from articles.digests import assigning
from articles.models import Article, AuditEntry, Revision
from articles.notices.events import ACTIONS

PUBLISH = "articles.publish_digest"
# Relations of a person to an event. NAMED is whom its row names: the assignee.
NAMED, WRITERS, ASSIGNEES, COMMENTERS, PUBLISHERS, ELSE_PUBLISHERS = range(6)
THOSE = {
    "submitted": (PUBLISHERS,),
    "sent-back": (WRITERS, ASSIGNEES),
    "assigned": (NAMED,),
    "commented": (NAMED, WRITERS, COMMENTERS),
    "deadline-near": (PUBLISHERS,),
    "deadline-missed": (PUBLISHERS,),
    "published": (WRITERS, PUBLISHERS),
    "corrected": (WRITERS, PUBLISHERS),
    "withdrawn": (WRITERS, PUBLISHERS),
    "schedule-cancelled": (WRITERS, PUBLISHERS),
    "mail-held-back": (PUBLISHERS,),
    "mail-not-cancelled": (PUBLISHERS,),
    "mail-failed": (PUBLISHERS,),
    "push-arrived": (ASSIGNEES, ELSE_PUBLISHERS),
    "push-failed": (PUBLISHERS,),
    "push-missed": (PUBLISHERS,),
}
# The article that a row is about, as text.
_ABOUT = Cast(KT("detail__article"), TextField())
_ALL, _NONE = Q(pk__isnull=False), Q(pk__in=[])


def may_be_told(user: User) -> bool:
    """Whether a user is told anything: active staff who may change digests are."""
    return user.is_active and user.is_staff and user.has_perm(assigning.CHANGE)


def concerning(rows: QuerySet[AuditEntry], user: User) -> QuerySet[AuditEntry]:
    """Those of the rows of events that concern a user."""
    wanted = _NONE
    # Each condition once: every page of the desk asks this for its bell.
    for relation, has_it in _relations(user).items():
        actions = [ACTIONS[kind] for kind, those in THOSE.items() if relation in those]
        wanted |= Q(action__in=actions) & has_it
    return rows.annotate(about=_ABOUT).filter(wanted).exclude(actor_id=user.pk)


def _relations(user: User) -> dict[int, Q]:
    """For each relation a condition on a row: the user has it to the event."""
    may_publish = user.has_perm(PUBLISH)
    revisions = Revision.objects.filter(digest=OuterRef("digest_id"), author=user)
    articles = Article.objects.filter(digest=OuterRef("digest_id"))
    before = AuditEntry.objects.filter(
        action="commented", digest_id=OuterRef("digest_id"), pk__lt=OuterRef("pk"), actor_id=user.pk
    )
    is_assigned = Exists(articles.filter(assignee__in=assigning.people()))
    return {
        NAMED: Q(detail__assignee=user.pk),
        WRITERS: Q(Exists(revisions)),
        ASSIGNEES: Q(Exists(articles.filter(assignee=user))),
        COMMENTERS: Q(Exists(before.annotate(its=_ABOUT).filter(its=OuterRef("about")))),
        PUBLISHERS: _ALL if may_publish else _NONE,
        ELSE_PUBLISHERS: ~Q(is_assigned) if may_publish else _NONE,
    }
