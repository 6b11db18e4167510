"""When each kind of recurring work last ran."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """One row per kind of work, for the whole site. See `articles.operations.heartbeats`."""

    name = models.CharField(_("name"), primary_key=True, max_length=20)
    at = models.DateTimeField(_("last happened"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        default_permissions = ()

    def __str__(self):
        return self.name
