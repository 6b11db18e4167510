"""A scheduled digest comes out automatically, so every save of its text is checked.

The digest passed preflight when it was scheduled. If a later change brings an error into it, the
schedule is cancelled. If a user can be asked, the change is refused instead. Errors from before the
change do not count: an editor accepted them.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import OuterRef, Subquery
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles import preflight
from articles.digests import publishing, revisions
from articles.models import AuditEntry, Digest, Revision
from articles.preflight import Finding, Severity

MAX_TOLD = 10  # the most errors in one message to editors
MAX_NOTE = 300
MAX_HEADLINE = 60
# The steps after which an earlier cancellation no longer matters.
_STEPS = ("scheduled", "published", publishing.CANCELLED)


class BringsErrors(Exception):
    """A change would bring errors into a scheduled digest; `findings` has them."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(findings)
        self.findings = findings


def commit(
    digest: Digest,
    *,
    by: User | None = None,
    program: str = "",
    note: str = "",
    may_cancel: bool = True,
    is_new: bool = False,
) -> Revision | None:
    """Commit a change of a digest's text, as `revisions.commit` does.

    If the change brings errors into a scheduled digest, its schedule is cancelled. With
    `may_cancel=False`, BringsErrors is raised instead. `by` is the user, None for a command or for
    a program, which is then named.
    """
    data = revisions.snapshot(digest)
    if brought := _errors_brought(digest, data):
        if not may_cancel:
            raise BringsErrors(brought)
        sentences = _sentences(brought, data)
        publishing.cancel_schedule(digest, brought, note=sentences, by=by)
        data = revisions.snapshot(digest)
        note = _with_cancellation(note)
    return revisions.commit(digest, data, author=by, program=program, note=note, is_new=is_new)


def lost() -> list[AuditEntry]:
    """The audit rows of schedules that errors cancelled, by day. Digests that were scheduled or
    published again are left out."""
    steps = AuditEntry.objects.filter(digest_id=OuterRef("pk"), action__in=_STEPS).order_by("-pk")
    waiting = (Digest.Status.DRAFT, Digest.Status.IN_REVIEW, Digest.Status.WITHDRAWN)
    # Every digest that was once scheduled has a feed id. Most drafts of an archive have none.
    digests = Digest.objects.filter(status__in=waiting).exclude(feed_id="").order_by("date")
    rows = digests.annotate(step=Subquery(steps.values("pk")[:1])).values_list("step", flat=True)
    found = AuditEntry.objects.filter(action=publishing.CANCELLED).in_bulk(list(rows))
    return list(found.values())


def lost_by(digest: Digest) -> AuditEntry | None:
    """The audit row of the cancellation if the digest's schedule is still cancelled, else None."""
    steps = AuditEntry.objects.filter(digest_id=digest.pk, action__in=_STEPS)
    newest = steps.order_by("-pk").first()
    return newest if newest and newest.action == publishing.CANCELLED else None


def _errors_brought(digest: Digest, data: dict[str, Any]) -> list[Finding]:
    """The errors in a snapshot that the newest revision does not have. Empty if the digest is not
    scheduled or readers already have it."""
    if digest.status != Digest.Status.SCHEDULED or digest.is_public:
        return []
    found = _errors(digest, data)
    known = {error.key for error in _errors(digest, _before(digest))} if found else set()
    return [error for error in found if error.key not in known]


def _errors(digest: Digest, data: dict[str, Any]) -> list[Finding]:
    found = preflight.check(data, digest=digest) if data else []
    return [finding for finding in found if finding.severity == Severity.ERROR]


def _before(digest: Digest) -> dict[str, Any]:
    """The snapshot from before the change; empty if this version cannot read it."""
    newest = digest.revisions.filter(kind=revisions.Kind.SAVED).order_by("-number").first()
    try:
        return revisions.content(newest) if newest else {}
    except revisions.Unreadable:
        return {}


def _sentences(found: list[Finding], data: dict[str, Any]) -> str:
    """The findings, one per line, each with the headline of its article."""
    headlines = {article["uid"]: article["headline"].strip() for article in data["articles"]}
    lines = []
    for finding in found[:MAX_TOLD]:
        headline = Truncator(headlines.get(finding.article, "")).chars(MAX_HEADLINE)
        lines.append(f"“{headline}”: {finding.sentence}" if headline else finding.sentence)
    if more := len(found) - MAX_TOLD:
        lines += [_("And %(number)d more.") % {"number": more}] if more > 0 else []
    return "\n".join(lines)


def _with_cancellation(note: str) -> str:
    told = _("Schedule cancelled because of errors")
    if not note:
        return told
    return f"{Truncator(note).chars(MAX_NOTE - len(told) - 3)} · {told}"
