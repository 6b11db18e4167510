"""Programs that hand in digests, and the tokens that they show."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField
from articles.rules.validators import validate_weekly_hours


class Program(models.Model):
    """A program outside that hands in digests, such as a script of the desk's own.

    Its name stands in the history and in the audit trail for what it wrote.
    """

    name = LineField(
        _("name"), max_length=50, unique=True, help_text=_("Shown in the history for its texts.")
    )
    promise = LineField(
        _("hands in by"),
        max_length=100,
        blank=True,
        validators=[validate_weekly_hours],
        help_text=_(
            "Days and hours, such as mon-fri 07:00, sat 09:00. The desk turns red if the digest of "
            "the day has not come by then. Empty: nothing is promised."
        ),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["name"]
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="program_has_name"),
        ]

    def __str__(self):
        return self.name


class ApiToken(models.Model):
    """A bearer token of a program. Only its SHA-256 is stored; it is shown once, when it is made.

    It ends with the account of its owner. A token from the command line has no owner.
    """

    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, related_name="tokens", verbose_name=_("program")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="api_tokens",
        verbose_name=_("owner"),
        help_text=_("Who answers for it. It ends with this account."),
    )
    beginning = models.CharField(
        _("beginning"), max_length=16, help_text=_("To tell it from others; not secret.")
    )
    token_hash = models.CharField(_("token hash"), max_length=64, unique=True)
    may_push = models.BooleanField(_("may hand in digests"), default=True)
    may_read = models.BooleanField(_("may read drafts"), default=False)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    last_used_at = models.DateTimeField(
        _("last used"), null=True, help_text=_("Noted once an hour at most.")
    )

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view", "add", "change")

    def __str__(self):
        return f"{self.program}: {self.beginning}…"


class ApiUse(models.Model):
    """How many requests came with a token in one minute, on all nodes together."""

    token = models.ForeignKey(
        ApiToken, on_delete=models.CASCADE, related_name="uses", verbose_name=_("API token")
    )
    kind = models.CharField(_("kind"), max_length=10)
    minute = models.DateTimeField(_("minute"))
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("use of an API token")
        verbose_name_plural = _("uses of API tokens")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["token", "kind", "minute"], name="api_use_once"),
        ]

    def __str__(self):
        return f"{self.token_id} {self.kind} {self.minute:%Y-%m-%d %H:%M}"
