"""The steps of whoever reads: sign, mend, follow up, move, leave out, undo. Each is one POST.

The session remembers the last steps of a digest, so that each can be undone, the newest first.
"""

import datetime as dt
from dataclasses import asdict

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.form.saving import tell_cancellation
from articles.digests import moving, reading, revisions, signing
from articles.digests.publishing import NotAllowed, Stale
from articles.models import Article, Digest
from articles.posts.pushes import leaving_out
from articles.rules.nameless import shown_headline
from articles.rules.text import parse_key
from articles.storylines import following

KEY = "reading"  # of the session
MOST_STEPS = 20
MAX_NAME = 60
PAGE = "admin:articles_digest_reading"
SIGNED, MENDED, MOVED, LEFT_OUT, FOLLOWED = "sign", "mend", "move", "out", "follow"
DONE = {
    SIGNED: gettext_lazy("Signed: “%(headline)s”"),
    MENDED: gettext_lazy("Mended: “%(headline)s”"),
    MOVED: gettext_lazy("Moved to %(date)s: “%(headline)s”"),
    LEFT_OUT: gettext_lazy("Left out: “%(headline)s”"),
    FOLLOWED: gettext_lazy("In the storyline “%(name)s”: “%(headline)s”"),
}


def take(model_admin, request, digest, uid):
    """Take the posted step, and lead on: after mending and following up to the same article, else
    to the next that nobody signed."""
    step = request.POST.get("step", "")
    if uid is None and step == "undo":
        return _undo(model_admin, request, digest)
    if uid is None or step not in _STEPS:
        return HttpResponseBadRequest()
    before = list(Digest.objects.filter(date__in=(digest.date, _tomorrow(digest))))
    try:
        with transaction.atomic():
            taken = _STEPS[step](request, digest, uid)
    except Stale as stale:
        model_admin.message_user(request, str(stale), messages.WARNING)
        return redirect(PAGE, digest.pk, uid)
    except NotAllowed as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
        is_here = digest.articles.filter(uid=uid).exists()
        return redirect(PAGE, digest.pk, uid) if is_here else redirect(PAGE, digest.pk)
    if taken.pop("is_new", True):
        _keep(request, digest, [*_steps(request, digest), {"step": step, "uid": uid, **taken}])
    for each in before:
        tell_cancellation(model_admin, request, each)
    model_admin.message_user(request, str(DONE[step]) % taken, messages.SUCCESS)
    return redirect(PAGE, digest.pk, uid) if step in STAYS else _next(digest, uid, taken["place"])


def last(request, digest):
    """The last step of this session in a digest, in words; empty if there is none to undo. Of what
    readers have, only a signature can be undone here."""
    known = _steps(request, digest)
    if not known or (digest.is_public and known[-1]["step"] != SIGNED):
        return ""
    return str(DONE[known[-1]["step"]]) % known[-1]


# Each of these is about an article as it was on the screen, and returns what is told and kept.


def _sign(request, digest, uid):
    read = reading.lock(digest, uid, by=request.user, seen=request.POST.get("seen", ""))
    signed = signing.sign(read.digest, [uid], by=request.user)
    return _about(read) | {"is_new": bool(signed)}


def _mend(request, digest, uid):
    seen, key = request.POST.get("seen", ""), request.POST.get("finding") or None
    read = reading.lock(digest, uid, by=request.user, seen=seen)
    reading.mend(digest, uid, by=request.user, seen=seen, key=key)
    after = Digest.objects.get(pk=digest.pk).version
    return _about(read) | {"before": read.digest.version, "after": after}


def _move(request, digest, uid):
    _lock_with_tomorrow(digest)
    read = reading.lock(digest, uid, by=request.user, seen=request.POST.get("seen", ""))
    article = Article.objects.get(uid=uid)
    target = moving.move_article(article, _tomorrow(digest), by=request.user, is_quick=True)
    return _about(read) | {"date": target.date.isoformat()}


def _leave_out(request, digest, uid):
    read = reading.lock(digest, uid, by=request.user)
    leaving_out.leave_out(
        digest,
        uid,
        request.POST.get("reason", ""),
        by=request.user,
        words=request.POST.get("words", ""),
        seen=request.POST.get("seen", ""),
    )
    return _about(read) | {"before": read.digest.version}


def _follow(request, digest, uid):
    seen, earlier = request.POST.get("seen", ""), request.POST.get("earlier", "")
    if (key := parse_key(earlier)) is None:
        raise NotAllowed(_("Somebody moved or deleted the earlier article meanwhile."))
    followed = following.follow(digest, uid, str(key), by=request.user, seen=seen)
    return _about(reading.lock(digest, uid, by=request.user)) | asdict(followed)


_STEPS = {
    SIGNED: _sign,
    MENDED: _mend,
    MOVED: _move,
    LEFT_OUT: _leave_out,
    FOLLOWED: _follow,
}
STAYS = (MENDED, FOLLOWED)  # after these, the same article is read on


def _about(read):
    name = Truncator(shown_headline(read.article["headline"])).chars(MAX_NAME)
    return {"headline": name, "place": read.data["articles"].index(read.article) + 1}


def _lock_with_tomorrow(digest):
    """Lock both digests of a move in the order of every move, so that two never deadlock."""
    days = (digest.date, _tomorrow(digest))
    list(Digest.objects.select_for_update().filter(date__in=days).order_by("pk"))


def _tomorrow(digest):
    return digest.date + dt.timedelta(days=1)


def _next(digest, uid, place):
    """The next article that nobody signed, from the place of one that was read; after the last, the
    first. The end if all are signed."""
    data = revisions.snapshot(digest)
    signed = signing.of_digest(data)
    articles = data["articles"]
    start = place if any(one["uid"] == uid for one in articles) else place - 1
    ordered = [*articles[start:], *articles[:start]]
    left = next((one["uid"] for one in ordered if one["uid"] not in signed), None)
    return redirect(PAGE, digest.pk, left) if left else redirect(PAGE, digest.pk)


# Undoing


def _undo(model_admin, request, digest):
    known = _steps(request, digest)
    if not known:
        model_admin.message_user(request, _("There is no step to undo."), messages.INFO)
        return redirect(PAGE, digest.pk)
    *left, step = known
    _keep(request, digest, left)
    before = list(Digest.objects.filter(date__in=(digest.date, _tomorrow(digest))))
    try:
        with transaction.atomic():
            _take_back(request.user, digest, step)
    except NotAllowed as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
        return redirect(PAGE, digest.pk)
    for each in before:
        tell_cancellation(model_admin, request, each)
    sentence = _("Undone: %(step)s") % {"step": str(DONE[step["step"]]) % step}
    model_admin.message_user(request, sentence, messages.SUCCESS)
    return redirect(PAGE, digest.pk, step["uid"])


def _take_back(user, digest, step):
    uid = step["uid"]
    if step["step"] == SIGNED:
        read = reading.lock(digest, uid, by=user)
        if not signing.take_back(read.digest, uid, by=user):
            raise NotAllowed(_("Somebody changed the article since, so it stays as it is."))
    elif step["step"] == MENDED:
        reading.unmend(digest, uid, before=step["before"], after=step["after"], by=user)
    elif step["step"] == FOLLOWED:
        followed = following.Followed(step["name"], step["before"], step["joined"])
        following.undo(digest, uid, followed, by=user)
    elif step["step"] == LEFT_OUT:
        leaving_out.bring_back(digest, uid, version=step["before"], by=user)
    elif article := Article.objects.filter(uid=uid, digest__date=step["date"]).first():
        moving.move_article(article, digest, by=user, place=step["place"], is_quick=True)
    else:
        raise NotAllowed(_("Somebody moved or deleted this article meanwhile."))


def _steps(request, digest):
    kept = request.session.get(KEY) or {}
    return kept["steps"] if kept.get("digest") == digest.pk else []


def _keep(request, digest, steps):
    request.session[KEY] = {"digest": digest.pk, "steps": steps[-MOST_STEPS:]}
