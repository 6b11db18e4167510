"""Suggestions: texts of programs that wait for a person's decision."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.changes import audit
from articles.digests import revisions
from articles.digests.three_way_merge import Place
from articles.models import Digest, Program, Push, Suggestion
from articles.posts.pushes import matching, planning, record
from articles.posts.pushes.planning import LISTS, Suggested

Status = Suggestion.Status
# A digest has few of them. More are not offered at once.
MAX_WAITING = 500


def waiting(digest: Digest) -> list[Suggestion]:
    """The suggestions that wait for a digest, in the order of its articles, new articles last.
    Those that the digest has by now, or whose article is gone, are left out."""
    rows = Suggestion.objects.filter(digest=digest, status=Status.WAITING)
    found = list(rows.select_related("push__program").order_by("pk")[:MAX_WAITING])
    if not found:
        return []
    data = revisions.snapshot(digest)
    present = record.contents(data)
    signs = [record.signs_of(content) for content in present.values()]
    places = {uid: place for place, uid in enumerate(present)}
    open_ones = [one for one in found if not _is_answered(one, data, present, signs)]
    return sorted(open_ones, key=lambda one: _place(one, places))


def _place(suggestion: Suggestion, places: dict[str, int]) -> int:
    """The place of a suggestion: the digest's own texts come first, new articles last."""
    if suggestion.article_uid:
        return places[str(suggestion.article_uid)]
    return -1 if suggestion.field else len(places)


def _is_answered(
    suggestion: Suggestion,
    data: dict[str, Any],
    present: dict[str, record.Content],
    signs: Sequence[record.Signs],
) -> bool:
    if not suggestion.field:
        own = record.signs_of(suggestion.value)
        return any(own.meet(other) for other in signs)
    if suggestion.article_uid is None:
        return bool(data[suggestion.field] == suggestion.value)
    content = present.get(str(suggestion.article_uid))
    if content is None:
        return True
    there = planning.value_of(content, suggestion.field)
    if suggestion.field in LISTS:
        return not planning.missing(suggestion.field, suggestion.value, there)
    return record.is_same(suggestion.field, suggestion.value, there)


def count_waiting(digest: Digest) -> int:
    """How many suggestions of all programs wait for a digest."""
    return Suggestion.objects.filter(digest=digest, status=Status.WAITING).count()


def decided(digest: Digest, program: Program) -> list[Suggested]:
    """What the program suggested for the digest before, and what a person took or dismissed."""
    rows = Suggestion.objects.filter(
        digest=digest, push__program=program, status__in=[Status.TAKEN, Status.DISMISSED]
    )
    return [_as_planned(row) for row in rows.order_by("-pk")[:MAX_WAITING]]


def store(push: Push, digest: Digest, suggested: Sequence[Suggested]) -> int:
    """Keep what waits, and return the number. An earlier suggestion of the same program for the
    same place is replaced, unless it says the same. The digest must be locked."""
    rows = Suggestion.objects.filter(
        digest=digest, push__program=push.program, status=Status.WAITING
    )
    before = {planning.said_by(_as_planned(row)): row for row in rows}
    said = {planning.said_by(new): new for new in suggested}
    others = [row for what, row in before.items() if what not in said]
    new = [one for what, one in said.items() if what not in before]
    _close(_rivals(new, others), Status.REPLACED)
    for one in new:
        Suggestion.objects.create(
            push=push, digest=digest, article_uid=one.uid, field=one.field, value=one.value
        )
    return len(suggested)


def _rivals(new: Sequence[Suggested], rows: Sequence[Suggestion]) -> list[Suggestion]:
    """The rows that new suggestions replace: those for the same field, and earlier versions of
    the same whole articles."""
    places = {(one.uid, one.field) for one in new if one.field}
    whole = {str(row.pk): row for row in rows if not row.field}
    signs = {key: record.signs_of(row.value) for key, row in whole.items()}
    articles = [one for one in new if not one.field]
    own = {number: record.signs_of(one.value) for number, one in enumerate(articles)}
    met = matching.meet(own, signs)
    former = {
        number: record.signs_of(one.former)
        for number, one in enumerate(articles)
        if one.former and number not in met
    }
    taken = set(met.values())
    free = {key: one for key, one in signs.items() if key not in taken}
    met |= matching.meet(former, free)
    in_fields = [row for row in rows if row.field and (_uid(row), row.field) in places]
    return in_fields + [whole[key] for key in met.values()]


def _as_planned(row: Suggestion) -> Suggested:
    return Suggested(_uid(row), row.field, row.value)


def _uid(row: Suggestion) -> str | None:
    return str(row.article_uid) if row.article_uid else None


def _close(rows: Iterable[Suggestion], status: str, by: User | None = None) -> int:
    keys = [row.pk for row in rows]
    values = {"status": status, "decided_by": by, "decided_at": timezone.now()}
    return Suggestion.objects.filter(pk__in=keys, status=Status.WAITING).update(**values)


@transaction.atomic
def dismiss(suggestion: Suggestion, *, by: User) -> bool:
    """Put a waiting suggestion away; whether it waited. The program cannot bring the same text
    again."""
    return _decide(suggestion, Status.WAITING, Status.DISMISSED, "suggestion-dismissed", by)


@transaction.atomic
def reopen(suggestion: Suggestion, *, by: User) -> bool:
    """Let a dismissed suggestion wait again; whether it was dismissed."""
    return _decide(suggestion, Status.DISMISSED, Status.WAITING, "suggestion-reopened", by)


def _decide(suggestion: Suggestion, old: str, new: str, action: str, by: User) -> bool:
    is_open = new == Status.WAITING
    values = {
        "status": new,
        "decided_by": None if is_open else by,
        "decided_at": None if is_open else timezone.now(),
    }
    if not Suggestion.objects.filter(pk=suggestion.pk, status=old).update(**values):
        return False
    audit.record(action, by=by, digest=suggestion.digest, detail=_detail(suggestion))
    return True


def note_taken(digest: Digest, ids: Iterable[int], *, by: User) -> int:
    """Record that a save took these suggestions into its form; how many of them waited. Call it in
    the transaction of the save."""
    rows = Suggestion.objects.filter(digest=digest, pk__in=list(ids), status=Status.WAITING)
    taken = list(rows.select_related("push__program"))
    count = _close(taken, Status.TAKEN, by)
    for row in taken:
        audit.record("suggestion-taken", by=by, digest=digest, detail=_detail(row))
    return count


def _detail(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "suggestion": suggestion.pk,
        "program": suggestion.push.program.name,
        "article": str(suggestion.article_uid or ""),
        "field": suggestion.field,
    }


def keep_beside(digest: Digest, theirs: dict[str, Any], places: Iterable[Place]) -> None:
    """Keep the texts of programs that a save replaced with its own, as suggestions. `theirs` is the
    digest before the save."""
    articles = record.contents(theirs)
    texts = {place: _suggestable(theirs, articles, place) for place in places}
    left = {place: value for place, value in texts.items() if value}
    if not left:
        return
    rows = digest.pushes.filter(undone_at=None).select_related("program").defer("content")
    found = []
    for push in rows.order_by("-pk")[: record.MAX_PUSHES].iterator(chunk_size=1):
        if own := [place for place, value in left.items() if _wrote(push, place, value)]:
            found.append((push, [Suggested(p.uid or None, p.field, left.pop(p)) for p in own]))
        if not left:
            break
    for push, suggested in found:
        store(push, digest, suggested)


def _suggestable(data: dict[str, Any], articles: dict[str, record.Content], place: Place) -> Any:
    """The text at a place of a digest, if a program may suggest one there; else None."""
    if not place.uid:
        return data[place.field] if place.field in planning.OWN_TEXTS else None
    is_known = place.field in planning.SUGGESTED or place.field.startswith(planning.OTHER)
    if not is_known or place.uid not in articles:
        return None
    return planning.value_of(articles[place.uid], place.field)


def _wrote(push: Push, place: Place, value: Any) -> bool:
    """Whether a push wrote the article of a place, or this text of the digest itself."""
    if not place.uid:
        return bool(push.account.get("pushed", {}).get(place.field) == value)
    return any(e["uid"] == place.uid and e["fate"] in record.WRITTEN for e in push.articles)


def withdraw(push: Push, *, by: User | None) -> int:
    """Withdraw what of a push still waits. The digest must be locked."""
    rows = push.suggestions.filter(status=Status.WAITING)
    return _close(rows, Status.UNDONE, by)
