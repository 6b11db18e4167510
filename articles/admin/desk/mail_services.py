"""Mail services at the desk: who sends digests to a list, with the last digests that each got."""

import re

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.audited import AuditedMixin
from articles.admin.desk import deliveries as shown
from articles.admin.desk.kept_secrets import NEVER_SHOWN, KeptSecretsMixin, host_in
from articles.admin.display import zoned
from articles.admin.fields import LineFormField, TextFormField
from articles.admin.widgets import LineWidget
from articles.mail import own_service
from articles.models import Delivery, MailService
from articles.notices import campaigns

SHOWN = 10
MAX_LISTS = 20
Kind, Mode = MailService.Kind, MailService.Mode


class MailServiceForm(KeptSecretsMixin, forms.ModelForm):
    address = LineFormField(
        label=gettext_lazy("address"),
        max_length=500,
        widget=LineWidget(attrs=NEVER_SHOWN),
        help_text=gettext_lazy(
            "Where listmonk runs, such as https://lists.example.com; for Buttondown "
            "https://api.buttondown.com."
        ),
    )
    authorization = LineFormField(
        label=gettext_lazy("key"),
        max_length=500,
        required=False,
        widget=LineWidget(attrs=NEVER_SHOWN),
        help_text=gettext_lazy(
            "For listmonk: api_user:token. For Buttondown: the API key. For an own template: the "
            "whole value of the header Authorization. It is not shown again, and an address at "
            "another host needs it anew. A hyphen removes it."
        ),
    )
    lists = LineFormField(
        label=gettext_lazy("lists in listmonk"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Their numbers, such as 1, 3."),
    )

    class Meta:
        model = MailService
        fields = [
            *("name", "kind", "address", "authorization", "mode", "hour", "lists"),
            *("list_template", "template", "unsubscribe", "is_active"),
        ]
        field_classes = {
            "name": LineFormField,
            "unsubscribe": LineFormField,
            "template": TextFormField,
        }
        widgets = {
            "name": LineWidget,
            "unsubscribe": LineWidget,
            "hour": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "template": forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        }
        help_texts = {
            "template": gettext_lazy(
                "For an own template: JSON, with {{ subject }}, {{ preheader }}, {{ html }}, "
                "{{ text }}, {{ language }}, {{ date }}, {{ url }}, {{ site }}, {{ id }}, "
                "{{ mode }} and {{ send_at }} inside its texts."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["lists"] = ", ".join(map(str, self.instance.lists))

    def clean_lists(self):
        typed = [part for part in re.split(r"[\s,]+", self.cleaned_data["lists"]) if part]
        if len(typed) > MAX_LISTS or not all(re.fullmatch("[0-9]{1,9}", part) for part in typed):
            raise ValidationError(_("Give the numbers of lists, with commas between them."))
        return sorted({int(part) for part in typed})

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("kind")
        if kind == Kind.LISTMONK and "lists" in cleaned and not cleaned["lists"]:
            self.add_error("lists", _("listmonk needs at least one list."))
        if kind in (Kind.LISTMONK, Kind.BUTTONDOWN) and not cleaned.get("authorization"):
            self.add_error("authorization", _("This service needs a key."))
        if kind == Kind.OWN and "template" in cleaned:
            try:
                own_service.check_template(cleaned["template"])
            except ValidationError as error:
                self.add_error("template", error)
        if cleaned.get("mode") == Mode.SCHEDULED and not cleaned.get("hour"):
            self.add_error("hour", _("To schedule it there, an hour is needed."))
        same = MailService.objects.filter(name=cleaned.get("name"), address=cleaned.get("address"))
        if not self.instance.pk and same.exists():  # as if “Save” is pressed twice
            self.add_error("name", _("There is a mail service of this name already."))
        return cleaned


@admin.register(MailService)
class MailServiceAdmin(AuditedMixin, admin.ModelAdmin):
    form = MailServiceForm
    change_form_template = "admin/articles/mailservice/change_form.html"
    list_display = ["name", "kind", "host", "mode", "hour", "state"]
    actions = None

    class Media:
        css = {"all": ["css/admin-pushes.css", "css/admin-webhooks.css"]}

    def get_fields(self, request, obj=None):
        """Who may only look sees no secret either: the form has their fields empty."""
        may_write = self.has_change_permission(request, obj)
        seen = ["name", "kind", "host", "mode", "hour", "state"]
        return MailServiceForm.Meta.fields if may_write else seen

    def get_readonly_fields(self, request, obj=None):
        return [] if self.has_change_permission(request, obj) else ["host", "state"]

    def save_model(self, request, obj, form, change):
        """Switched on, a service gets what is published from now on."""
        if obj.is_active and not form.was_active:
            obj.active_since = timezone.now()
        obj.active_since = obj.active_since or timezone.now()
        super().save_model(request, obj, form, change)

    def render_change_form(self, request, context, *args, **kwargs):
        """With the last digests that it got, and the last requests."""
        if service := context.get("original"):
            target = campaigns.target_of(service)
            found = Delivery.objects.filter(target=target).select_related("entry")
            found = shown.with_last_attempt(found).order_by("-pk")[:SHOWN]
            context |= {
                "campaigns": [_row(each) for each in _newest(service.campaigns.all())],
                "rows": [shown.row(delivery, request.user) for delivery in found],
                "all_url": f"{reverse('admin:articles_delivery_changelist')}?target={target}",
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("host"))
    def host(self, service):
        return host_in(service.address)

    @admin.display(description=gettext_lazy("state"), ordering="is_active")
    def state(self, service):
        name, word = ("accepted", _("on")) if service.is_active else ("given-up", _("off"))
        return format_html('<span class="status hub-{}">{}</span>', name, word)


def _newest(found):
    return found.select_related("digest").order_by("-pk")[:SHOWN]


def _row(campaign) -> dict:
    """A digest at the service, as its page lists it."""
    return {
        "digest": campaign.digest,
        "state": campaign.get_state_display(),
        "there": campaign.remote_status,
        "because": campaign.because,
        "changed": zoned(campaign.changed_at),
    }
