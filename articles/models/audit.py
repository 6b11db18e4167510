"""Who did what, and when: one row per step of a digest and per other write at the desk."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField


class Permanent(TypeError):
    """Raised when code tries to change or delete an audit row."""


class AuditQuerySet(models.QuerySet):
    def update(self, **values):
        raise Permanent("Audit rows are never changed.")

    def delete(self):
        raise Permanent("Audit rows are never deleted.")


class AuditEntry(models.Model):
    """One write. It stores the ids and names of people and things at that moment, without foreign
    keys, so that later changes do not affect it.

    `key` is set for events that may be recorded only once, such as a missed deadline.
    """

    at = models.DateTimeField(_("time"))
    action = models.CharField(_("action"), max_length=40)
    actor_id = models.BigIntegerField(_("user id"), null=True)
    actor_name = models.CharField(_("user"), max_length=300, blank=True)
    digest_id = models.BigIntegerField(_("digest id"), null=True)
    target = LineField(_("what"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    detail = models.JSONField(_("detail"), default=dict)
    key = models.CharField(  # noqa: DJ001 - unique if set
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
            models.Index(fields=["action", "-at", "-id"], name="audit_of_action"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise Permanent("Audit rows are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Permanent("Audit rows are never deleted.")
