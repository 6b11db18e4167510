"""Articles that editors left out of a digest, and why."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField
from articles.models.article import Article
from articles.models.author import author_field
from articles.models.program import Program
from articles.models.push import Push
from articles.rules.lengths import LONGEST_LINE

MAX_WORDS = 300


class LeftOutQuerySet(models.QuerySet["LeftOut"]):
    def standing(self) -> "LeftOutQuerySet":
        """Those that are still out: the article did not come back in any way."""
        there = Article.objects.filter(uid=models.OuterRef("article_uid"))
        return self.filter(~models.Exists(there))


class LeftOut(models.Model):
    """Why an article left its digest. `program` and `push` are those that last wrote it, if any."""

    class Reason(models.TextChoices):
        ALREADY = "already", _("Already reported")
        UNVERIFIED = "unverified", _("Not verified")
        OFF_SUBJECT = "off-subject", _("Not our subject")
        WEAK = "weak", _("Too weak")
        DUPLICATE = "duplicate", _("Twice in this digest")
        OTHER = "other", _("Another reason")

    article_uid = models.UUIDField(_("article"), unique=True)
    headline = LineField(_("headline"), max_length=LONGEST_LINE, blank=True)
    date = models.DateField(_("date of the digest"))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    words = LineField(_("in the editor's words"), max_length=MAX_WORDS, blank=True)
    program = models.ForeignKey(
        Program,
        on_delete=models.PROTECT,
        null=True,
        related_name="left_out",
        verbose_name=_("program"),
    )
    push = models.ForeignKey(
        Push, on_delete=models.SET_NULL, null=True, related_name="left_out", verbose_name=_("push")
    )
    user = author_field(_("left out by"))
    left_out_at = models.DateTimeField(_("left out"))

    objects = LeftOutQuerySet.as_manager()

    class Meta:
        verbose_name = _("article left out")
        verbose_name_plural = _("articles left out")
        ordering = ["-left_out_at", "-pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["program", "-left_out_at"], name="left_out_of_program")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    reason__in=["already", "unverified", "off-subject", "weak", "duplicate"]
                )
                | (Q(reason="other") & ~Q(words="")),
                name="left_out_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.headline}"

    @property
    def why(self) -> str:
        """The reason in words, with those of the editor."""
        label = str(self.Reason(self.reason).label)
        if self.reason == self.Reason.OTHER:
            return self.words
        return f"{label}: {self.words}" if self.words else label
