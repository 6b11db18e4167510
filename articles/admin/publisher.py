"""Outlets and the domains that are theirs."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.admin.fields import LineFormField
from articles.admin.widgets import LineWidget
from articles.models import Publisher, PublisherDomain
from articles.text import unique_slug


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
            rivals = Publisher.objects.exclude(pk=self.instance.pk)
            taken = rivals.values_list("slug", flat=True)
            cleaned["slug"] = unique_slug(cleaned["name"], taken)
        return cleaned


class PublisherDomainForm(forms.ModelForm):
    class Meta:
        model = PublisherDomain
        fields = ["domain"]
        field_classes = {"domain": LineFormField}

    def clean_domain(self):
        return self.cleaned_data["domain"].lower()


class PublisherDomainInline(admin.TabularInline):
    model = PublisherDomain
    form = PublisherDomainForm
    extra = 1


@admin.register(Publisher)
class PublisherAdmin(admin.ModelAdmin):
    form = PublisherForm
    inlines = [PublisherDomainInline]
    list_display = ["name", "slug", "is_portal", "home_page"]
    list_filter = ["is_portal"]
    search_fields = ["name", "domains__domain"]
    view_on_site = False
