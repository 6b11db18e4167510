"""Receivers that are told what happens at the desk, and what is sent to whom."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField
from articles.outgoing.messages import Attempt, Message
from articles.rules.validators import validate_web_address


class Webhook(models.Model):
    """An address that gets a request for each event of some kinds.

    `secret` signs the requests. It and `authorization` are stored as they are, since every request
    needs them; the desk shows neither again. Of the address it shows the host alone, since the
    addresses of Slack, Discord and Telegram are secrets, too.
    """

    class Form(models.TextChoices):
        JSON = "json", _("JSON (Standard Webhooks)")
        SLACK = "slack", "Slack"
        DISCORD = "discord", "Discord"
        TELEGRAM = "telegram", "Telegram"
        NTFY = "ntfy", "ntfy"
        OWN = "own", _("own template")

    name = LineField(_("name"), max_length=100)
    address = models.CharField(_("address"), max_length=500, validators=[validate_web_address])
    form = models.CharField(_("receiver"), max_length=10, choices=Form, default=Form.JSON)
    kinds = models.JSONField(_("events"), default=list)
    chat = LineField(
        _("chat"),
        max_length=100,
        blank=True,
        help_text=_("For Telegram: the chat_id, such as -1001234567890 or @channel."),
    )
    template = models.TextField(
        _("template"),
        max_length=4000,
        blank=True,
        help_text=_(
            "For an own template: JSON, with {{ sentence }}, {{ kind }}, {{ date }}, "
            "{{ articles }}, {{ url }} and {{ site }} inside its texts."
        ),
    )
    authorization = models.CharField(_("Authorization"), max_length=500, blank=True)
    secret = models.CharField(_("secret"), max_length=100)
    former_secret = models.CharField(_("former secret"), max_length=100, blank=True)
    former_until = models.DateTimeField(_("the former secret signs until"), null=True)
    is_active = models.BooleanField(_("on"), default=True)
    active_since = models.DateTimeField(_("on since"))
    off_because = models.CharField(_("why it is off"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class Delivery(Message):
    """One event for one target, such as `webhook:3`: what an audit row says is told to it once.

    `kind` is the kind of the event, or `test`. `lane` is what waits together when the receiver
    fails (articles/outgoing/lanes.py). `uid` names it to the receiver in every attempt.
    """

    entry = models.ForeignKey(
        "articles.AuditEntry", on_delete=models.PROTECT, verbose_name=_("audit row")
    )
    target = models.CharField(_("target"), max_length=50)
    lane = models.CharField(_("lane"), max_length=50)
    kind = models.CharField(_("event"), max_length=40)
    uid = models.UUIDField(_("id"), default=uuid.uuid4, unique=True, editable=False)

    class Meta(Message.Meta):
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["state", "next_at"], name="delivery_due"),
            models.Index(fields=["-queued_at", "-id"], name="delivery_newest"),
            models.Index(fields=["target", "-id"], name="delivery_of_target"),
            models.Index(fields=["lane", "state"], name="delivery_in_lane"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry", "target"], name="delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sending", "accepted", "given-up"]),
                name="delivery_state_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.target} {self.uid.hex[:8]}"


class DeliveryAttempt(Attempt):
    """One attempt to deliver."""

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="attempts", verbose_name=_("delivery")
    )

    class Meta(Attempt.Meta):
        verbose_name = _("attempt of a delivery")
        verbose_name_plural = _("attempts of deliveries")
