"""One-click drafts, copies of a day, and articles that move to another day."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.form.saving import tell_cancellation
from articles.admin.widgets import DayWidget
from articles.digests import moving, starting
from articles.digests.publishing import NotAllowed
from articles.login.desk_page import desk_page
from articles.models import Article, Digest, DigestTemplate
from articles.rules.text import whole_number
from articles.rules.times import parse_day
from articles.rules.validators import validate_day


class DayForm(forms.Form):
    date = forms.DateField(
        validators=[validate_day],
        label=gettext_lazy("Day"),
        widget=DayWidget,
        error_messages={"required": gettext_lazy("Choose a day.")},
    )


def above_list(model_admin, request):
    """The context of the button above the list."""
    if request.method != "GET" or not model_admin.has_add_permission(request):
        return {}
    templates = list(DigestTemplate.objects.order_by("pk"))
    return {"next_day": starting.next_day(), "other_templates": templates[1:]}


def start(model_admin, request):
    """Create the draft for the day on the button; if it exists, open it."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    try:
        date = parse_day(request.POST.get("date", ""))
    except ValueError:
        return HttpResponseBadRequest()
    asked = whole_number(request.POST.get("template"))
    chosen = DigestTemplate.objects.filter(pk=asked).first()
    template = chosen or starting.default_template()
    try:
        digest = starting.from_template(template, date, by=request.user)
    except NotAllowed as refusal:
        model_admin.message_user(request, str(refusal), messages.INFO)
        return redirect(_change_url(Digest.objects.get(date=date)))
    model_admin.log_addition(request, digest, _("Started"))
    # The first headline gets the focus, as a field of a finding does.
    return redirect(f"{_change_url(digest)}?extra={template.slots}#id_articles-0-headline")


def duplicate(model_admin, request, pk):
    if not (model_admin.has_add_permission(request) and model_admin.has_view_permission(request)):
        raise PermissionDenied
    digest = get_object_or_404(Digest, pk=pk)
    form = DayForm(request.POST or None, initial={"date": starting.next_day()})
    if request.method == "POST" and form.is_valid():
        try:
            copy = starting.duplicate(digest, form.cleaned_data["date"], by=request.user)
        except NotAllowed as refusal:
            form.add_error("date", str(refusal))
        else:
            model_admin.log_addition(request, copy, _("Copied"))
            model_admin.message_user(request, _("This is the copy, a draft."), messages.SUCCESS)
            return redirect(_change_url(copy))
    words = {
        "title": _("Duplicate"),
        "lead": _("All texts, citations and tags are copied into a new draft."),
        "button": _("Make the copy"),
    }
    return _day_page(model_admin, request, digest, form, words)


def move(model_admin, request, pk, uid):
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    article = get_object_or_404(Article.objects.select_related("digest"), uid=uid, digest=pk)
    form = DayForm(request.POST or None, initial={"date": starting.next_day()})
    if request.method == "POST" and form.is_valid():
        try:
            day = form.cleaned_data["date"]
            before = [article.digest, *Digest.objects.filter(date=day)]
            target = moving.move_article(article, day, by=request.user)
        except NotAllowed as refusal:
            form.add_error("date", str(refusal))
        else:
            for digest in before:
                tell_cancellation(model_admin, request, digest)
            return _moved(model_admin, request, article, target)
    words = {
        "title": _("Move to another day"),
        "lead": _(
            "The article goes to the end of that day's digest with its citations, tags and "
            "corrections. A day without a digest gets a draft."
        ),
        "button": _("Move the article"),
        "headline": article.name,
    }
    return _day_page(model_admin, request, article.digest, form, words)


def _moved(model_admin, request, article, target):
    names = {"headline": article.name, "date": target.date.isoformat()}
    model_admin.log_change(request, article.digest, _("“%(headline)s” moved to %(date)s") % names)
    sentence = _("“%(headline)s” is now in the digest of %(date)s.") % names
    model_admin.message_user(request, sentence, messages.SUCCESS)
    return redirect(_change_url(target))


def _day_page(model_admin, request, digest, form, words):
    media = model_admin.media + form.media
    context = {**words, "media": media, "digest": digest, "form": form}
    return desk_page(model_admin, request, "articles/digest/choose_day", context)


def _change_url(digest):
    return reverse("admin:articles_digest_change", args=[digest.pk])
