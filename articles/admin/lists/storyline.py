"""Storylines: their articles, renaming, merging and splitting."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Max
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from articles.admin.audited import AuditedMixin
from articles.admin.fields import StorylineFormField
from articles.admin.lists.merge_form import MergingMixin
from articles.digests.publishing import NotAllowed
from articles.login.desk_page import desk_page
from articles.models import Article, Storyline
from articles.storylines import keeping


class StorylineForm(forms.ModelForm):
    name = StorylineFormField(label=gettext_lazy("name"))
    new_address = forms.BooleanField(
        label=gettext_lazy("Also change the address"),
        help_text=gettext_lazy("Made from the name. The old address leads to the new one."),
        required=False,
    )

    class Meta:
        model = Storyline
        fields = ["name"]

    def clean_name(self):
        name = self.cleaned_data["name"]
        if same := Storyline.objects.exclude(pk=self.instance.pk).same_as(name):
            message = _("This is the same storyline as “%(name)s”. To make them one, merge them.")
            raise ValidationError(message % {"name": same.name})
        return name


class SplitForm(forms.Form):
    name = StorylineFormField(label=gettext_lazy("Name of the new storyline"))
    articles = forms.ModelMultipleChoiceField(
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Articles that move to it"),
    )

    def __init__(self, *args, storyline, **kwargs):
        super().__init__(*args, **kwargs, label_suffix="")
        self.fields["articles"].queryset = entries_of(storyline)
        self.fields["articles"].label_from_instance = _named


@admin.register(Storyline)
class StorylineAdmin(AuditedMixin, MergingMixin, admin.ModelAdmin):
    """Renaming keeps the slug, unless the editor asks for a new one. New storylines are made in the
    forms of digests."""

    form = StorylineForm
    list_display = ["name", "use_count", "newest", "slug"]
    ordering = ["-pk"]
    search_fields = ["name", "folded", "entries__article__headline"]
    fields = ["name", "entries", "address", "new_address"]
    readonly_fields = ["address", "entries"]
    change_form_template = "admin/articles/storyline/change_form.html"
    view_on_site = False
    actions = ["merge_selected"]

    class Media:
        css = {"all": ["css/admin-starting.css", "css/admin-storylines.css"]}

    def has_add_permission(self, request):
        return False

    def get_queryset(self, request):
        # A separate count, since the search joins the articles.
        rows = super().get_queryset(request).annotate(use_count=Count("entries", distinct=True))
        return rows.annotate(newest_day=Max("entries__article__digest__date"))

    def get_fields(self, request, obj=None):
        if obj and not self.has_change_permission(request, obj):
            return ["name", "entries", "address"]
        return self.fields

    def get_actions(self, request, action_location=None):
        """Remove deletion of several: the question for one tells how many articles it has."""
        located = {} if action_location is None else {"action_location": action_location}
        found = super().get_actions(request, **located)
        found.pop("delete_selected", None)
        return found

    @admin.display(description=gettext_lazy("address"))
    def address(self, storyline):
        if Storyline.objects.in_use().filter(pk=storyline.pk).exists():
            return format_html('<a href="{}">{}</a>', storyline.get_absolute_url(), storyline.slug)
        return _("%(slug)s (no page yet: readers have fewer than two of its articles)") % {
            "slug": storyline.slug
        }

    @admin.display(description=gettext_lazy("articles"), ordering="use_count")
    def use_count(self, storyline):
        return storyline.use_count

    @admin.display(description=gettext_lazy("newest"), ordering="newest_day")
    def newest(self, storyline):
        return storyline.newest_day and storyline.newest_day.isoformat()

    @admin.display(description=gettext_lazy("articles"), empty_value="–")
    def entries(self, storyline):
        rows = (
            (
                article.digest.date.isoformat(),
                reverse("admin:articles_digest_change", args=[article.digest_id]),
                article.position - 1,
                article.name,
                article.digest.get_status_display(),
            )
            for article in entries_of(storyline)
        )
        listed = format_html_join(
            "", '<li>{} <a href="{}#articles-{}">{}</a> <span class="quiet">{}</span></li>', rows
        )
        return format_html("<ol>{}</ol>", listed) if listed else None

    def save_model(self, request, obj, form, change):
        new_address = form.cleaned_data["new_address"]
        keeping.rename(obj, form.cleaned_data["name"], new_address=new_address, by=request.user)
        obj.refresh_from_db()

    def delete_model(self, request, obj):
        keeping.delete(obj, by=request.user)

    def merge_into(self, request, chosen, target):
        return keeping.merge(chosen, target, by=request.user)

    def get_urls(self):
        view = require_http_methods(["GET", "HEAD", "POST"])(partial(split, self))
        own = path(
            "<int:pk>/split/", self.admin_site.admin_view(view), name="articles_storyline_split"
        )
        return [own, *super().get_urls()]


def split(model_admin, request, pk):
    """A page that asks which articles of a storyline move to a new one, and its name."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    storyline = get_object_or_404(Storyline, pk=pk)
    form = SplitForm(request.POST or None, storyline=storyline)
    if form.is_valid():
        chosen = [article.pk for article in form.cleaned_data["articles"]]
        try:
            new = keeping.split(storyline, chosen, form.cleaned_data["name"], by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            model_admin.log_change(request, storyline, _("Split off “%(name)s”") % {"name": new})
            model_admin.log_addition(request, new, _("Split from “%(name)s”") % {"name": storyline})
            sentence = _("“%(name)s” is a storyline of its own now.") % {"name": new.name}
            model_admin.message_user(request, sentence, messages.SUCCESS)
            return redirect("admin:articles_storyline_change", new.pk)
    context = {
        "title": _("Split the storyline “%(name)s”") % {"name": storyline.name},
        "media": model_admin.media,
        "form": form,
        "storyline": storyline,
    }
    return desk_page(model_admin, request, "articles/storyline/split", context)


def entries_of(storyline):
    """The articles of a storyline in the order of their days."""
    articles = Article.objects.filter(storyline_entry__storyline=storyline)
    return articles.select_related("digest").order_by("digest__date", "position")


def _named(article):
    return f"{article.digest.date.isoformat()} {article.name}"
