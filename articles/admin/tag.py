"""Tags: how often each is used, renaming, and suggestions while typing."""

import taggit.admin  # noqa: F401  (registers the admin that is taken away below)
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Count, When
from django.http import JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET
from taggit.models import Tag as StockTag

from articles.admin.fields import LineFormField
from articles.lines import parse_tags
from articles.models import Tag
from articles.models.tag import MAX_TAG_LENGTH
from articles.text import fold

SUGGESTIONS = 10

# Its merging of tags deletes them, and asks for no permission.
admin.site.unregister(StockTag)


class TagForm(forms.ModelForm):
    class Meta:
        model = Tag
        fields = ["name"]
        field_classes = {"name": LineFormField}

    def clean_name(self):
        names = parse_tags(self.cleaned_data["name"])
        if len(names) != 1:
            raise ValidationError(_("Write one tag, without commas."))
        [name] = names
        if len(name) > MAX_TAG_LENGTH:
            message = _("“%(tag)s” is too long for a tag. Use at most %(limit)d characters.")
            raise ValidationError(message % {"tag": f"{name[:20]}…", "limit": MAX_TAG_LENGTH})
        same = Tag.objects.filter(folded=fold(name)).exclude(pk=self.instance.pk).first()
        if same:
            raise ValidationError(_("This is the same tag as “%(tag)s”.") % {"tag": same.name})
        return name


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    """Renaming keeps the slug, so that the tag's page and feed keep their address."""

    form = TagForm
    list_display = ["name", "slug", "use_count"]
    ordering = ["name"]
    search_fields = ["name", "folded"]
    readonly_fields = ["slug"]
    view_on_site = False

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(use_count=Count("tagged_articles"))

    def get_fields(self, request, obj=None):
        return ["name", "slug"] if obj else ["name"]

    @admin.display(description=gettext_lazy("articles"), ordering="use_count")
    def use_count(self, tag):
        return tag.use_count

    def get_urls(self):
        view = self.admin_site.admin_view(require_GET(suggest))
        return [path("suggest/", view, name="articles_tag_suggest"), *super().get_urls()]


def suggest(request):
    """Names of tags that contain `q`, those that begin with it first, as a JSON list."""
    if not request.user.has_perm("articles.change_digest"):
        raise PermissionDenied
    asked = fold(request.GET.get("q", ""))[:MAX_TAG_LENGTH]
    if not asked:
        return JsonResponse({"tags": []})
    begins_with = Case(When(folded__startswith=asked, then=0), default=1)
    tags = Tag.objects.filter(folded__contains=asked).order_by(begins_with, "name")
    return JsonResponse({"tags": list(tags.values_list("name", flat=True)[:SUGGESTIONS])})
