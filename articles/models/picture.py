"""Pictures of articles."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.author import author_field


class Picture(models.Model):
    """An uploaded picture, decoded and re-encoded in every width that pages use.

    Its files are `pictures/<uid>/<width>.webp` in the media storage. Readers can get them while an
    article of a published digest shows the picture.
    """

    uid = models.UUIDField(_("permanent id"), default=uuid.uuid4, unique=True, editable=False)
    width = models.PositiveIntegerField(_("width"), help_text=_("Of the largest file, in pixels."))
    height = models.PositiveIntegerField(_("height"))
    widths = models.JSONField(_("widths"), help_text=_("Of all files, ascending, in pixels."))
    uploaded_by = author_field(_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(width__gte=1, height__gte=1), name="picture_size"),
        ]

    def __str__(self):
        return str(self.uid)
