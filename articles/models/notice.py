"""What a person at the desk has seen of what they are told."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeReader(models.Model):
    """One row per user; without one, nothing was seen and no mail is wanted.

    `seen` has the primary keys of audit rows. Those that are too old to be shown are forgotten.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notices",
        verbose_name=_("user"),
    )
    seen = models.JSONField(_("seen"), default=list)
    mail_since = models.DateTimeField(
        _("by mail since"), null=True, help_text=_("Empty: notices are not sent by mail.")
    )

    class Meta:
        verbose_name = _("reader of notices")
        verbose_name_plural = _("readers of notices")
        default_permissions = ()

    def __str__(self):
        return str(self.user)
