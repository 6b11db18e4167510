"""Addresses that a digest had on the site it was imported from."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.digest import Digest


class OldAddress(models.Model):
    """A path on an old site that leads to a digest; see docs/decisions/0029. `path` is in the form
    of `articles.rules.permalinks.key_of`."""

    path = models.CharField(_("path"), max_length=1000, unique=True)
    digest = models.ForeignKey(
        Digest, on_delete=models.CASCADE, related_name="old_addresses", verbose_name=_("digest")
    )

    class Meta:
        verbose_name = _("old address of a digest")
        verbose_name_plural = _("old addresses of digests")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(path__startswith="/"), name="old_address_is_a_path")
        ]

    def __str__(self):
        return self.path
