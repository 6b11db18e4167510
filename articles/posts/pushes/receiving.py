"""Receives what a program hands in for a day: into a draft, or as suggestions."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import document, preflight
from articles.changes import audit
from articles.digests import editing, presence, revisions, schedules, signing, starting
from articles.document import Document
from articles.models import ApiToken, Article, Digest, Program, Push
from articles.posts.pushes import (
    excerpts,
    json_answers,
    json_reading,
    leaving_out,
    markdown_reading,
    matching,
    planning,
    record,
    suggestions,
)
from articles.posts.pushes.matching import Wanted
from articles.posts.pushes.planning import Plan, State
from articles.posts.pushes.problems import UNKNOWN_TYPE, UNUSABLE, Problem, Refused
from articles.posts.pushes.pushed import PushedDigest
from articles.posts.pushes.record import Fate
from articles.posts.pushes.suggestions import MAX_WAITING
from articles.posts.retrying import at_last

# Parts of `Push.account` that are for this site only.
INTERNAL = ("pushed", "removed")
Outcome = Push.Outcome
Status = Digest.Status
READERS: dict[str, Callable[[bytes, dt.date], PushedDigest]] = {
    markdown_reading.MEDIA_TYPE: json_answers.read_markdown,
    json_reading.MEDIA_TYPE: json_reading.read,
}


@dataclass(frozen=True)
class Handed:
    """What came in: bytes of a media type, from a program, for the digest of a day. `token` is None
    for a command."""

    program: Program
    date: dt.date
    media_type: str
    content: bytes
    token: ApiToken | None = None

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Received:
    """The result of a push. `outcome` is one of `Push.Outcome`, never REFUSED. `push` is its row;
    None in a dry run, and the earlier one if the same bytes came again. `account` is the whole
    account as JSON: docs/api.md describes it."""

    outcome: str
    push: Push | None
    digest: Digest | None
    account: dict[str, Any]


class _DryRun(Exception):
    """Rolls back the transaction of a dry run."""


def receive(handed: Handed, *, dry_run: bool = False) -> Received:
    """Take a push in one transaction. The same bytes again write nothing. A dry run writes nothing
    and tells what would become of it.

    Raises Refused, and then records the push as refused.
    """
    try:
        read = _reader(handed.media_type)(handed.content, handed.date)
        return at_last(lambda: _in_transaction(handed, read, dry_run))
    except Refused as refusal:
        if not dry_run:
            _record_refusal(handed, refusal)
        raise


def _reader(media_type: str) -> Callable[[bytes, dt.date], PushedDigest]:
    if media_type not in READERS:
        message = _("Send %(types)s.") % {"types": _(" or ").join(READERS)}
        raise Refused(UNKNOWN_TYPE, [Problem(message)])
    return READERS[media_type]


def _record_refusal(handed: Handed, refusal: Refused) -> None:
    problems = [problem.as_json() for problem in refusal.problems]
    with transaction.atomic():
        push = _row(handed, Outcome.REFUSED)
        push.account = {"outcome": Outcome.REFUSED.value, "errors": problems}
        push.save()
        note = refusal.problems[0].told() if problems else ""
        _audit("push-refused", push, note=note)


def _in_transaction(handed: Handed, read: PushedDigest, dry_run: bool) -> Received:
    received = None
    try:
        with transaction.atomic():
            received = _receive(handed, read)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    assert received is not None  # noqa: S101 - for the types: only _DryRun is caught
    if not dry_run:
        return received
    account = received.account | {"dry_run": True, "push": None}
    digest = received.digest
    if digest and not Digest.objects.filter(pk=digest.pk).exists():
        digest, account["desk_url"] = None, None
    return replace(received, push=None, digest=digest, account=account)


def _receive(handed: Handed, read: PushedDigest) -> Received:
    # Pushes of one program wait for each other, so that the same bytes are taken once.
    Program.objects.select_for_update(no_key=True).get(pk=handed.program.pk)
    same = Push.objects.filter(
        program=handed.program, date=handed.date, fingerprint=handed.fingerprint
    )
    if earlier := same.exclude(outcome=Outcome.REFUSED).first():
        return _repeated(earlier)
    digest = Digest.objects.select_for_update().filter(date=handed.date).first()
    known = record.of_day(handed.date, handed.program)
    state = _state(handed, read, digest)
    plan = _plan(handed, read, digest, known, state)
    return _carry_out(handed, read, digest, state, plan)


def _state(handed: Handed, read: PushedDigest, digest: Digest | None) -> State:
    if digest is None:
        return State(_empty(handed.date, read))
    ready = digest.articles.filter(is_ready=True).values_list("uid", flat=True)
    data = revisions.snapshot(digest)
    return State(
        data=data,
        why_closed=_why_closed(digest),
        ready={*map(str, ready), *signing.of_digest(data)},
        decided=suggestions.decided(digest, handed.program),
    )


def _empty(day: dt.date, read: PushedDigest) -> dict[str, Any]:
    """The snapshot of a digest that the push begins, still without its articles."""
    template = starting.default_template()
    language = read.language or template.language
    title = read.title or starting.title_for(template.title_pattern, day, language)
    digest = Digest(date=day, title=title, introduction=read.introduction, language=language)
    digest.front_matter = read.front_matter
    return revisions.assemble(digest, [], [])


def _why_closed(digest: Digest) -> str:
    if digest.status != Status.DRAFT:
        return _("The digest is not a draft any more (%(status)s), so an editor decides.") % {
            "status": digest.get_status_display()
        }
    if presence.is_open(digest):
        return _("Somebody has the draft open, so an editor decides.")
    return ""


def _plan(
    handed: Handed, read: PushedDigest, digest: Digest | None, known: record.Record, state: State
) -> Plan:
    contents = _contents(handed.date, read)
    wanted = [
        Wanted(article.number, article.key, content)
        for article, content in zip(read.articles, contents, strict=True)
    ]
    matches = matching.match(wanted, record.contents(state.data), known, handed.date, digest)
    own = {"title": read.title, "introduction": read.introduction}
    plan = planning.plan(own, wanted, matches, state, known)
    _tell_reasons(plan)
    return plan


def _tell_reasons(plan: Plan) -> None:
    """Tell why editors left articles out, so that the program can learn from it."""
    deleted = [entry for entry in plan.entries if entry["fate"] == Fate.DELETED]
    reasons = leaving_out.reasons([entry["uid"] for entry in deleted])
    for entry in deleted:
        if row := reasons.get(entry["uid"]):
            entry["why"] = _("An editor left it out: %(why)s") % {"why": row.why}


def _contents(day: dt.date, read: PushedDigest) -> list[record.Content]:
    """The articles of a push as a snapshot would hold them. They count as drafted with AI help."""
    post = Document(
        date=day,
        stamp=dt.datetime.combine(day, dt.time(), ZoneInfo(settings.TIME_ZONE)),
        title=read.title,
        introduction=read.introduction,
        language=read.language,
        front_matter={},
        articles=[article.text for article in read.articles],
    )
    data = document.to_snapshot(post, [str(uuid.uuid4()) for _article in post.articles])
    drafted = {"drafted_by": Article.Drafting.AI.value}
    return [record.content_of(article) | drafted for article in data["articles"]]


def _carry_out(
    handed: Handed, read: PushedDigest, digest: Digest | None, state: State, plan: Plan
) -> Received:
    _refuse_too_many(plan, digest)
    before = state.data
    written = any(entry["fate"] in record.WRITTEN for entry in plan.entries)
    is_new = digest is None and written
    outcome = Outcome.UNCHANGED
    if is_new or (digest and plan.data != before):
        digest = _write(handed, digest, plan)
        outcome = Outcome.CREATED if is_new else Outcome.UPDATED
    push = _row(handed, outcome)
    push.digest, push.articles = digest, plan.entries
    push.save()
    excerpts.store(push, plan.entries, read.articles)
    count = suggestions.store(push, digest, plan.suggestions) if digest else 0
    if count:
        push.outcome = Outcome.WAITING
    push.findings = _findings(plan, digest, is_new=is_new)
    push.account = _account(push, read, count)
    push.save()
    told = {"outcome": str(push.outcome), "suggestions": count, "pushed": len(plan.entries)}
    _audit("pushed", push, detail=told)
    return Received(str(push.outcome), push, digest, full_account(push))


def _refuse_too_many(plan: Plan, digest: Digest | None) -> None:
    """Refuse a push after which the digest would have more articles than its form takes, or more
    suggestions than anybody reads."""
    count, limit = len(plan.data["articles"]), document.MAX_ARTICLES
    if count > limit:
        message = _("The digest would have %(count)d articles. At most %(limit)d fit into one.")
        raise Refused(UNUSABLE, [Problem(message % {"count": count, "limit": limit})])
    if digest and plan.suggestions and suggestions.count_waiting(digest) >= MAX_WAITING:
        message = _(
            "%(limit)d suggestions wait for this digest. Let an editor decide about them first."
        )
        raise Refused(UNUSABLE, [Problem(message % {"limit": MAX_WAITING})])


def _write(handed: Handed, digest: Digest | None, plan: Plan) -> Digest:
    is_new = digest is None
    if digest is None:
        own = ("title", "introduction", "language", "front_matter")
        digest = Digest(date=handed.date, **{name: plan.data[name] for name in own})
        digest.save()
    editing.write(digest, plan.data)
    note = _("Handed in by a program")
    schedules.commit(digest, program=handed.program.name, note=note, is_new=is_new)
    stored = record.contents(revisions.snapshot(digest))
    for entry in plan.entries:
        if entry["fate"] in record.WRITTEN:
            entry["content"] = stored[entry["uid"]]
    return digest


def _row(handed: Handed, outcome: str) -> Push:
    return Push(
        program=handed.program,
        token=handed.token,
        date=handed.date,
        media_type=handed.media_type,
        fingerprint=handed.fingerprint,
        content=handed.content,
        outcome=outcome,
        received_at=timezone.now(),
    )


def _audit(action: str, push: Push, **more: Any) -> None:
    more["detail"] = {"push": push.pk, **more.get("detail", {})}
    audit.record(action, program=push.program.name, digest=push.digest, target=f"{push}", **more)


def _findings(plan: Plan, digest: Digest | None, *, is_new: bool) -> list[dict[str, Any]]:
    """What preflight says of the program's own articles as it would have them, among themselves and
    beside what readers have: a token that may only push learns nothing of other texts. `article` is
    the number of the article in the push; None for a digest that the push began."""
    numbers = {entry["uid"]: entry["number"] for entry in plan.entries if entry["uid"]}
    whole = [e["number"] for e in plan.entries if not e["uid"] and e["fate"] == Fate.SUGGESTED]
    suggested = [n for n, one in enumerate(plan.suggestions) if not one.field]
    numbers |= {f"suggested-{n}": number for n, number in zip(suggested, whole, strict=True)}
    headlines = {article["uid"]: article["headline"] for article in plan.wished["articles"]}
    own = [article for article in plan.wished["articles"] if article["uid"] in numbers]
    own.sort(key=lambda article: numbers[article["uid"]])
    wished = plan.wished | {"articles": own}
    found = preflight.check(wished, digest=digest, is_for_readers=True)
    return [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "article": numbers.get(finding.article),
            "headline": headlines.get(finding.article),
            "field": finding.field,
            "line": finding.line,
            "sentence": finding.sentence,
            "advice": finding.advice,
        }
        for finding in found
        if finding.article in numbers or (is_new and finding.article is None)
    ]


def _account(push: Push, read: PushedDigest, count: int) -> dict[str, Any]:
    return {
        "outcome": str(push.outcome),
        "dry_run": False,
        "date": push.date.isoformat(),
        "push": push.pk,
        "is_repeated": False,
        **_whereabouts(push.digest),
        "reading": read.reading,
        "notices": read.notices,
        "suggestions": count,
        # What the program says of the digest itself: with this, its next push tells what is new.
        "pushed": {"title": read.title, "introduction": read.introduction},
    }


def _whereabouts(digest: Digest | None) -> dict[str, Any]:
    return {
        "digest": digest and {"status": digest.status},
        "desk_url": digest and desk_url(digest),
    }


def desk_url(digest: Digest) -> str:
    """The address of a digest's form at the desk."""
    return settings.SITE_URL + reverse("admin:articles_digest_change", args=[digest.pk])


def full_account(push: Push) -> dict[str, Any]:
    """The account of a push as programs get it."""
    shown = ("number", "key", "headline", "uid", "fate", "suggested", "why")
    articles = [{name: entry[name] for name in shown} for entry in push.articles]
    account = {name: value for name, value in push.account.items() if name not in INTERNAL}
    return account | {"articles": articles, "findings": push.findings}


def _repeated(push: Push) -> Received:
    """The same bytes came before. They change nothing, whatever became of them since. The account
    is that of the time, but for the digest, which may have another status or be deleted by now."""
    again = {"outcome": Outcome.UNCHANGED.value, "is_repeated": True, **_whereabouts(push.digest)}
    notices = [*push.account["notices"]]
    if push.undone_at:
        notices.append(_("An editor undid this push. Hand in another text to try again."))
    account = full_account(push) | again | {"notices": notices}
    return Received(Outcome.UNCHANGED, push, push.digest, account)
