"""Webhooks at the desk: who is told what, with the last deliveries, a test and a new secret."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from articles.admin.audited import AuditedMixin
from articles.admin.desk import deliveries as shown
from articles.admin.desk.kept_secrets import NEVER_SHOWN, KeptSecretsMixin, host_in
from articles.admin.fields import LineFormField, TextFormField
from articles.admin.widgets import LineWidget
from articles.login.desk_page import desk_page
from articles.models import Delivery, Webhook
from articles.notices import bodies, deliveries, signing, webhooks
from articles.notices.events import KINDS

SHOWN_DELIVERIES = 10
MEDIA = forms.Media(
    css={"all": ["css/admin-pushes.css", "css/admin-webhooks.css"]}, js=["js/copy.js"]
)
Form = Webhook.Form


class WebhookForm(KeptSecretsMixin, forms.ModelForm):
    """Address and authorization are typed and never shown again; left empty, they stay."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("events"),
        choices=lambda: list(KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    address = LineFormField(
        label=gettext_lazy("address"), max_length=500, widget=LineWidget(attrs=NEVER_SHOWN)
    )
    authorization = LineFormField(
        label="Authorization",
        max_length=500,
        required=False,
        widget=LineWidget(attrs=NEVER_SHOWN),
        help_text=gettext_lazy(
            "If the receiver asks for it: the value of the header Authorization, such as Bearer "
            "tk_… for ntfy. It is not shown again, and an address at another host needs it anew. "
            "A hyphen removes it."
        ),
    )

    class Meta:
        model = Webhook
        fields = [
            *("name", "form", "address", "kinds", "chat", "template", "authorization"),
            "is_active",
        ]
        field_classes = {
            "name": LineFormField,
            "chat": LineFormField,
            "template": TextFormField,
        }
        widgets = {
            "name": LineWidget,
            "chat": LineWidget,
            "template": forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        }

    def clean(self):
        cleaned = super().clean()
        same = Webhook.objects.filter(name=cleaned.get("name"), address=cleaned.get("address"))
        if not self.instance.pk and same.exists():  # as if “Save” is pressed twice
            sentence = _(
                "A webhook of this name sends to this address already. Choose another name."
            )
            self.add_error("name", sentence)
        if cleaned.get("form") == Form.TELEGRAM and not cleaned.get("chat"):
            self.add_error("chat", _("Telegram needs the chat_id of a chat."))
        if cleaned.get("form") == Form.OWN and "template" in cleaned:
            try:
                bodies.check_template(cleaned["template"])
            except ValidationError as error:
                self.add_error("template", error)
        return cleaned


@admin.register(Webhook)
class WebhookAdmin(AuditedMixin, admin.ModelAdmin):
    form = WebhookForm
    list_display = ["name", "host", "form", "state"]
    actions = None

    class Media:
        css = {"all": ["css/admin-pushes.css", "css/admin-webhooks.css"]}

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/test/", view(require_POST(self.test)), name="articles_webhook_test"),
            path(
                "<int:pk>/secret/", view(require_POST(self.secret)), name="articles_webhook_secret"
            ),
            *super().get_urls(),
        ]

    def get_fields(self, request, obj=None):
        """Who may only look sees no secret either: the form has their fields empty."""
        may_write = self.has_change_permission(request, obj)
        return WebhookForm.Meta.fields if may_write else ["name", "form", "host", "state"]

    def get_readonly_fields(self, request, obj=None):
        return [] if self.has_change_permission(request, obj) else ["host", "state"]

    @sensitive_variables("obj")
    def save_model(self, request, obj, form, change):
        """Switched on, a webhook is told of what happens from now on."""
        if not change:
            obj.secret = signing.new_secret()
        if obj.is_active and not form.was_active:
            obj.active_since, obj.off_because = timezone.now(), ""
        obj.active_since = obj.active_since or timezone.now()
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        return self._shown(request, obj)

    def render_change_form(self, request, context, *args, **kwargs):
        """With the last deliveries and what would be sent."""
        if webhook := context.get("original"):
            target = webhooks.target_of(webhook)
            found = Delivery.objects.filter(target=target).select_related("entry")
            found = shown.with_last_attempt(found).order_by("-pk")[:SHOWN_DELIVERIES]
            context |= {
                "rows": [shown.row(delivery, request.user) for delivery in found],
                "all_url": f"{reverse('admin:articles_delivery_changelist')}?target={target}",
                "bodies": [(label, _body(webhook, m)) for label, m in _examples(webhook)],
                "may_write": self.has_change_permission(request, webhook),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def test(self, request, pk):
        webhook = self._writable(request, pk)
        if webhook.is_active:
            deliveries.queue_test(webhook, by=request.user)
            note = _("A test waits. It is sent within a minute; reload to see what became of it.")
            self.message_user(request, note, messages.SUCCESS)
        else:
            note = _("The webhook is off. Switch it on first.")
            self.message_user(request, note, messages.WARNING)
        return redirect("admin:articles_webhook_change", pk)

    def secret(self, request, pk):
        """Make a new secret. The answer shows it, and nothing else ever does."""
        webhook = self._writable(request, pk)
        webhooks.renew_secret(webhook, by=request.user)
        webhook.refresh_from_db()
        return self._shown(request, webhook)

    def _writable(self, request, pk):
        if not self.has_change_permission(request):
            raise PermissionDenied  # the same answer whether or not it exists
        return get_object_or_404(Webhook, pk=pk)

    def _shown(self, request, webhook):
        context = {
            "title": _("The secret of the webhook"),
            "media": self.media + MEDIA,
            "webhook": webhook,
        }
        # As on all pages of the desk, `admin_view` forbids storing the answer.
        return desk_page(self, request, "articles/webhook/secret", context)

    @admin.display(description=gettext_lazy("host"))
    def host(self, webhook):
        return host_in(webhook.address)

    @admin.display(description=gettext_lazy("state"), ordering="is_active")
    def state(self, webhook):
        if webhook.is_active:
            return format_html('<span class="status hub-accepted">{}</span>', _("on"))
        badge = format_html('<span class="status hub-given-up">{}</span>', _("off"))
        return format_html("{} {}", badge, webhook.off_because)


def _examples(webhook):
    return [*bodies.examples(webhook.kinds), (_("Test"), bodies.test_of(webhook))]


def _body(webhook, message):
    """The body for a message as text, or why there is none."""
    try:
        return bodies.body(webhook, message)[0].decode()
    except (ValidationError, ValueError) as error:
        return str(error)
