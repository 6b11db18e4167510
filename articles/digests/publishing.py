"""From draft to publication and back: the only code that writes a digest's status.

    draft → in review → scheduled → published → withdrawn

Every function locks the digest and checks three things: the user's permission, the version that the
user saw, and the status. Then it writes the change, an audit row and a revision, all in one
transaction. If a check fails it raises PermissionDenied or `NotAllowed` and changes nothing. `by`
is the user, None for a command. `version` is the version that the user saw, None if nobody looked.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, cast

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles import preflight
from articles.changes import audit, site_version
from articles.digests import editing, identifiers, naming, preview_links, revisions
from articles.digests.permissions import require
from articles.models import AcceptedFinding, Article, AuditEntry, Correction, Digest, SiteVersion

Status = Digest.Status
MAX_NOTE = 300
CLOCKS_APART = dt.timedelta(hours=1)  # the largest difference between a site's clocks
CHANGE = "articles.change_digest"
PUBLISH = "articles.publish_digest"
WITHDRAW = "articles.withdraw_digest"
# A mark in the audit rows of posts that readers had elsewhere: nobody is told of those.
IMPORTED = "imported"
CANCELLED = "schedule-cancelled"  # an error in the digest cancelled it, not an editor


class NotAllowed(Exception):
    """The digest's state does not allow this step. The message is a sentence for the editor."""


class Gone(NotAllowed, Digest.DoesNotExist):
    """The digest was deleted."""


class Stale(NotAllowed):
    """The digest changed after the user looked at it."""


class NotReady(NotAllowed):
    """Preflight found something that prevents publication; `findings` says what."""

    def __init__(self, sentence: str, findings: list[preflight.Finding]) -> None:
        super().__init__(sentence)
        self.findings = findings


@transaction.atomic
def submit(
    digest: Digest, *, by: User | None = None, note: str = "", version: int | None = None
) -> Digest:
    """Hand a draft to the editors, with an optional note for them."""
    digest = _locked(digest, by, CHANGE, version)
    if digest.status not in (Status.DRAFT, Status.WITHDRAWN):
        raise NotAllowed(_("Only a draft can be handed in for review."))
    if not digest.articles.exists():
        raise NotAllowed(_("There is nothing to review yet. Add an article first."))
    digest.status = Status.IN_REVIEW
    return _finish(digest, by, "submitted", _("Handed in for review"), note)


@transaction.atomic
def send_back(
    digest: Digest, *, by: User | None = None, note: str = "", version: int | None = None
) -> Digest:
    """Return a digest in review to its writers. `note` gives the reason."""
    digest = _locked(digest, by, PUBLISH, version)
    if digest.status != Status.IN_REVIEW:
        raise NotAllowed(_("Only a digest in review can be sent back."))
    if not note.strip():
        raise NotAllowed(_("Say in a note what is to be done before sending the digest back."))
    digest.status = Status.WITHDRAWN if digest.published_at else Status.DRAFT
    return _finish(digest, by, "sent-back", _("Sent back"), note)


@transaction.atomic
def publish(
    digest: Digest,
    *,
    by: User | None = None,
    at: dt.datetime | None = None,
    version: int | None = None,
    reasons: Mapping[str, str] | None = None,
    accepted: Collection[str] = (),
    unchecked: bool = False,
) -> Digest:
    """Publish a digest at `at` (an aware datetime), or now.

    A future `at` schedules the digest, or moves its schedule. A past `at` is stored as the time of
    publication. Preflight must pass: an error raises NotReady, and so does a warning whose key is
    not in `accepted`. `reasons` says for each kind of warning, by its code, why it passes; that is
    stored with the accepted warnings. `unchecked` skips preflight for
    imported posts that readers had before on another site, except for faults (`preflight.FAULTS`).
    """
    digest = _locked(digest, by, PUBLISH, version)
    now = _now()
    at = at or now
    if digest.status == Status.PUBLISHED:
        raise NotAllowed(_("This digest is already published."))
    if not digest.articles.exists():
        raise NotAllowed(_("A digest without articles cannot be published. Add an article first."))
    if unchecked:
        _refuse(preflight.faults(revisions.snapshot(digest)))
    reasons = {code: text.strip() for code, text in (reasons or {}).items()}
    let_pass = [] if unchecked else _pass_preflight(digest, by, reasons, accepted)
    identifiers.settle_articles(digest, now)
    digest.publish_at = at
    detail = _detail(at, [finding.code for finding in let_pass], imported=unchecked)
    reason = " ".join(dict.fromkeys(reasons[finding.code] for finding in let_pass))
    if at > now:
        digest.status = Status.SCHEDULED
        return _finish(digest, by, "scheduled", _("Scheduled"), reason, detail)
    digest.status = Status.PUBLISHED
    digest.published_at = digest.published_at or at
    digest.revised_at = digest.revised_at or _last_correction(digest)
    return _finish(digest, by, "published", _("Published"), reason, detail)


def publish_new(digest: Digest, *, by: User | None = None, at: dt.datetime) -> AuditEntry:
    """Save a new digest that is visible from `at` on: an imported post that readers had elsewhere.

    Call it in a transaction. In the same transaction add the articles (with feed ids from
    `identifiers`), the revision, and the audit row that this function returns.
    """
    require(by, PUBLISH)
    digest.feed_id = identifiers.first_feed_id(digest)
    digest.publish_at = at
    is_coming = at > timezone.now() - CLOCKS_APART and at > _now()
    digest.status = Status.SCHEDULED if is_coming else Status.PUBLISHED
    digest.published_at = None if is_coming else at
    digest.save()
    action = "scheduled" if is_coming else "published"
    return audit.entry_for(action, digest, by=by, detail=_detail(at, [], imported=True))


@transaction.atomic
def release(pk: int) -> bool:
    """Mark a scheduled digest whose hour has come as published, permanently.

    Readers have had it since that hour, whether or not this runs. Returns whether it changed
    anything. The audit row says how many seconds late it was.
    """
    digest = Digest.objects.select_for_update().filter(pk=pk).first()
    return digest is not None and _release(digest)


@transaction.atomic
def withdraw(
    digest: Digest, *, by: User | None = None, version: int | None = None, note: str = ""
) -> Digest:
    """Withdraw a published digest from readers, or return a scheduled one to its state before.

    Preview links of a withdrawn digest stop working.
    """
    digest = _locked(digest, by, WITHDRAW, version)
    if digest.status not in (Status.PUBLISHED, Status.SCHEDULED):
        raise NotAllowed(_("Only a published or scheduled digest can be withdrawn."))
    if digest.status == Status.SCHEDULED:
        digest.status = _status_before_schedule(digest)
        digest.publish_at = digest.published_at
        return _finish(digest, by, "unscheduled", _("Schedule cancelled"), note)
    digest.status = Status.WITHDRAWN
    _finish(digest, by, "withdrawn", _("Withdrawn"), note)
    site_version.move(digest)
    return digest


def cancel_schedule(
    digest: Digest, errors: Collection[preflight.Finding], *, note: str, by: User | None = None
) -> None:
    """Cancel a digest's schedule because a change brought errors into it.

    The digest returns to the status that it was scheduled from. Call it in the transaction of the
    change, with the digest locked. The caller saves the revision. `note` describes the errors in
    words.
    """
    detail = {
        "publish_at": cast(dt.datetime, digest.publish_at).isoformat(),
        "findings": [finding.code for finding in errors],
    }
    digest.status = _status_before_schedule(digest)
    digest.publish_at = digest.published_at
    digest.save(update_fields=["status", "publish_at"])
    audit.record(CANCELLED, by=by, digest=digest, note=note, detail=detail)


@transaction.atomic
def correct(
    digest: Digest,
    text: str,
    *,
    by: User | None = None,
    article: Article | None = None,
    changes: list[dict[str, Any]] | None = None,
    version: int | None = None,
    once: bool = False,
) -> Correction:
    """Add a correction for readers, to the digest or to one of its articles.

    `changes` is the difference that readers can open, as `diffing.as_rows` makes it. With `once`, a
    correction with the same text and subject is not added again. Raises NotAllowed if the digest is
    not public or the article belongs to another digest.
    """
    digest = _locked(digest, by, PUBLISH, version)
    if not digest.is_public:
        raise NotAllowed(_("Only a published digest can have corrections. Edit the text instead."))
    if article is not None and article.digest_id != digest.pk:
        raise NotAllowed(_("The corrected article belongs to another digest."))
    if once and (made := digest.corrections.filter(article=article, text=text).first()):
        return made
    correction = Correction.objects.create(
        digest=digest,
        article=article,
        text=text,
        corrected_at=max(timezone.now(), cast(dt.datetime, digest.published_at)),
        changes=changes or [],
        author=by,
    )
    digest.revised_at = correction.corrected_at
    _finish(digest, by, "corrected", _("Corrected"), text)
    return correction


def bring_back(data: dict[str, Any], *, pk: int | None, version: int) -> Digest:
    """Create a digest from a snapshot, without its articles. It is never public: it becomes
    withdrawn if readers once had it, else a draft. Call it in a transaction."""

    def moment(name: str) -> dt.datetime | None:
        return data[name] and dt.datetime.fromisoformat(data[name])

    was_out = bool(moment("published_at") and moment("publish_at") and data["feed_id"])
    return Digest.objects.create(
        pk=None if pk is None or Digest.objects.filter(pk=pk).exists() else pk,
        status=Status.WITHDRAWN if was_out else Status.DRAFT,
        date=dt.date.fromisoformat(data["date"]),
        publish_at=moment("publish_at") if was_out else None,
        published_at=moment("published_at"),
        revised_at=moment("revised_at"),
        version=version,
        **{
            name: data[name]
            for name in ("title", "introduction", "language", "feed_id", "front_matter", "layout")
        },
    )


def check_digest(digest: Digest) -> list[preflight.Finding]:
    """The preflight findings of a digest as it is stored."""
    return preflight.check(revisions.snapshot(digest), digest=digest)


def open_findings(digest: Digest) -> list[preflight.Finding]:
    """The preflight findings of a digest now, without the warnings that an editor accepted."""
    accepted = set(digest.accepted_findings.values_list("key", flat=True))
    return [
        finding
        for finding in check_digest(digest)
        if finding.severity != preflight.Severity.WARNING or finding.key not in accepted
    ]


def _pass_preflight(
    digest: Digest, author: User | None, reasons: Mapping[str, str], accepted: Collection[str]
) -> list[preflight.Finding]:
    """Store the reasons for the accepted warnings and return them. Raises NotReady."""
    findings = open_findings(digest)
    _refuse(findings)
    warnings = [f for f in findings if f.severity == preflight.Severity.WARNING]
    if any(finding.key not in accepted for finding in warnings):
        raise NotReady(_("Preflight has warnings. Look at them, then say why they pass."), findings)
    if any(not reasons.get(finding.code) for finding in warnings):
        sentence = _("Say for each kind of warning why it passes. The reasons are kept.")
        raise NotReady(sentence, findings)
    AcceptedFinding.objects.bulk_create(
        AcceptedFinding(
            digest=digest,
            key=finding.key,
            code=finding.code,
            sentence=finding.sentence,
            reason=reasons[finding.code],
            accepted_at=timezone.now(),
            author=author,
        )
        for finding in {finding.key: finding for finding in warnings}.values()
    )
    return warnings


def _detail(at: dt.datetime, accepted: list[str], *, imported: bool) -> dict[str, Any]:
    detail: dict[str, Any] = {"publish_at": at.isoformat(), "accepted": accepted}
    return detail | {IMPORTED: True} if imported else detail


def _refuse(findings: list[preflight.Finding]) -> None:
    """Raises NotReady if there is an error among the findings."""
    if any(finding.severity == preflight.Severity.ERROR for finding in findings):
        raise NotReady(_("Preflight found errors. Mend them before publishing."), findings)


def _locked(digest: Digest, user: User | None, permission: str, version: int | None) -> Digest:
    """The digest's current row, locked. A schedule whose hour has come is carried out first."""
    require(user, permission)
    try:
        digest = editing.lock(digest)
    except Digest.DoesNotExist as error:
        raise Gone(_("Somebody deleted this digest in the meantime.")) from error
    if version is not None and version != digest.version:
        raise Stale(
            _("Somebody changed this digest in the meantime. Look at it again, then decide.")
        )
    _release(digest)
    return digest


def _release(digest: Digest) -> bool:
    """Carry out a locked digest's schedule if its hour has come. Returns whether it did."""
    if digest.status != Status.SCHEDULED or not Digest.objects.due().filter(pk=digest.pk).exists():
        return False
    hour = cast(dt.datetime, digest.publish_at)  # a constraint ensures that every schedule has one
    late = timezone.now() - hour
    digest.status = Status.PUBLISHED
    digest.published_at = digest.published_at or hour
    detail = {
        "publish_at": hour.isoformat(),
        "late_seconds": max(0, int(late.total_seconds())),
    }
    _finish(digest, None, "published", _("Published on schedule"), "", detail, unseen=True)
    site_version.keep_at_least(hour, digest)
    return True


def _status_before_schedule(digest: Digest) -> Digest.Status:
    saved = digest.revisions.filter(kind=revisions.Kind.SAVED).exclude(data__status="scheduled")
    before = saved.order_by("-number").values_list("data__status", flat=True).first()
    if before == Status.IN_REVIEW:
        return Status.IN_REVIEW
    return Status.WITHDRAWN if digest.published_at else Status.DRAFT


def _now() -> dt.datetime:
    """The present moment by the slower clock, the database's or this process's.

    A digest published now must also be public by the database's clock, which decides what readers
    see. Otherwise pages rendered until then would be cached without it.
    """
    decides = SiteVersion.objects.values_list(Now(), flat=True).first()
    return min(timezone.now(), decides or timezone.now())


def _last_correction(digest: Digest) -> dt.datetime | None:
    """The last correction of a digest that had corrections when it was published. Only imported
    digests have them."""
    made = digest.corrections.filter(corrected_at__gte=digest.published_at)
    return made.aggregate(last=Max("corrected_at"))["last"]


def _finish(
    digest: Digest,
    author: User | None,
    action: str,
    title: str,
    note: str = "",
    detail: dict[str, Any] | None = None,
    *,
    unseen: bool = False,
) -> Digest:
    if digest.status == Status.WITHDRAWN:  # in all cases: after the next review it needs new links
        preview_links.revoke_all(digest)
    if action not in ("submitted", "sent-back"):
        digest.save()  # the names depend on what is public, so the row must be saved first
        naming.settle(digest)
    audit.record(action, by=author, digest=digest, note=note, detail=detail)
    title = f"{title}: {' '.join(note.split())}" if note else title
    note = Truncator(title).chars(MAX_NOTE)
    revisions.commit(digest, author=author, note=note, unseen=unseen)
    return digest
