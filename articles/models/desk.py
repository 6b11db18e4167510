"""Data about editors at work. Readers never see it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField, MarkdownField
from articles.models.digest import Digest, site_language


class WorkingCopy(models.Model):
    """The unsaved text of one open form.

    `key` is made when the form is opened and identifies the form through retries. `fields` holds
    the posted names and values in order, so that the form can be filled in again exactly, including
    mistakes. `sequence` only grows, so a late autosave does no harm. Saving the form closes its
    copy, which then names the saved digest.
    """

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="working_copies",
        verbose_name=_("author"),
    )
    digest = models.ForeignKey(
        Digest,
        on_delete=models.SET_NULL,
        null=True,
        related_name="working_copies",
        verbose_name=_("digest"),
    )
    version = models.PositiveIntegerField(
        _("version"),
        null=True,
        help_text=_("The version of the digest that the form was opened on."),
    )
    fields = models.JSONField(_("fields"), default=list)
    sequence = models.PositiveIntegerField(_("sequence"), default=0)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)
    is_closed = models.BooleanField(_("closed"), default=False)

    class Meta:
        verbose_name = _("working copy")
        verbose_name_plural = _("working copies")
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["user", "digest", "saved_at"],
                condition=Q(is_closed=False),
                name="working_copy_open",
            )
        ]

    def __str__(self):
        return str(self.key)


class Presence(models.Model):
    """Who has a digest open, and at which article. It is not a lock: it expires without a new
    signal."""

    digest = models.ForeignKey(
        Digest, on_delete=models.CASCADE, related_name="presences", verbose_name=_("digest")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="presences",
        verbose_name=_("editor"),
    )
    article_uid = models.UUIDField(_("article"), null=True)
    since = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("last heard of"))

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["digest", "user"], name="presence_once"),
        ]

    def __str__(self):
        return f"{self.user} {self.digest}"


class DigestTemplate(models.Model):
    """The template for a new day's digest.

    `title_pattern` may contain `{date}`, `{year}`, `{month}`, `{day}` and `{weekday}`.
    """

    name = LineField(_("name"), max_length=100, unique=True)
    title_pattern = LineField(
        _("title pattern"),
        max_length=200,
        help_text=_("May hold {date}, {year}, {month}, {day} and {weekday}."),
    )
    introduction = MarkdownField(_("introduction"), blank=True, max_length=10_000)
    language = models.CharField(
        _("language"), max_length=2, choices=Digest.Language, default=site_language
    )
    slots = models.PositiveSmallIntegerField(
        _("empty articles"), default=5, help_text=_("How many empty articles the form opens with.")
    )

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="template_has_name"),
            models.CheckConstraint(condition=~Q(title_pattern=""), name="template_has_title"),
            models.CheckConstraint(condition=Q(slots__lte=30), name="template_slots_at_most_30"),
            models.CheckConstraint(
                condition=Q(language__in=["ko", "en"]), name="template_language_is_known"
            ),
        ]

    def __str__(self):
        return self.name
