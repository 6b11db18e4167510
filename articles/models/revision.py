"""The history of a digest: one snapshot for every save."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField, UnescapedJSONField
from articles.models.author import author_field
from articles.models.digest import Digest

MAX_NOTE = 300


class Revision(models.Model):
    """A whole digest (articles, citations, tags, order) as it was after one save.

    Two other kinds exist: texts that lost a conflict, and digests as they were when they were
    deleted.

    `articles.digests.revisions` describes `data`; `schema` is the version of its format. A revision
    stays when its digest is deleted; `date` still identifies it.
    """

    class Kind(models.TextChoices):
        SAVED = "saved", _("Saved")
        RESCUED = "rescued", _("Kept from a conflict")
        DELETED = "deleted", _("Deleted")

    digest = models.ForeignKey(
        Digest,
        on_delete=models.SET_NULL,
        null=True,
        related_name="revisions",
        verbose_name=_("digest"),
    )
    date = models.DateField(_("date of the digest"), db_index=True)
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.SAVED)
    version = models.PositiveIntegerField(
        _("version"), help_text=_("The version of the digest that this is, or was made from.")
    )
    schema = models.PositiveSmallIntegerField(_("schema"))
    data = UnescapedJSONField(_("content"))
    fingerprint = models.CharField(_("SHA-256 of the content"), max_length=64)
    note = LineField(_("note"), max_length=MAX_NOTE, blank=True)
    author = author_field(blank=True)
    program = LineField(
        _("program"),
        max_length=50,
        blank=True,
        default="",
        db_default="",
        help_text=_("The name of the program that wrote it, if it was no person."),
    )
    created_at = models.DateTimeField(_("saved"), auto_now_add=True)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["digest", "number"], name="revision_number_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=["saved", "rescued", "deleted"]), name="revision_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number_positive"),
            models.CheckConstraint(condition=Q(schema__gte=1), name="revision_schema_positive"),
        ]

    def __str__(self):
        return f"{self.date:%Y-%m-%d} #{self.number}"
