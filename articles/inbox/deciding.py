"""What an editor decides about a candidate: choose, park, reject, back to the new ones, and undo.

Choosing makes an article of it in the draft of a day, with its title as headline, its page as
citation, and its excerpt beside it.
"""

import datetime as dt
import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles.changes import audit
from articles.digests import editing, publishing, revisions, schedules, starting
from articles.digests.permissions import require
from articles.digests.posted import MAX_ARTICLES
from articles.digests.publishing import NotAllowed
from articles.fields import In, columns
from articles.models import Article, Candidate, Digest, Excerpt, RejectionReason

CHANGE = "articles.change_candidate"
MOST_PARKED_DAYS = 90
MAX_NAME = 80
State = Candidate.State
OPEN = (Digest.Status.DRAFT, Digest.Status.IN_REVIEW)
# What a step changes of a candidate, and an undo gives back.
DECIDED = ("state", "parked_until", "reason", "article_uid", "listed_on", "turn")


@dataclass(frozen=True)
class Decided:
    """A candidate after a step. `before` is what `undo` needs; `digest` and `place` (from 1) say
    where its article is, if it was chosen."""

    candidate: Candidate
    before: dict[str, Any]
    digest: Digest | None = None
    place: int = 0


@transaction.atomic
def choose(candidate: Candidate, day: dt.date, *, by: User | None) -> Decided:
    """Make an article of a candidate at the end of a day's draft; a day without a digest gets one.

    Raises PermissionDenied, and NotAllowed if it is chosen already or if the day has no draft.
    """
    require(by, CHANGE, "articles.change_digest")
    candidate = _locked(candidate)
    if candidate.state == State.CHOSEN and _article_of(candidate):
        raise NotAllowed(_("Somebody chose this candidate already."))
    before = _before(candidate)
    digest = _draft_of(day, by)
    uid = str(uuid.uuid4())
    data = revisions.snapshot(digest)
    if len(data["articles"]) >= MAX_ARTICLES:
        message = _("A digest has at most %(most)d articles. Choose another day.")
        raise NotAllowed(message % {"most": MAX_ARTICLES})
    editing.write(digest, data | {"articles": [*data["articles"], _article(candidate, uid)]})
    if candidate.excerpt:
        Excerpt.objects.create(
            article_uid=uid,
            url_key=candidate.url_key,
            text=candidate.excerpt,
            candidate=candidate,
        )
    _decide(candidate, by, state=State.CHOSEN, article_uid=uuid.UUID(uid))
    note = _("Chosen: “%(title)s”") % {"title": name_of(candidate)}
    _record("candidate-chosen", candidate, by, digest=digest, note=note, article=uid)
    schedules.commit(digest, by=by, note=note)
    before |= {"uid": uid, "fingerprint": _fingerprint(uid), "digest": digest.pk}
    return _decided(candidate, before, digest, len(data["articles"]) + 1)


@transaction.atomic
def park(candidate: Candidate, until: dt.date, *, by: User | None) -> Decided:
    """Put a candidate away until a day, on which it comes back to the top. Raises PermissionDenied
    and NotAllowed."""
    require(by, CHANGE)
    today = timezone.localdate()
    if not today < until <= today + dt.timedelta(days=MOST_PARKED_DAYS):
        message = _("Choose a day after today, and within %(most)d days.")
        raise NotAllowed(message % {"most": MOST_PARKED_DAYS})
    candidate = _undecided(candidate)
    before = _before(candidate)
    _decide(candidate, by, state=State.PARKED, parked_until=until)
    _record("candidate-parked", candidate, by, note=until.isoformat())
    return _decided(candidate, before)


@transaction.atomic
def reject(candidate: Candidate, reason: str, *, by: User | None) -> Decided:
    """Reject a candidate for one of the reasons of the desk's list, by its words. Raises
    PermissionDenied and NotAllowed."""
    require(by, CHANGE)
    if not RejectionReason.objects.filter(name=reason).exists():
        raise NotAllowed(_("Choose one of the reasons. Somebody may have changed the list."))
    candidate = _undecided(candidate)
    before = _before(candidate)
    _decide(candidate, by, state=State.REJECTED, reason=reason)
    _record("candidate-rejected", candidate, by, note=reason)
    return _decided(candidate, before)


@transaction.atomic
def renew(candidate: Candidate, *, by: User | None) -> Decided:
    """Bring a candidate back to the new ones that is parked, rejected or expired, or whose article
    is gone. Raises PermissionDenied and NotAllowed."""
    require(by, CHANGE)
    candidate = _undecided(candidate)
    before = _before(candidate)
    _decide(candidate, by, state=State.NEW, listed_on=timezone.localdate(), turn=0)
    _record("candidate-renewed", candidate, by)
    return _decided(candidate, before)


@transaction.atomic
def undo(candidate: Candidate, before: dict[str, Any], *, by: User | None) -> Candidate:
    """Take a step back: `before` is that of its result. An article that was made goes, unless
    somebody has worked on it. Raises PermissionDenied and NotAllowed."""
    require(by, CHANGE)
    candidate = _locked(candidate)
    if candidate.decided_at is None or candidate.decided_at.isoformat() != before["decided_at"]:
        raise NotAllowed(_("Somebody decided about this candidate since, so it stays as it is."))
    if "uid" in before:
        require(by, "articles.change_digest")
        _take_out(before, by, candidate)
    for name in DECIDED:
        setattr(candidate, name, before[name])
    candidate.decided_at, candidate.decided_by = timezone.now(), by
    candidate.parked_until = _day(before["parked_until"])
    candidate.listed_on = _day(before["listed_on"]) or timezone.localdate()
    candidate.save()
    _record("candidate-undone", candidate, by)
    return candidate


def name_of(candidate: Candidate) -> str:
    """Its title, or else its address, shortened."""
    return Truncator(str(candidate)).chars(MAX_NAME)


def _locked(candidate: Candidate) -> Candidate:
    found = Candidate.objects.select_for_update().filter(pk=candidate.pk).first()
    if found is None:
        raise NotAllowed(_("This candidate is not there any more."))
    return found


def _undecided(candidate: Candidate) -> Candidate:
    """The locked candidate, unless its article is in a digest."""
    candidate = _locked(candidate)
    if candidate.state == State.CHOSEN and _article_of(candidate):
        raise NotAllowed(
            _("Somebody chose this candidate already. Leave its article out of the digest first.")
        )
    return candidate


def _article_of(candidate: Candidate) -> Article | None:
    uid = candidate.article_uid
    return Article.objects.filter(uid=uid).first() if uid else None


def _before(candidate: Candidate) -> dict[str, Any]:
    """What the candidate is now, in values that JSON has."""
    values = {name: getattr(candidate, name) for name in DECIDED}
    for name in ("parked_until", "listed_on", "article_uid"):
        values[name] = values[name] and str(values[name])
    return values


def _decided(
    candidate: Candidate, before: dict[str, Any], digest: Digest | None = None, place: int = 0
) -> Decided:
    """The result of a step, by whose moment an undo knows that nobody took another one."""
    moment = candidate.decided_at and candidate.decided_at.isoformat()
    return Decided(candidate, before | {"decided_at": moment}, digest, place)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _decide(candidate: Candidate, by: User | None, **changes: Any) -> None:
    """Save a decision, which replaces all that was decided before."""
    changes = {"parked_until": None, "reason": "", "article_uid": None} | changes
    for name, value in changes.items():
        setattr(candidate, name, value)
    candidate.decided_at, candidate.decided_by = timezone.now(), by
    candidate.save()


def _draft_of(day: dt.date, by: User | None) -> Digest:
    """The locked draft of a day, begun if there is none."""
    digest = Digest.objects.filter(date=day).first()
    if digest is None:
        digest = starting.from_template(starting.default_template(), day, by=by)
    digest = editing.lock(digest)
    if publishing.release(digest.pk):  # keep the text that readers had at that hour
        digest.refresh_from_db()
    if digest.status not in OPEN:
        message = _("The digest of %(date)s is %(status)s. Choose another day.")
        status = str(digest.get_status_display()).lower()
        raise NotAllowed(message % {"date": day.isoformat(), "status": status})
    return digest


def _article(candidate: Candidate, uid: str) -> dict[str, Any]:
    """The article of a snapshot that a candidate begins."""
    blank = Article()
    day = candidate.published_on
    citation = {
        "publisher": candidate.publisher,
        "url": candidate.url,
        "published_on": day and day.isoformat(),
    }
    return {
        **{name: getattr(blank, name) for name in columns(In.SNAPSHOT)},
        **{"uid": uid, "picture": "", "tags": [], "citations": [citation], "storyline": ""},
        "headline": candidate.title,
    }


def _take_out(before: dict[str, Any], by: User | None, candidate: Candidate) -> None:
    """Take an article out of its draft that is as it was made."""
    uid = before["uid"]
    article = Article.objects.filter(uid=uid).first()
    if article is None:
        return
    digest = editing.lock(article.digest)
    if publishing.release(digest.pk):
        digest.refresh_from_db()
    if digest.status not in OPEN or _fingerprint(uid) != before["fingerprint"]:
        raise NotAllowed(_("Somebody has worked on the article since, so it stays."))
    data = revisions.snapshot(digest)
    articles = [one for one in data["articles"] if one["uid"] != uid]
    Excerpt.objects.filter(article_uid=uid).delete()
    editing.write(digest, data | {"articles": articles})
    note = _("Choice undone: “%(title)s”") % {"title": name_of(candidate)}
    schedules.commit(digest, by=by, note=note)


def _fingerprint(uid: str) -> str:
    """The hash of all that an article says."""
    content = revisions.contents_of([uid]).get(uid)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _record(
    action: str,
    candidate: Candidate,
    by: User | None,
    *,
    digest: Digest | None = None,
    note: str = "",
    **detail: Any,
) -> None:
    detail = {"candidate": candidate.pk, "url": candidate.url, **detail}
    target = "" if digest else name_of(candidate)
    audit.record(action, by=by, digest=digest, target=target, note=note, detail=detail)
