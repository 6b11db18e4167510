"""Saves a valid form: merges it with the current state, writes it and keeps a revision."""

import datetime as dt
from dataclasses import dataclass, replace

from django.contrib import messages
from django.utils.translation import gettext as _

from articles import preflight
from articles.admin.form import storylines, tags
from articles.admin.form.correction_question import CORRECTION, WHOLE, Unanswered
from articles.admin.form.meeting import Meeting
from articles.admin.form.schedule_question import Doubted
from articles.changes import audit
from articles.digests import (
    assigning,
    diffing,
    editing,
    publishing,
    revisions,
    schedules,
    signing,
    three_way_merge,
)
from articles.digests.three_way_merge import MINE, THEIRS
from articles.models import Correction, Digest
from articles.posts.pushes import suggestions

CHOICE_PREFIX = "choose-"
CREATED, SAVED = "created", "saved"


class Conflict(Exception):
    """Since the form was opened, others changed the same fields as the form. Has the meeting."""

    def __init__(self, meeting):
        super().__init__(meeting.merge.conflicts)
        self.meeting = meeting


@dataclass(frozen=True)
class Saved:
    """The result of a save: its changes, its meeting with other saves (None if there were none),
    the correction published with it, if any, whether the digest was public or scheduled before,
    the names of the faults that only a draft may have, the tag of each alias that was typed, and
    sentences about earlier articles that stay out of a storyline."""

    change: diffing.DigestChange
    meeting: Meeting | None
    correction: Correction | None
    was_public: bool
    was_scheduled: bool
    faults: list[str]
    aliases: dict[str, str]
    left_out: list[str]


def save(request, form, formset, *, is_new):
    """Write a valid form in the admin's transaction. Raises Unanswered, Doubted or Conflict, which
    roll the transaction back."""
    publishing.release(form.instance.pk)  # first keep what readers had at the scheduled hour
    digest = editing.lock(form.instance)
    theirs = revisions.snapshot(digest)
    opened = digest.version if is_new else form.cleaned_data["version"]
    is_stale = opened != digest.version
    base = (revisions.at_version(digest, opened) or {}) if is_stale else theirs
    mine, aliases = _typed(form, formset, base, theirs)
    choices = chosen(request.POST, digest)
    meeting, beside = _meet(digest, base, mine, theirs, choices, opened if is_stale else None)
    merged = meeting.merge if meeting else three_way_merge.merge(base, mine, theirs, choices)
    change = diffing.compare(theirs, merged.data)
    is_public, was_scheduled = digest.is_public, digest.status == Digest.Status.SCHEDULED
    answer = form.answer if is_public else None
    if is_public and answer is None and (change or merged.conflicts):
        _refuse_unless_withdrawn(request)
    if merged.conflicts:
        raise Conflict(meeting)
    if change:
        editing.write(digest, merged.data)
    suggestions.keep_beside(digest, theirs, beside)
    _sign(request, digest, change, formset, was_out=is_public or was_scheduled)
    if change or is_new:
        kind = answer and {"kind": answer.kind}
        audit.record(CREATED if is_new else SAVED, by=request.user, digest=digest, detail=kind)
    if desk := formset.desk_changes():
        opened_with = {article["uid"] for article in base.get("articles", [])}
        assigning.apply(digest, desk, by=request.user, known=opened_with)
    correction = _correct(request, digest, change, answer)
    if (change or is_new) and correction is None:  # a correction keeps its own revision
        _commit(request, form, formset, digest, is_new)
    if change and not is_public and digest.is_public:
        raise Unanswered  # the scheduled hour came during this save
    suggestions.note_taken(digest, form.cleaned_data["taken_suggestions"], by=request.user)
    told = storylines.join_ticked(request, digest, formset)
    form.instance.refresh_from_db()
    faults = preflight.names(preflight.faults(merged.data))
    return Saved(change, meeting, correction, is_public, was_scheduled, faults, aliases, told)


def _typed(form, formset, base, theirs):
    """The typed text as a snapshot, and the tags that stand in it in place of aliases."""
    mine = form.snapshot({**theirs, **base})
    articles = formset.articles(base, dt.date.fromisoformat(mine["date"]))
    articles, aliases = tags.without_aliases(articles)
    return mine | {"articles": articles}, aliases


def _meet(digest, base, mine, theirs, choices, opened):
    """The meeting with other saves since the form was opened (None if `opened` is None), and the
    places where the editor's text stays without a question, because only programs wrote there."""
    if opened is None:
        return None, []
    merged = three_way_merge.merge(base, mine, theirs, choices)
    meeting = Meeting(digest, base, mine, theirs, merged, opened, digest.version)
    beside = meeting.written_by_programs(merged.conflicts)
    if beside:
        base = three_way_merge.with_values_of(base, theirs, beside)
        merged = three_way_merge.merge(base, mine, theirs, choices)
        meeting = replace(meeting, base=base, merge=merged)
    return meeting, beside


def _commit(request, form, formset, digest, is_new):
    """Keep a revision. Raises Doubted unless the user agreed to cancel the schedule, by an answer
    or by the button that cancels it."""
    note = _("Created") if is_new else _("Saved")
    may_cancel = form.cancels_schedule or "_unschedule" in request.POST
    try:
        schedules.commit(digest, by=request.user, note=note, may_cancel=may_cancel, is_new=is_new)
    except schedules.BringsErrors as refusal:
        data, rows = revisions.snapshot(digest), formset.prefixes()
        raise Doubted(digest, data, rows, refusal.findings) from refusal


def _sign(request, digest, change, formset, *, was_out):
    """Sign and take back as the form says. Whoever saves an article that readers have, or will have
    at the planned hour, signs it."""
    wanted = {uid: desk.get("is_signed") for uid, desk in formset.desk_changes().items()}
    signed = [uid for uid in wanted if wanted[uid]]
    if was_out:
        signed += [a.uid for a in change.articles if a.kind in (diffing.ADDED, diffing.CHANGED)]
    signing.sign(digest, list(dict.fromkeys(signed)), by=request.user)
    for uid in [uid for uid in wanted if wanted[uid] is False]:
        signing.take_back(digest, uid, by=request.user)


def _refuse_unless_withdrawn(request):
    """Withdrawing needs no answer, since readers lose the digest at the same time."""
    if "_withdraw" not in request.POST:
        raise Unanswered


def _correct(request, digest, change, answer):
    """Publish a correction; None if there is none, or if this form has published it before."""
    if answer is None or answer.kind != CORRECTION:
        return None
    if not change and digest.corrections.filter(text=answer.text).exists():
        return None
    uid = _changed_alone(change) if not answer.about else answer.about
    article = digest.articles.filter(uid=uid).first() if uid and uid != WHOLE else None
    changes = diffing.as_rows(change) if answer.shows_changes else []
    return publishing.correct(
        digest, answer.text, by=request.user, article=article, changes=changes
    )


def _changed_alone(change):
    """The uid of the only article that a change concerns; None if it concerns anything else."""
    uids = [article.uid for article in change.articles if article.kind != diffing.SAME]
    return uids[0] if len(uids) == 1 and not change.fields else None


def chosen(posted, digest):
    """The choices of the conflict page, by the key of the place; empty if the digest was changed
    since that page."""
    if posted.get("chosen-version") != str(digest.version):
        return {}
    return {
        name.removeprefix(CHOICE_PREFIX): value
        for name, value in posted.items()
        if _is_choice(name, value)
    }


def choices_of(posted):
    """The fields that the conflict page adds to the form: names and values."""
    return [
        (name, value)
        for name, value in posted.items()
        if _is_choice(name, value) or name == "chosen-version"
    ]


def _is_choice(name, value):
    return name.startswith(CHOICE_PREFIX) and value in (MINE, THEIRS)


def sentences(saved, digest, request):
    """Further messages to the user about a save: levels and sentences."""
    if saved.faults:
        # By name, not by number: the form counts all errors, and these are only some of them.
        sentence = _("Saved as it is. To be mended before readers get it: %(faults)s.")
        yield messages.WARNING, sentence % {"faults": ", ".join(saved.faults)}
    for sentence in tags.alias_sentences(saved.aliases):
        yield messages.INFO, sentence
    for sentence in saved.left_out:
        yield messages.WARNING, sentence
    if saved.was_scheduled and (sentence := _cancellation(digest)):
        yield messages.WARNING, sentence
    if saved.correction:
        yield messages.SUCCESS, _("Readers see the correction now.")
    elif request.POST.get("change_kind") == CORRECTION and not saved.was_public:
        text = request.POST.get("correction_text", "")
        sentence = _("Readers no longer have this digest, so nobody was told: “%(text)s”")
        yield messages.WARNING, sentence % {"text": text}


def tell_cancellation(model_admin, request, before):
    """Warn if errors cancelled the schedule of a digest; `before` is its earlier state."""
    digest = Digest.objects.filter(pk=before.pk).first()
    was_scheduled = before.status == Digest.Status.SCHEDULED
    if digest and was_scheduled and (sentence := _cancellation(digest)):
        model_admin.message_user(request, sentence, messages.WARNING)


def _cancellation(digest):
    """A sentence that errors cancelled the schedule; empty if they did not."""
    if digest.status == Digest.Status.SCHEDULED or not (lost := schedules.lost_by(digest)):
        return ""
    sentence = _(
        "The schedule of %(date)s is cancelled, because the change brought errors into the digest: "
        "%(errors)s Mend them, then schedule it again."
    )
    return sentence % {"date": f"{digest.date:%Y-%m-%d}", "errors": " ".join(lost.note.split("\n"))}
