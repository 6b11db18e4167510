"""The foreign key to the user who wrote, made or decided something."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def author_field(verbose_name=None, *, blank: bool = False) -> models.ForeignKey:
    """A foreign key to a user, without a reverse relation. Deleting the account keeps the row. The
    field is called “author” unless `verbose_name` says otherwise."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=blank,
        related_name="+",
        verbose_name=verbose_name or _("author"),
    )
