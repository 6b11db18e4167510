"""Tags: numbers of uses, renaming, and suggestions while typing."""

from functools import partial

import taggit.admin  # noqa: F401  (registers the admin that is taken away below)
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Count, Q, When
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods
from taggit.models import Tag as StockTag

from articles.admin.audited import AuditedMixin
from articles.admin.fields import LineFormField, TagsFormField
from articles.admin.lists import tag_proposals, vocabulary
from articles.admin.lists.merge_form import MergingMixin
from articles.admin.widgets import LineWidget
from articles.models import Tag, TagAlias, TaggedArticle
from articles.rules.lengths import LONGEST_TAG, TAG
from articles.rules.lines import parse_tags, tag_errors
from articles.rules.text import fold, whole_number
from articles.taxonomy import tags
from articles.taxonomy.vocabulary import set_aliases, taken

SUGGESTIONS = 10

# django-taggit's merge action deletes tags without checking permissions.
admin.site.unregister(StockTag)


class UnseenArticles(Exception):
    """The confirmation of a deletion showed other articles than there are now."""


class TagForm(forms.ModelForm):
    new_address = forms.BooleanField(
        label=gettext_lazy("Also change the address"),
        help_text=gettext_lazy("Made from the name. The old address leads to the new one."),
        required=False,
    )
    aliases = TagsFormField(
        label=gettext_lazy("Aliases"),
        help_text=gettext_lazy(
            "Separated by commas. Texts and editors mean this tag by them; readers do not see them."
        ),
        required=False,
        widget=LineWidget,
    )

    class Meta:
        model = Tag
        fields = ["name", "description"]
        field_classes = {"name": LineFormField, "description": LineFormField}
        widgets = {"description": LineWidget}
        labels = {"name": gettext_lazy("name")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["aliases"] = [alias.name for alias in self.instance.aliases.all()]

    def clean_aliases(self):
        names = self.cleaned_data["aliases"]
        if problems := taken(names, self.instance):
            raise ValidationError(problems)
        return names

    def clean_name(self):
        names = parse_tags(self.cleaned_data["name"])
        if len(names) != 1:
            raise ValidationError(_("Write one tag, without commas."))
        if errors := tag_errors(names, TAG):
            raise ValidationError(errors)
        [name] = names
        same = Tag.objects.exclude(pk=self.instance.pk).same_as(name)
        if same:
            message = _("This is the same tag as “%(tag)s”. To make them one, merge them.")
            raise ValidationError(message % {"tag": same.name})
        if fold(name) != self.instance.folded:
            others = TagAlias.objects.exclude(tag=self.instance.pk).filter(folded=fold(name))
            if alias := others.select_related("tag").first():
                message = _("“%(name)s” is an alias of “%(tag)s” already.")
                raise ValidationError(message % {"name": alias.name, "tag": alias.tag.name})
        return name


@admin.register(Tag)
class TagAdmin(AuditedMixin, MergingMixin, admin.ModelAdmin):
    """Renaming keeps the slug, so that the tag's page and feed keep their address, unless the
    editor enters a new one."""

    form = TagForm
    list_display = ["name", "address", "use_count"]
    ordering = ["name"]
    search_fields = ["name", "folded", "aliases__folded"]
    readonly_fields = ["address", "shown_aliases"]
    view_on_site = False
    actions = ["merge_selected"]

    class Media:
        css = {"all": ["css/admin-starting.css"]}

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(
                # A separate count, since the search joins the aliases.
                use_count=Count("tagged_articles", distinct=True)
            )
        )

    def get_fields(self, request, obj=None):
        shown = ["name", "description"]
        if obj is None:
            return shown
        if not self.has_change_permission(request, obj):
            return [*shown, "shown_aliases", "address"]
        return [*shown, "aliases", "address", "new_address"]

    @admin.display(description=gettext_lazy("aliases"), empty_value="–")
    def shown_aliases(self, tag):
        return ", ".join(alias.name for alias in tag.aliases.all()) or None

    def changelist_view(self, request, extra_context=None):
        more = {"may_change_vocabulary": vocabulary.may_change(request)}
        return super().changelist_view(request, more | (extra_context or {}))

    @admin.display(description=gettext_lazy("address"), ordering="slug")
    def address(self, tag):
        return tag.slug

    @admin.display(description=gettext_lazy("articles"), ordering="use_count")
    def use_count(self, tag):
        return tag.use_count

    def get_actions(self, request, action_location=None):
        """Remove deletion of several: the question for one tag lists the articles that lose it.

        Django 6.1 passes `action_location`, the page that asks; Django 5.2 has only one.
        """
        located = {} if action_location is None else {"action_location": action_location}
        found = super().get_actions(request, **located)
        found.pop("delete_selected", None)
        return found

    def save_model(self, request, obj, form, change):
        if not change:
            return super().save_model(request, obj, form, change)
        new_address = form.cleaned_data.get("new_address", False)
        name, description = (form.cleaned_data[field] for field in ("name", "description"))
        tags.rename(obj, name, new_address=new_address, by=request.user)
        tags.describe(obj, description, by=request.user)
        set_aliases(obj, form.cleaned_data["aliases"], by=request.user)
        obj.refresh_from_db()

    def merge_into(self, request, chosen, target):
        return tags.merge(chosen, target, by=request.user)

    def delete_view(self, request, object_id, extra_context=None):
        """Delete nothing that the confirmation did not show."""
        try:
            uses = TaggedArticle.objects.filter(tag=whole_number(object_id))
            more = {"uses": uses.select_related("content_object__digest")}
            return super().delete_view(request, object_id, more | (extra_context or {}))
        except UnseenArticles:
            sentence = _("More articles have this tag by now. Look at them first.")
            self.message_user(request, sentence, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def delete_model(self, request, obj):
        shown = request.POST.get("seen")
        seen = whole_number(shown)
        is_nonsense = shown is not None and seen is None
        if is_nonsense or not tags.delete(obj, by=request.user, seen=seen):
            raise UnseenArticles

    def get_urls(self):
        view = self.admin_site.admin_view(require_GET(suggest))
        pages = [
            ("vocabulary/", "vocabulary", vocabulary.page, ["GET", "HEAD", "POST"]),
            ("vocabulary/tags.txt", "vocabulary_list", vocabulary.export, ["GET", "HEAD"]),
            ("proposals/", "proposals", tag_proposals.listing, ["GET", "HEAD"]),
            ("<int:pk>/proposals/", "proposal", tag_proposals.page, ["GET", "HEAD", "POST"]),
        ]
        own = [
            path(
                address,
                self.admin_site.admin_view(require_http_methods(methods)(partial(page, self))),
                name=f"articles_tag_{name}",
            )
            for address, name, page, methods in pages
        ]
        return [
            path("suggest/", view, name="articles_tag_suggest"),
            *own,
            *super().get_urls(),
        ]


def suggest(request):
    """Names of tags that contain `q`, or have an alias that does, as a JSON list; those that start
    with it come first."""
    if not request.user.has_perm("articles.change_digest"):
        raise PermissionDenied
    asked = fold(request.GET.get("q", ""))[:LONGEST_TAG]
    if not asked:
        return JsonResponse({"tags": []})
    begins_with = Case(When(folded__startswith=asked, then=0), default=1)
    meant = TagAlias.objects.filter(folded__contains=asked).values("tag")
    found = Tag.objects.filter(Q(folded__contains=asked) | Q(pk__in=meant))
    found = found.order_by(begins_with, "name")
    return JsonResponse({"tags": list(found.values_list("name", flat=True)[:SUGGESTIONS])})
