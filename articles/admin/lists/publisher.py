"""Publishers and their domains."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.http import JsonResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from articles.admin.audited import AuditedMixin
from articles.admin.fields import LineFormField
from articles.admin.lists.merge_form import MergingMixin
from articles.admin.widgets import LineWidget
from articles.changes import site_version
from articles.digests import editing, naming
from articles.models import Publisher, PublisherDomain
from articles.rules.addresses import domain_of
from articles.rules.text import unique_slug
from articles.rules.validators import is_web_address
from articles.taxonomy import publishers


class PublisherForm(forms.ModelForm):
    class Meta:
        model = Publisher
        fields = ["name", "slug", "home_page", "is_portal"]
        field_classes = {"name": LineFormField, "home_page": LineFormField}
        widgets = {"name": LineWidget, "home_page": LineWidget}
        help_texts = {"slug": _("Part of the address. Left blank it is made from the name.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("name") and not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = self._made_slug(cleaned["name"])
        return cleaned

    def _made_slug(self, name):
        if self.instance.is_known:
            return naming.address_for(self.instance, name)
        rivals = Publisher.objects.exclude(pk=self.instance.pk)
        return unique_slug(name, rivals.values_list("slug", flat=True))


class PublisherDomainForm(forms.ModelForm):
    class Meta:
        model = PublisherDomain
        fields = ["domain"]
        field_classes = {"domain": LineFormField}

    def clean_domain(self):
        return self.cleaned_data["domain"].lower()


class PublisherDomainInline(admin.StackedInline):
    model = PublisherDomain
    form = PublisherDomainForm
    extra = 1


@admin.register(Publisher)
class PublisherAdmin(AuditedMixin, MergingMixin, admin.ModelAdmin):
    form = PublisherForm
    inlines = [PublisherDomainInline]
    list_display = ["name", "use_count", "is_portal", "slug", "home_page"]
    actions = ["merge_selected"]
    list_filter = ["is_portal"]
    search_fields = ["name", "domains__domain"]
    view_on_site = False

    class Media:
        css = {"all": ["css/admin-starting.css"]}

    def get_queryset(self, request):
        # A separate count, since the search joins the domains.
        count = Count("citations", distinct=True)
        return super().get_queryset(request).annotate(use_count=count)

    @admin.display(description=_("citations"), ordering="use_count")
    def use_count(self, publisher):
        return publisher.use_count

    def save_model(self, request, obj, form, change):
        """Record a new name in the histories of the digests that show it. With a new address, the
        old one redirects to it. Other changes show on the publisher's page."""
        if not change or not form.changed_data:
            return super().save_model(request, obj, form, change)
        with transaction.atomic():
            digests = publishers.lock_digests_citing([obj])
            naming.settle()  # marks names whose scheduled digests have come out as known
            present = Publisher.objects.select_for_update().get(pk=obj.pk)
            obj.is_known = present.is_known
            if "slug" not in form.changed_data:
                obj.slug = present.slug
            super().save_model(request, obj, form, change)
            if "slug" in form.changed_data:
                publishers.keep_address(present.slug, obj, is_known=obj.is_known)
            if "name" in form.changed_data:
                publishers.note_rename(obj, form.initial["name"], digests, by=request.user)
            if Publisher.objects.in_use().filter(pk=obj.pk).exists():
                site_version.move()

    def merge_into(self, request, chosen, target):
        return publishers.merge(chosen, target, by=request.user)

    def get_urls(self):
        view = self.admin_site.admin_view(require_GET(of_address))
        route = path("of-address/", view, name="articles_publisher_of_address")
        return [route, *super().get_urls()]


def of_address(request):
    """The name of the publisher that has the domain of the address `url`; if nobody has it, the
    domain itself, by which saving names it. Empty for what is no address."""
    if not request.user.has_perm("articles.change_digest"):
        raise PermissionDenied
    url = request.GET.get("url", "")
    domain = domain_of(url) if is_web_address(url) else ""
    publisher = editing.publisher_of_domain(domain) if domain else None
    name = publisher.name if publisher else editing.domain_name(domain)
    return JsonResponse({"name": name})
