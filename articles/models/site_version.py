"""The counter that changes whenever readers would see something different."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SiteVersion(models.Model):
    """One row. Every change that readers can see increments it in the same transaction.

    A digest that comes out by its schedule changes no row; see `articles.changes.site_version`.
    """

    ONLY = 1

    number = models.PositiveBigIntegerField(_("number"), default=0)
    of_digests = models.PositiveBigIntegerField(
        _("changes of one digest"),
        default=0,
        db_default=0,
        help_text=_("How many of the changes were each of one digest, whose version counts them."),
    )
    months_at = models.PositiveBigIntegerField(
        _("months counted"),
        null=True,
        help_text=_("The number that the counts of the months are of; empty if they never were."),
    )
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("site version")
        verbose_name_plural = _("site versions")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="site_version_is_one_row"),
        ]

    def __str__(self):
        return str(self.number)
