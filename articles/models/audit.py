"""Who did what, when: one row for every step of a digest and every other write at the desk."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField


class Permanent(TypeError):
    """An audit row was to be changed or deleted."""


class AuditQuerySet(models.QuerySet):
    def update(self, **values):
        raise Permanent("Audit rows are never changed.")

    def delete(self):
        raise Permanent("Audit rows are never deleted.")


class AuditEntry(models.Model):
    """One write. It names people and things by number and by the name they had at that moment,
    without foreign keys, so that nothing that happens to them later changes it.

    `key` is set where a thing may be recorded once only, such as a missed deadline.
    """

    at = models.DateTimeField(_("time"))
    action = models.CharField(_("action"), max_length=40)
    actor_id = models.BigIntegerField(_("user id"), null=True)
    actor_name = models.CharField(_("user"), max_length=300, blank=True)
    digest_id = models.BigIntegerField(_("digest id"), null=True)
    target = LineField(_("what"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    detail = models.JSONField(_("detail"), default=dict)
    key = models.CharField(  # noqa: DJ001 - unique where there is one
        _("key"), max_length=100, null=True, unique=True
    )

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit row")
        verbose_name_plural = _("audit trail")
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["digest_id", "-id"], name="audit_of_digest"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise Permanent("Audit rows are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Permanent("Audit rows are never deleted.")
