"""Data about a digest before it is published. Readers never see it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.author import author_field
from articles.models.digest import Digest


class AcceptedFinding(models.Model):
    """A warning that an editor accepted, and the reason. `key` depends on the text that caused the
    warning, so that preflight warns again about a new text."""

    digest = models.ForeignKey(
        Digest,
        on_delete=models.CASCADE,
        related_name="accepted_findings",
        verbose_name=_("digest"),
    )
    key = models.CharField(_("key"), max_length=64)
    code = models.CharField(_("code"), max_length=60)
    sentence = models.TextField(_("finding"))
    reason = models.CharField(_("reason"), max_length=300)
    accepted_at = models.DateTimeField(_("accepted"))
    author = author_field()

    class Meta:
        verbose_name = _("accepted finding")
        verbose_name_plural = _("accepted findings")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["digest", "key"], name="accepted_finding_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="accepted_finding_has_reason"),
        ]

    def __str__(self):
        return f"{self.code}: {self.reason}"


class PreviewLink(models.Model):
    """An address that shows a digest before publication to a person without an account.

    Only the SHA-256 of its 256-bit token is stored. The address is shown once, to the user who made
    it.
    """

    digest = models.ForeignKey(
        Digest, on_delete=models.CASCADE, related_name="preview_links", verbose_name=_("digest")
    )
    token_hash = models.CharField(_("token hash"), max_length=64, unique=True)
    recipient = models.CharField(_("for whom"), max_length=100, blank=True)
    author = author_field()
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    views = models.PositiveIntegerField(_("views"), default=0)
    last_viewed_at = models.DateTimeField(_("last viewed"), null=True)

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        default_permissions = ()
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.digest} ({self.expires_at:%Y-%m-%d %H:%M})"
