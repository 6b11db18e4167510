"""The page of one's own notices, and the choice to get them by mail, too."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from articles.admin.display import zoned
from articles.changes import audit
from articles.login import kept_text
from articles.login.desk_page import desk_page
from articles.models import Article, NoticeReader
from articles.notices import bell, events
from articles.notices.audience import may_be_told
from articles.notices.sentences import sentence
from articles.outgoing import mail
from articles.rules.text import parse_key, whole_number

PAGE = "admin:notices"


def urls(site):
    """The URL pattern of the page."""

    @require_http_methods(("GET", "HEAD", "POST"))
    def view(request):
        return page(site, request)

    return [path("notices/", site.admin_view(view), name="notices")]


def page(site, request):
    """The notices of the last 14 days. A POST marks what was shown as seen (`until`), or chooses
    whether they also come by mail (`mail`)."""
    if not may_be_told(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return desk_page(site, request, "notices/page", _context(request.user))
    if "mail" in request.POST:
        _choose_mail(request)
    else:
        bell.see(request.user, whole_number(request.POST.get("until")) or 0)
    if kept_text.wants_json(request):
        return HttpResponse(status=204)
    return redirect(PAGE)


def _context(user):
    found = bell.notices(user)
    places = _places([notice.event for notice in found])
    return {
        "title": _("Notices"),
        "rows": [_row(notice, places) for notice in found],
        "until": max((notice.event.entry.pk for notice in found), default=0),
        "unseen": sum(notice.is_unseen for notice in found),
        "days": bell.KEPT.days,
        "kinds": list(events.KINDS.values()),
        "has_address": bool(user.email),
        "by_mail": NoticeReader.objects.filter(user=user, mail_since__isnull=False).exists(),
    }


def _row(notice, places):
    event = notice.event
    entry = event.entry
    return {
        "sentence": sentence(event),
        "kind": event.kind,
        "label": events.KINDS[event.kind],
        "about": entry.target if entry.detail.get("article") else "",
        "note": "" if event.kind == "assigned" else entry.note,  # the sentence has it
        "time": zoned(entry.at),
        "is_unseen": notice.is_unseen,
        "url": _url(event, places),
    }


def _url(event, places):
    detail = event.entry.detail
    if place := places.get(parse_key(detail.get("article"))):
        digest, position = place
        return f"{_change_url(digest)}#articles-{position - 1}"
    if event.digest:
        return _change_url(event.digest.pk)
    if "push" in detail:
        return reverse("admin:articles_push_change", args=[detail["push"]])
    return reverse("admin:index")


def _places(found):
    """Where the articles are now, by uid: the digest and the position."""
    uids = {parse_key(event.entry.detail.get("article")) for event in found} - {None}
    rows = Article.objects.filter(uid__in=uids).values_list("uid", "digest", "position")
    return {uid: (digest, position) for uid, digest, position in rows} if uids else {}


def _change_url(pk):
    return reverse("admin:articles_digest_change", args=[pk])


@transaction.atomic
def _choose_mail(request):
    if not mail.is_set_up():
        return
    is_wanted = request.POST["mail"] == "on"
    row, _is_new = NoticeReader.objects.select_for_update().get_or_create(user=request.user)
    if is_wanted == bool(row.mail_since):
        return
    row.mail_since = timezone.now() if is_wanted else None
    row.save(update_fields=["mail_since"])
    detail = {"mail": is_wanted}
    target = audit.target_of(request.user)
    audit.record("notices-by-mail", by=request.user, target=target, detail=detail)
    told = _("Notices come by mail, too.") if is_wanted else _("Notices come by mail no longer.")
    messages.success(request, told)
