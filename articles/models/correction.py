"""Corrections: notes that tell readers what was wrong."""

import datetime as dt

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from articles.fields import MarkdownField
from articles.models.article import Article
from articles.models.author import author_field
from articles.models.digest import Digest
from articles.querysets import CorrectionQuerySet


class Correction(models.Model):
    """A dated sentence on a published digest, about one of its articles or about all of it."""

    digest = models.ForeignKey(
        Digest, on_delete=models.CASCADE, related_name="corrections", verbose_name=_("digest")
    )
    article = models.ForeignKey(
        Article,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("article"),
    )
    text = MarkdownField(
        _("correction"),
        max_length=2_000,
        help_text=_("What was wrong, and what it says now. Readers see this."),
    )
    corrected_at = models.DateTimeField(_("corrected"))
    changes = models.JSONField(
        _("what changed"),
        default=list,
        db_default=Value([], models.JSONField()),
        help_text=_("Rows of article, field and segments."),
    )
    author = author_field()

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["corrected_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["corrected_at"], name="correction_corrected_at")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="correction_has_text"),
        ]

    def __str__(self):
        return self.text[:80]

    @property
    def anchor(self):
        """Its id on pages, made from its moment: a key would tell how many corrections hidden
        digests have. No slug of an article has an underscore."""
        about = "article" if self.article_id else "digest"
        return f"{about}_correction_{self.corrected_at.astimezone(dt.UTC):%Y%m%dT%H%M%S%f}"
