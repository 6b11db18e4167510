"""Whom an event concerns. Nobody is told of what they did themselves.

Each relation of a person to an event is one query for the ids of people, in which `of` gives the
columns of the event's row: the values of one row, or references to many rows for one person.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from articles.digests import assigning
from articles.models import Article, AuditEntry, Revision
from articles.notices.events import ACTIONS, Event

PUBLISH = "articles.publish_digest"
Of = Callable[[str], Any]
# The article that a row is about, as text.
_ABOUT = Cast(KT("detail__article"), TextField())
_ALL, _NONE = Q(pk__isnull=False), Q(pk__in=[])


def _writers(of: Of) -> QuerySet[Any]:
    return Revision.objects.filter(digest=of("digest_id")).values(person=F("author"))


def _assignees(of: Of) -> QuerySet[Any]:
    return Article.objects.filter(digest=of("digest_id")).values(person=F("assignee"))


def _commenters(of: Of) -> QuerySet[Any]:
    """Those who commented on the article before."""
    rows = AuditEntry.objects.filter(action="commented", digest_id=of("digest_id"))
    rows = rows.annotate(about=_ABOUT)
    return rows.filter(about=of("about"), pk__lt=of("pk")).values(person=F("actor_id"))


# The person whom the row names, and those who may publish. They are no queries for a row.
_NAMED, _PUBLISHERS = "named", "publishers"
_Relation = Callable[[Of], QuerySet[Any]] | str
_THOSE: dict[str, tuple[_Relation, ...]] = {
    "submitted": (_PUBLISHERS,),
    "sent-back": (_writers, _assignees),
    "assigned": (_NAMED,),
    "commented": (_NAMED, _writers, _commenters),
    "deadline-near": (_PUBLISHERS,),
    "deadline-missed": (_PUBLISHERS,),
    "published": (_writers, _PUBLISHERS),
    "corrected": (_writers, _PUBLISHERS),
    "withdrawn": (_writers, _PUBLISHERS),
    "schedule-cancelled": (_writers, _PUBLISHERS),
    "push-arrived": (_assignees,),
    "push-failed": (_PUBLISHERS,),
    "push-missed": (_PUBLISHERS,),
}
# Of these, those who may publish are told if it concerns nobody else.
_ELSE_PUBLISHERS = ("push-arrived",)


def audience(event: Event) -> set[int]:
    """The ids of the active users at the desk whom an event concerns; at most five queries."""
    row = event.entry
    about = row.detail.get("article")
    of = {"digest_id": row.digest_id, "pk": row.pk, "about": about}.__getitem__
    able = set(assigning.people().order_by().values_list("pk", flat=True))
    publishers = User.objects.with_perm(PUBLISH, backend=assigning.MODEL_BACKEND)
    found: set[int] = set()
    for relation in _THOSE[event.kind]:
        if relation == _PUBLISHERS:
            found |= set(publishers.values_list("pk", flat=True))
        elif callable(relation):
            found |= set(relation(of).values_list("person", flat=True))
        else:
            found.add(row.detail.get("assignee"))
    if event.kind in _ELSE_PUBLISHERS and not found & able:
        found = set(publishers.values_list("pk", flat=True))
    return found & able - {row.actor_id}


def concerning(rows: QuerySet[AuditEntry], user: User) -> QuerySet[AuditEntry]:
    """Those of the rows of events that concern a user."""
    may_publish = user.has_perm(PUBLISH)
    wanted = _NONE
    for kind, relations in _THOSE.items():
        concerns = _NONE
        for relation in relations:
            concerns |= _concerns(relation, user, may_publish=may_publish)
        if kind in _ELSE_PUBLISHERS and may_publish:
            concerns |= ~Q(Exists(_assignees(OuterRef).filter(person__in=assigning.people())))
        wanted |= Q(action=ACTIONS[kind]) & concerns
    rows = rows.annotate(about=_ABOUT)
    return rows.filter(wanted).exclude(actor_id=user.pk)


def _concerns(relation: _Relation, user: User, *, may_publish: bool) -> Q:
    if callable(relation):
        return Q(Exists(relation(OuterRef).filter(person=user.pk)))
    if relation == _NAMED:
        return Q(detail__assignee=user.pk)
    return _ALL if may_publish else _NONE
