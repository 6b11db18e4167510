"""Messages for WebSub hubs, and the result of sending them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.outgoing.messages import Attempt, Message


class FeedChange(models.Model):
    """A change that feeds show, written in the same transaction. The process that sends pings
    deletes it.

    `digest_id` is not a foreign key, so that the row outlives the digest. None is a change of more
    than one digest.
    """

    digest_id = models.BigIntegerField(_("digest id"), null=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("change for hubs")
        verbose_name_plural = _("changes for hubs")
        default_permissions = ()

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.digest_id or ''}".rstrip()


class HubPing(Message):
    """One message to one hub: a feed has changed."""

    hub = models.CharField(_("hub"), max_length=500)
    topic = models.CharField(_("feed"), max_length=1000)
    queued_at = models.DateTimeField(_("queued"), help_text=_("When the feed changed."))

    class Meta(Message.Meta):
        verbose_name = _("message to a hub")
        verbose_name_plural = _("messages to hubs")
        indexes = [
            models.Index(fields=["state", "next_at"], name="hub_ping_due"),
            models.Index(fields=["-queued_at", "-id"], name="hub_ping_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sending", "accepted", "given-up"]),
                name="hub_ping_state_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.topic} → {self.hub}"


class HubAttempt(Attempt):
    """One attempt to deliver a ping."""

    ping = models.ForeignKey(
        HubPing, on_delete=models.CASCADE, related_name="attempts", verbose_name=_("message")
    )

    class Meta(Attempt.Meta):
        verbose_name = _("attempt to tell a hub")
        verbose_name_plural = _("attempts to tell hubs")
