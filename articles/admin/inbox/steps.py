"""The steps of whoever decides about candidates. Each is one POST, and the session remembers the
last ones, so that each can be undone, the newest first."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBadRequest, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.digests.publishing import NotAllowed
from articles.inbox import deciding, listing
from articles.models import Candidate
from articles.rules.text import whole_number
from articles.rules.times import parse_day

KEY = "inbox"  # of the session
MOST_STEPS = 20
LIST = "admin:articles_candidate_changelist"
CHOSEN, DATED, STAYED = "choose", "day", "stay"
PARKED, REJECTED, RENEWED = "park", "reject", "renew"
DONE = {
    CHOSEN: gettext_lazy("Chosen for %(day)s: “%(name)s”"),
    PARKED: gettext_lazy("Parked until %(day)s: “%(name)s”"),
    REJECTED: gettext_lazy("Rejected (%(reason)s): “%(name)s”"),
    RENEWED: gettext_lazy("New again: “%(name)s”"),
}


def take(model_admin, request):
    """Take the posted step, and lead on: to the article that was made, else to the next candidate
    of the list."""
    if not request.user.has_perm(deciding.CHANGE):
        raise PermissionDenied
    # The button of a reason says the step, too.
    step = REJECTED if request.POST.get("reject") else request.POST.get("step", "")
    back = _back(request)
    if step == "undo":
        return _undo(model_admin, request, back)
    candidate = Candidate.objects.filter(pk=whole_number(request.POST.get("candidate"))).first()
    if candidate is None or step not in _STEPS:
        note = _("Select a candidate, and press one of the buttons.")
        return _told(model_admin, request, note, messages.WARNING, back)
    key = listing.key_of(candidate)
    try:
        decided, words = _STEPS[step](request, candidate)
    except ValueError:
        return HttpResponseBadRequest()
    except NotAllowed as refusal:
        return _told(model_admin, request, str(refusal), messages.ERROR, back, at=key)
    done = CHOSEN if step in (DATED, STAYED) else step
    words |= {"name": deciding.name_of(decided.candidate)}
    _keep(request, [*_steps(request), {"step": done, "pk": candidate.pk, **words}], decided.before)
    sentence = str(DONE[done]) % words
    if decided.digest is None:
        return _told(model_admin, request, sentence, messages.SUCCESS, back, at=_next(back, key))
    article = _article_url(decided)
    if step != STAYED:
        model_admin.message_user(request, sentence, messages.SUCCESS)
        return redirect(article)
    link = format_html('{} <a href="{}">{}</a>', sentence, article, _("Open the article"))
    return _told(model_admin, request, link, messages.SUCCESS, back, at=_next(back, key))


def last(request):
    """The last step of this session in words; empty if there is none to undo."""
    known = _steps(request)
    return str(DONE[known[-1]["step"]]) % known[-1] if known else ""


def _choose(request, candidate):
    day = parse_day(request.POST.get("day", ""))
    decided = deciding.choose(candidate, day, by=request.user)
    return decided, {"day": day.isoformat()}


def _choose_today(request, candidate):
    today = timezone.localdate()
    return deciding.choose(candidate, today, by=request.user), {"day": today.isoformat()}


def _park(request, candidate):
    day = parse_day(request.POST.get("until", ""))
    return deciding.park(candidate, day, by=request.user), {"day": day.isoformat()}


def _reject(request, candidate):
    reason = request.POST.get("reject", "")
    return deciding.reject(candidate, reason, by=request.user), {"reason": reason}


def _renew(request, candidate):
    return deciding.renew(candidate, by=request.user), {}


_STEPS = {
    CHOSEN: _choose_today,
    DATED: _choose,
    STAYED: _choose_today,
    PARKED: _park,
    REJECTED: _reject,
    RENEWED: _renew,
}


def _undo(model_admin, request, back):
    known = _steps(request)
    if not known:
        note = _("There is no step to undo.")
        return _told(model_admin, request, note, messages.INFO, back)
    *left, step = known
    request.session[KEY] = left
    candidate = Candidate(pk=step["pk"])
    try:
        candidate = deciding.undo(candidate, step["before"], by=request.user)
    except NotAllowed as refusal:
        return _told(model_admin, request, str(refusal), messages.ERROR, back)
    sentence = _("Undone: %(step)s") % {"step": str(DONE[step["step"]]) % step}
    at = listing.key_of(candidate)
    return _told(model_admin, request, sentence, messages.SUCCESS, back, at=at)


def _told(model_admin, request, sentence, level, back, *, at=""):
    """Lead back to the list, with a sentence and the candidate at a place selected."""
    model_admin.message_user(request, sentence, level)
    query = back | ({"at": at} if at else {})
    return redirect(f"{reverse(LIST)}?{urlencode(query)}" if query else reverse(LIST))


def _back(request):
    """The parameters of the list from which the step was taken."""
    asked = QueryDict(request.POST.get("back", "")[:500]).dict()
    query = listing.filters(asked).query
    return query | ({"start": asked["start"][:40]} if asked.get("start") else {})


def _next(back, key):
    """The key of the candidate that takes the place of one that left the list."""
    found = listing.rows(listing.filters(back), start=key)
    left = [row for row in found if listing.key_of(row) != key]
    return listing.key_of(left[0]) if left else ""


def _article_url(decided):
    """The article in the form of its digest."""
    form = reverse("admin:articles_digest_change", args=[decided.digest.pk])
    return f"{form}#articles-{decided.place - 1}"


def _steps(request):
    return request.session.get(KEY) or []


def _keep(request, steps, before):
    steps[-1] |= {"before": before}
    request.session[KEY] = steps[-MOST_STEPS:]
