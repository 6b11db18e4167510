"""People bring candidates: pasted addresses, and the page that they are reading (bookmarklet)."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.admin.fields import LineFormField, TextFormField
from articles.admin.inbox.page import STYLES, address
from articles.inbox import arriving, deciding, listing, origins, pasting
from articles.inbox.arriving import KNOWN, NEW, TOO_MANY, Found
from articles.login.desk_page import desk_page
from articles.models import Candidate
from articles.models.excerpt import MAX_EXCERPT
from articles.rules.lengths import HEADLINE
from articles.rules.lines import LineErrors
from articles.rules.validators import MAX_URL_LENGTH, validate_web_address

# What is marked on the page, within what servers take as an address.
MARKED, TITLE = 500, 200
BOOKMARKLET = (
    "javascript:(function(){var e=encodeURIComponent,u='%(address)s?url='+e(location.href)"
    "+'&title='+e(document.title.slice(0,%(title)d))"
    "+'&excerpt='+e(String(getSelection()).slice(0,%(marked)d));"
    "open(u,'_blank')||(location.href=u)})()"
)


class PageForm(forms.Form):
    """The page that somebody reads, as it shows itself."""

    url = LineFormField(
        label=gettext_lazy("Address"), max_length=MAX_URL_LENGTH, validators=[validate_web_address]
    )
    title = LineFormField(label=gettext_lazy("Title"), max_length=HEADLINE, required=False)
    excerpt = TextFormField(
        label=gettext_lazy("Excerpt"),
        max_length=MAX_EXCERPT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("What you marked on the page. Only editors see it."),
    )


def paste(model_admin, request):
    """Addresses, one a line; and the bookmarklet."""
    _refuse_others(request)
    text, errors = request.POST.get("list", ""), []
    if request.method == "POST":
        try:
            found = pasting.read(text)
        except LineErrors as problem:
            errors = problem.errors
        else:
            return _taken(model_admin, request, found)
    context = {
        "title": _("Bring in candidates"),
        "media": STYLES,
        "text": text,
        "errors": errors,
        "bookmarklet": bookmarklet(),
    }
    return desk_page(model_admin, request, "articles/candidate/paste", context)


def offer(model_admin, request):
    """The form that the bookmarklet opens, filled with the page that it was pressed on. Only a POST
    brings the page in."""
    _refuse_others(request)
    if request.method == "POST":
        form = PageForm(request.POST)
        if form.is_valid():
            page = Found(**form.cleaned_data)
            [outcome] = arriving.take([page], origins.PAGE, by=request.user)
            return _offered(model_admin, request, outcome)
    else:
        form = PageForm(initial=_shown(request.GET))
    context = {"title": _("Bring in this page"), "media": STYLES, "form": form}
    return desk_page(model_admin, request, "articles/candidate/offer", context)


def bookmarklet():
    """The program that the browser keeps as a bookmark."""
    url = f"{settings.SITE_URL}{reverse('admin:articles_candidate_offer')}"
    return BOOKMARKLET % {"address": url, "title": TITLE, "marked": MARKED}


def _refuse_others(request):
    if not request.user.has_perm(deciding.CHANGE):
        raise PermissionDenied


def _shown(values):
    limits = {"url": MAX_URL_LENGTH, "title": HEADLINE, "excerpt": MAX_EXCERPT}
    return {name: values.get(name, "")[:limit] for name, limit in limits.items()}


def _taken(model_admin, request, found):
    outcomes = arriving.take(found, origins.PASTED, by=request.user)
    fates = [outcome.fate for outcome in outcomes]
    new, known, over = (fates.count(fate) for fate in (NEW, KNOWN, TOO_MANY))
    sentence = ngettext("%(count)d candidate came in.", "%(count)d candidates came in.", new)
    told = [sentence % {"count": new}]
    if known:
        sentence = ngettext("%(count)d was here already.", "%(count)d were here already.", known)
        told.append(sentence % {"count": known})
    if over:
        told.append(next(outcome.why for outcome in outcomes if outcome.fate == TOO_MANY))
    level = messages.WARNING if over else messages.SUCCESS
    model_admin.message_user(request, " ".join(told), level)
    return redirect(address(listing.Filters()))


def _offered(model_admin, request, outcome):
    candidate = outcome.candidate
    if candidate is None:
        model_admin.message_user(request, outcome.why, messages.ERROR)
        return redirect(address(listing.Filters()))
    if outcome.fate == NEW or candidate.state == Candidate.State.NEW:
        note, level = _("It came in: “%(title)s”"), messages.SUCCESS
    else:
        note, level = _("It was here already (%(state)s): “%(title)s”"), messages.WARNING
    words = {"title": deciding.name_of(candidate), "state": candidate.get_state_display()}
    model_admin.message_user(request, note % words, level)
    tab = listing.tab_of(candidate)
    return redirect(address(listing.Filters(tab=tab), at=listing.key_of(candidate)))
