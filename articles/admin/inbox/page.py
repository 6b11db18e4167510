"""The list of candidates: one page, keyboard first, for whoever begins a digest."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.inbox import steps
from articles.digests import starting
from articles.inbox import deciding, listing
from articles.inbox.listing import PER_PAGE, TABS, USED
from articles.login.desk_page import desk_page
from articles.models import Candidate, FollowedFeed, RejectionReason
from articles.rules.addresses import domain_of

State = Candidate.State
# Of all pages about candidates, and of the list with its keys.
STYLES = Media(
    css={"all": ["css/admin-digest.css", "css/admin-reading.css", "css/admin-inbox.css"]}
)
MEDIA = STYLES + Media(js=["js/admin-reading.js", "js/admin-inbox.js"])
MOST_KEYS = 9
SEE_FEEDS = "articles.view_followedfeed"
NAMES = {
    State.NEW: State.NEW.label,
    State.PARKED: State.PARKED.label,
    State.CHOSEN: gettext_lazy("In a draft"),
    USED: gettext_lazy("With readers"),
    State.REJECTED: State.REJECTED.label,
}
PARKED_DAYS = (1, 3, 7)


def page(model_admin, request):
    """The candidates of a tab, with the steps for the one that is selected."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    asked = request.GET.dict()
    chosen, at, start = listing.filters(asked), asked.get("at", ""), asked.get("start", "")
    found = listing.rows(chosen, start=start)
    if at and at not in {listing.key_of(row) for row in found[:PER_PAGE]}:
        start = at
        found = listing.rows(chosen, start=start)
    shown = listing.shown(found[:PER_PAGE])
    context = {
        "title": _("Candidates"),
        "media": MEDIA,
        "rows": [_row(row, at) for row in shown],
        "tabs": list(_tabs(chosen)),
        "origins": listing.origins_of_new(),
        "chosen": chosen,
        "newer": address(chosen) if start else "",
        "older": address(chosen, start=listing.key_of(found[PER_PAGE]))
        if len(found) > PER_PAGE
        else "",
        "back": urlencode(chosen.query | ({"start": start} if start else {})),
        "whole": address(listing.Filters()),
        "may_decide": request.user.has_perm(deciding.CHANGE),
        "last_step": steps.last(request),
        "troubled": troubled_feeds(request.user),
        **_choices(chosen),
    }
    if shown and not any(row["is_selected"] for row in context["rows"]):
        context["rows"][0]["is_selected"] = True
    return desk_page(model_admin, request, "articles/candidate/list", context)


def address(filters, **more):
    """The address of the list with these filters."""
    query = urlencode(filters.query | more)
    whole = reverse("admin:articles_candidate_changelist")
    return f"{whole}?{query}" if query else whole


def troubled_feeds(user):
    """How many feeds have moved, are gone or fail, for those who may see them."""
    return FollowedFeed.objects.troubled().count() if user.has_perm(SEE_FEEDS) else 0


def _choices(chosen):
    """What the steps offer."""
    today = timezone.localdate()
    reasons = list(RejectionReason.objects.values_list("name", flat=True))
    days = [today + dt.timedelta(days=number) for number in PARKED_DAYS]
    return {
        "reasons": reasons,
        "most_keys": MOST_KEYS,
        "today": today,
        "next_day": starting.next_day(),
        "days": days,
        "is_new": chosen.tab == State.NEW,
    }


def _tabs(chosen):
    numbers = listing.counts()
    for tab in TABS:
        yield {
            "name": NAMES[tab],
            "count": numbers[tab],
            "url": address(listing.Filters(tab=tab, origin=chosen.origin, words=chosen.words)),
            "is_current": chosen.tab == tab and chosen.alike is None,
        }


def _row(row, at):
    candidate = row.candidate
    alike = listing.Filters(tab=State.NEW, alike=candidate.alike)
    return {
        "candidate": candidate,
        "origins": row.origins,
        "others": row.others,
        "alike_url": address(alike) if row.others else "",
        "place": row.place,
        "place_url": reverse("admin:articles_digest_change", args=[row.place.digest])
        if row.place
        else "",
        "left_out": "" if row.place else row.left_out,
        "domain": domain_of(candidate.url),
        "is_selected": listing.key_of(candidate) == at,
    }
