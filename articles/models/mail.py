"""Services that have a list of readers, and what they were handed."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField
from articles.models.digest import Digest
from articles.rules.validators import validate_web_address


class MailService(models.Model):
    """A service that sends digests by mail to a list that it keeps.

    `authorization` is stored as it is, since every request needs it; the desk never shows it again.
    """

    class Kind(models.TextChoices):
        LISTMONK = "listmonk", "listmonk"
        BUTTONDOWN = "buttondown", "Buttondown"
        OWN = "own", _("own template")

    class Mode(models.TextChoices):
        DRAFT = "draft", _("a draft, which a person sends there")
        SCHEDULED = "scheduled", _("scheduled there for the hour")
        SENT = "sent", _("sent")

    name = LineField(_("name"), max_length=100)
    kind = models.CharField(_("service"), max_length=10, choices=Kind, default=Kind.LISTMONK)
    address = models.CharField(_("address"), max_length=500, validators=[validate_web_address])
    authorization = models.CharField(_("key"), max_length=500, blank=True)
    mode = models.CharField(_("what it gets"), max_length=10, choices=Mode, default=Mode.DRAFT)
    hour = models.TimeField(
        _("hour"),
        null=True,
        blank=True,
        help_text=_(
            "On the day of publication, such as 07:30. Until then the digest may change; if it has "
            "errors at the hour, nothing is sent and the desk is told. Empty: at publication."
        ),
    )
    lists = models.JSONField(_("lists"), default=list)
    list_template = models.PositiveIntegerField(
        _("template in listmonk"),
        null=True,
        blank=True,
        help_text=_(
            "The number of a template that consists of the content alone. Empty: its default."
        ),
    )
    template = models.TextField(_("template"), max_length=4000, blank=True)
    unsubscribe = LineField(
        _("unsubscribe link"),
        max_length=200,
        blank=True,
        help_text=_(
            "For an own template: what the service puts its link in place of. Empty: the mail has "
            "no such link."
        ),
    )
    is_active = models.BooleanField(_("on"), default=True)
    active_since = models.DateTimeField(_("on since"))

    class Meta:
        verbose_name = _("mail service")
        verbose_name_plural = _("mail services")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(mode="scheduled") | models.Q(hour__isnull=False),
                name="mail_service_scheduled_has_hour",
            ),
        ]

    def __str__(self):
        return self.name


class Campaign(models.Model):
    """A digest at a mail service: at most one for each pair.

    `uid` names it to the service, which is asked for it before anything is created. A process that
    is at it has it until `taken_until`. `remote_id` and `remote_status` are those of the service.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        MADE = "made", _("Handed over")
        HELD_BACK = "held-back", _("Held back")
        CANCELLED = "cancelled", _("Called back")
        OUT = "out", _("Could not be called back")

    service = models.ForeignKey(
        MailService,
        on_delete=models.CASCADE,
        related_name="campaigns",
        verbose_name=_("mail service"),
    )
    digest = models.ForeignKey(
        Digest, on_delete=models.CASCADE, related_name="campaigns", verbose_name=_("digest")
    )
    uid = models.UUIDField(_("id"), default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    remote_id = models.CharField(_("id at the service"), max_length=100, blank=True)
    remote_status = models.CharField(_("state at the service"), max_length=40, blank=True)
    because = models.CharField(_("why"), max_length=500, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    taken_until = models.DateTimeField(_("taken until"), null=True)

    class Meta:
        verbose_name = _("mail at a service")
        verbose_name_plural = _("mails at services")
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["service", "digest"], name="campaign_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "made", "held-back", "cancelled", "out"]),
                name="campaign_state_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.service} {self.digest.date:%Y-%m-%d}"
