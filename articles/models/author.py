"""Who wrote, made or decided something."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def author_field(verbose_name=None, *, blank: bool = False) -> models.ForeignKey:
    """A foreign key to a user whose account may be deleted without what they did, and who has no
    list of it. It is called “author” unless named otherwise."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=blank,
        related_name="+",
        verbose_name=verbose_name or _("author"),
    )
