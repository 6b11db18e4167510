"""What readers have of each month."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Month(models.Model):
    """A month with public digests, as `articles.changes.months` has counted them.

    The counts are those of the site version in `SiteVersion.months_at`.
    """

    first = models.DateField(_("first day"), primary_key=True)
    digests = models.PositiveIntegerField(_("digests"))
    changed_at = models.DateTimeField(
        _("changed"), help_text=_("The last publication or correction of these digests.")
    )

    class Meta:
        verbose_name = _("month")
        verbose_name_plural = _("months")
        default_permissions = ()
        ordering = ["-first"]
        constraints = [
            models.CheckConstraint(condition=Q(digests__gte=1), name="month_has_digests"),
        ]

    def __str__(self):
        return f"{self.first:%Y-%m}"
