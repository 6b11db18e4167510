"""What messages to receivers have in common, and the attempts to send them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    ACCEPTED = "accepted", _("Accepted")
    GIVEN_UP = "given-up", _("Given up")


UNFINISHED = [State.WAITING, State.SENDING]
FINISHED = [State.ACCEPTED, State.GIVEN_UP]


class Message(models.Model):
    """What one receiver is to be told. Its attempts are rows of a subclass of `Attempt`, with a
    foreign key whose related name is `attempts`."""

    State = State

    queued_at = models.DateTimeField(_("queued"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    next_at = models.DateTimeField(
        _("next attempt"), help_text=_("Not before; while it is being sent, when others may.")
    )
    tries = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        abstract = True
        ordering = ["-queued_at", "-pk"]
        default_permissions = ("view",)


class Attempt(models.Model):
    """The receiver's HTTP status, or a sentence that says what failed."""

    at = models.DateTimeField(_("time"))
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    error = models.CharField(_("what failed"), max_length=500, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.status or self.error}"
