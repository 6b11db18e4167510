"""Days without a planned digest, in addition to the weekdays without a deadline."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField
from articles.rules.validators import validate_day


class PlannedGap(models.Model):
    date = models.DateField(
        _("day"),
        unique=True,
        validators=[validate_day],
        error_messages={"unique": _("This day is a planned gap already.")},
    )
    reason = LineField(
        _("reason"),
        max_length=100,
        blank=True,
        help_text=_("Shown to readers in the calendar, such as the name of the holiday."),
    )

    class Meta:
        verbose_name = _("planned gap")
        verbose_name_plural = _("planned gaps")
        ordering = ["-date"]

    def __str__(self):
        return f"{self.date:%Y-%m-%d} {self.reason}".strip()
