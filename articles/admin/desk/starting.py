"""One-click drafts, copies of a day, and articles that move to another day."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from articles.admin.form import paste
from articles.admin.form.saving import tell_cancellation
from articles.admin.widgets import DayWidget
from articles.digests import starting
from articles.digests.publishing import NotAllowed
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


class StartingMixin:
    """Pages and buttons around `articles.digests.starting`."""

    def get_urls(self):
        page = require_http_methods(["GET", "HEAD", "POST"])
        views = [
            ("start/", require_POST(self.start_view), "start"),
            ("<int:pk>/duplicate/", page(self.duplicate_view), "duplicate"),
            ("<int:pk>/articles/<uuid:uid>/move/", page(self.move_view), "move"),
        ]
        routes = [
            path(route, self.admin_site.admin_view(view), name=f"articles_digest_{name}")
            for route, view, name in views
        ]
        paste_view = self.admin_site.admin_view(paste.take_apart)
        routes.append(path("paste/", paste_view, name="articles_digest_paste"))
        return [*routes, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        more = {}
        if request.method == "GET" and self.has_add_permission(request):
            templates = list(DigestTemplate.objects.order_by("pk"))
            more = {"next_day": starting.next_day(), "other_templates": templates[1:]}
        return super().changelist_view(request, more | (extra_context or {}))

    def start_view(self, request):
        """Make the draft of the day on the button; a second press opens the same one."""
        if not self.has_add_permission(request):
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
            self.message_user(request, str(refusal), messages.INFO)
            return redirect(_change_url(Digest.objects.get(date=date)))
        self.log_addition(request, digest, _("Started"))
        return redirect(f"{_change_url(digest)}?extra={template.slots}")

    def duplicate_view(self, request, pk):
        if not (self.has_add_permission(request) and self.has_view_permission(request)):
            raise PermissionDenied
        digest = get_object_or_404(Digest, pk=pk)
        form = DayForm(request.POST or None, initial={"date": starting.next_day()})
        if request.method == "POST" and form.is_valid():
            try:
                copy = starting.duplicate(digest, form.cleaned_data["date"], by=request.user)
            except NotAllowed as refusal:
                form.add_error("date", str(refusal))
            else:
                self.log_addition(request, copy, _("Copied"))
                self.message_user(request, _("This is the copy, a draft."), messages.SUCCESS)
                return redirect(_change_url(copy))
        words = {
            "title": _("Duplicate"),
            "lead": _("All texts, citations and tags are copied into a new draft."),
            "button": _("Make the copy"),
        }
        return self._day_page(request, digest, form, words)

    def move_view(self, request, pk, uid):
        if not self.has_change_permission(request):
            raise PermissionDenied
        article = get_object_or_404(Article.objects.select_related("digest"), uid=uid, digest=pk)
        form = DayForm(request.POST or None, initial={"date": starting.next_day()})
        if request.method == "POST" and form.is_valid():
            try:
                day = form.cleaned_data["date"]
                before = [article.digest, *Digest.objects.filter(date=day)]
                target = starting.move_article(article, day, by=request.user)
            except NotAllowed as refusal:
                form.add_error("date", str(refusal))
            else:
                for digest in before:
                    tell_cancellation(self, request, digest)
                return self._moved(request, article, target)
        words = {
            "title": _("Move to another day"),
            "lead": _(
                "The article goes to the end of that day's digest with its citations, tags and "
                "corrections. A day without a digest gets a draft."
            ),
            "button": _("Move the article"),
            "headline": article.headline,
        }
        return self._day_page(request, article.digest, form, words)

    def _moved(self, request, article, target):
        names = {"headline": article.headline, "date": target.date.isoformat()}
        self.log_change(request, article.digest, _("“%(headline)s” moved to %(date)s") % names)
        sentence = _("“%(headline)s” is now in the digest of %(date)s.") % names
        self.message_user(request, sentence, messages.SUCCESS)
        return redirect(_change_url(target))

    def _day_page(self, request, digest, form, words):
        context = {
            **self.admin_site.each_context(request),
            **words,
            "opts": self.opts,
            "media": self.media + form.media,
            "digest": digest,
            "form": form,
        }
        return TemplateResponse(request, "admin/articles/digest/choose_day.html", context)


def _change_url(digest):
    return reverse("admin:articles_digest_change", args=[digest.pk])
