"""Other users who have the digest open, what programs suggest for it, and whether its state
changed; a script asks every few seconds."""

from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.admin.form import autosave, state_news, suggestions
from articles.changes import audit
from articles.digests import presence
from articles.notices import bell
from articles.rules.text import parse_key


def answer(model_admin, request):
    """Record that the user is at the posted article, and return the other users, and the
    suggestions unless the posted state of `suggestions` is the present one, and how many notices
    the user has not seen. If the posted `state` is no longer that of the digest, a sentence says
    so."""
    digest = autosave.digest_of(model_admin, request)
    if request.method != "POST" or digest is None:
        return JsonResponse({"error": _("Send the article.")}, status=405)
    presence.note(digest, request.user, parse_key(request.POST.get("article")))
    numbers = {
        uid: number
        for number, uid in enumerate(
            digest.articles.order_by("position").values_list("uid", flat=True), start=1
        )
    }
    others = [
        {
            "name": audit.name_of(other.user),
            "article": str(other.article_uid or ""),
            "text": _sentence(other, numbers),
        }
        for other in presence.others(digest, request.user)
    ]
    news = suggestions.news(digest, request.POST.get("suggestions", ""))
    known, is_public = request.POST.get("state", ""), digest.is_public
    state = {
        "name": state_news.state_of(digest, is_public),
        "text": state_news.sentence(digest, is_public, known, request.user),
    }
    count = bell.shown(bell.unseen(request.user))
    return JsonResponse({"others": others, "suggestions": news, "state": state, "unseen": count})


def beside_form(model_admin, request, digest, context):
    return {"state_name": digest and state_news.state_of(digest, context["is_public"])}


def _sentence(other, numbers):
    words = {
        "name": audit.name_of(other.user),
        "time": f"{timezone.localtime(other.since):%H:%M}",
        "number": numbers.get(other.article_uid),
    }
    if words["number"]:
        return _("%(name)s is editing article %(number)s since %(time)s") % words
    return _("%(name)s has this digest open since %(time)s") % words
