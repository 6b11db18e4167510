"""Deliveries at the desk: what was told to whom, and the result of each attempt."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from articles.admin.desk.hubs import outcome
from articles.admin.display import zoned
from articles.admin.read_only import ReadOnlyAdmin
from articles.models import Delivery, DeliveryAttempt, MailService, Webhook
from articles.notices import bodies, campaigns, deliveries, webhooks
from articles.notices.events import KINDS
from articles.outgoing.messages import FINISHED


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Read-only: nobody adds, changes or deletes a delivery. A finished one can be sent again."""

    list_display = ["queued", "event", "about", "receiver", "state_badge", "tries", "last_attempt"]
    list_display_links = ["queued"]
    list_filter = ["state"]
    list_select_related = ["entry"]
    ordering = ["-queued_at", "-pk"]
    fields = [
        *("queued", "event", "about", "receiver", "message_id", "state_badge", "next_time"),
        "attempts",
    ]
    readonly_fields = fields

    class Media:
        css = {"all": ["css/admin-pushes.css", "css/admin-webhooks.css"]}

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.again))
        return [path("<int:pk>/again/", view, name="articles_delivery_again"), *super().get_urls()]

    def lookup_allowed(self, lookup, value, request):
        """The page of a webhook leads to its own deliveries."""
        return lookup == "target" or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request):
        named = {
            "webhook_name": _name_of(Webhook, "webhook:"),
            "service_name": _name_of(MailService, f"{campaigns.LANE}:"),
        }
        return with_last_attempt(super().get_queryset(request).annotate(**named))

    def render_change_form(self, request, context, *args, **kwargs):
        delivery = context.get("original")
        if delivery and _may_repeat(request.user, delivery):
            context["again_url"] = again_url(delivery)
        return super().render_change_form(request, context, *args, **kwargs)

    def again(self, request, pk):
        """Send a finished delivery once more, for users who may change webhooks."""
        if not request.user.has_perm("articles.change_webhook"):
            raise PermissionDenied  # the same answer whether or not it exists
        delivery = get_object_or_404(Delivery, pk=pk)
        if deliveries.again(delivery, by=request.user):
            note = _("It is sent once more within a minute, under the same id.")
            self.message_user(request, note, messages.SUCCESS)
        else:
            note = _("It is not sent: it waits already, or its receiver is switched off.")
            self.message_user(request, note, messages.WARNING)
        return redirect("admin:articles_delivery_change", pk)

    @admin.display(description=gettext_lazy("queued"), ordering="queued_at")
    def queued(self, delivery):
        return zoned(delivery.queued_at)

    @admin.display(description=gettext_lazy("event"), ordering="kind")
    def event(self, delivery):
        return event_in_words(delivery)

    @admin.display(description=gettext_lazy("what"))
    def about(self, delivery):
        return delivery.entry.target

    @admin.display(description=gettext_lazy("receiver"), ordering="target")
    def receiver(self, delivery):
        """Its name, if it is a webhook or a mail service that is still there."""
        return delivery.webhook_name or delivery.service_name or delivery.target

    @admin.display(description=gettext_lazy("id"))
    def message_id(self, delivery):
        return webhooks.message_id(delivery)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, delivery):
        return badge(delivery)

    @admin.display(description=gettext_lazy("last attempt"))
    def last_attempt(self, delivery):
        return last_attempt_in_words(delivery)

    @admin.display(description=gettext_lazy("next attempt"))
    def next_time(self, delivery):
        return _("none") if delivery.state in FINISHED else zoned(delivery.next_at)

    @admin.display(description=gettext_lazy("attempts"))
    def attempts(self, delivery):
        rows = [(zoned(a.at), outcome(a.status, a.error)) for a in delivery.attempts.all()]
        return format_html_join("", "<p>{} – {}</p>", rows) if rows else _("none yet")


def _name_of(model, beginning):
    """The name of the row of a model that the target of a delivery names."""
    target = Concat(Value(beginning), Cast("pk", CharField()))
    rows = model.objects.alias(target=target).filter(target=OuterRef("target"))
    return Subquery(rows.values("name"))


def with_last_attempt(found):
    attempts = DeliveryAttempt.objects.filter(delivery=OuterRef("pk")).order_by("-pk")
    last = {name: Subquery(attempts.values(name)[:1]) for name in ("at", "status", "error")}
    return found.annotate(**{f"last_{name}": value for name, value in last.items()})


def row(delivery, user) -> dict:
    """A delivery with its last attempt, as the page of a webhook lists it."""
    return {
        "url": reverse("admin:articles_delivery_change", args=[delivery.pk]),
        "queued": zoned(delivery.queued_at),
        "event": event_in_words(delivery),
        "about": delivery.entry.target,
        "badge": badge(delivery),
        "last": last_attempt_in_words(delivery),
        "again_url": again_url(delivery) if _may_repeat(user, delivery) else "",
    }


def again_url(delivery) -> str:
    return reverse("admin:articles_delivery_again", args=[delivery.pk])


def event_in_words(delivery) -> str:
    return str(KINDS.get(delivery.kind, _("Test") if delivery.kind == bodies.TEST else ""))


def badge(delivery) -> str:
    name = delivery.get_state_display()
    return format_html('<span class="status hub-{}">{}</span>', delivery.state, name)


def last_attempt_in_words(delivery) -> str:
    if delivery.last_at is None:
        return _("none yet")
    return f"{zoned(delivery.last_at)}: {outcome(delivery.last_status, delivery.last_error)}"


def _may_repeat(user, delivery):
    return delivery.state in FINISHED and user.has_perm("articles.change_webhook")
