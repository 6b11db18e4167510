"""What programs hand in, and what of it waits for a person."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.fields import UnescapedJSONField
from articles.models.author import author_field
from articles.models.digest import Digest
from articles.models.program import ApiToken, Program


class Push(models.Model):
    """What a program handed in for a day.

    `content` has the bytes as they came, and `fingerprint` their SHA-256: the same bytes again
    change nothing. `account` is the account of the reading, with `share` and `entries`, or with
    `errors` if the push was refused. `articles` has one object for each article of the push, as
    `articles.posts.pushes.record` describes it. `findings` are those of preflight at that moment.
    """

    class Outcome(models.TextChoices):
        CREATED = "created", _("Digest created")
        UPDATED = "updated", _("Draft changed")
        UNCHANGED = "unchanged", _("Nothing new")
        WAITING = "waiting", _("Suggestions wait")
        REFUSED = "refused", _("Refused")

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="pushes", verbose_name=_("program")
    )
    token = models.ForeignKey(
        ApiToken,
        on_delete=models.SET_NULL,
        null=True,
        related_name="pushes",
        verbose_name=_("API token"),
    )
    digest = models.ForeignKey(
        Digest,
        on_delete=models.SET_NULL,
        null=True,
        related_name="pushes",
        verbose_name=_("digest"),
    )
    date = models.DateField(_("date of the digest"))
    media_type = models.CharField(_("media type"), max_length=50)
    fingerprint = models.CharField(_("SHA-256 of the content"), max_length=64)
    content = models.BinaryField(_("content"))
    account = UnescapedJSONField(_("account"), default=dict)
    articles = UnescapedJSONField(_("articles"), default=list)
    findings = UnescapedJSONField(_("findings"), default=list)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    received_at = models.DateTimeField(_("came in"))
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = author_field(_("undone by"), blank=True)

    class Meta:
        verbose_name = _("push")
        verbose_name_plural = _("pushes")
        ordering = ["-received_at", "-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["date", "-id"], name="push_of_day"),
            models.Index(fields=["program", "-received_at"], name="push_of_program"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "date", "fingerprint"],
                condition=~Q(outcome="refused"),
                name="push_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["created", "updated", "unchanged", "waiting", "refused"]),
                name="push_outcome_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.program} {self.date:%Y-%m-%d}"


class Suggestion(models.Model):
    """A program's text for a place where a person decides.

    The place is a `field` of the article `article_uid`, a field of the digest if there is no uid,
    or a whole new article if there is no field. `value` is what a snapshot would hold there.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        TAKEN = "taken", _("Taken")
        DISMISSED = "dismissed", _("Dismissed")
        REPLACED = "replaced", _("Replaced by a newer one")
        UNDONE = "undone", _("Undone with its push")

    push = models.ForeignKey(
        Push, on_delete=models.CASCADE, related_name="suggestions", verbose_name=_("push")
    )
    digest = models.ForeignKey(
        Digest, on_delete=models.CASCADE, related_name="suggestions", verbose_name=_("digest")
    )
    article_uid = models.UUIDField(_("article"), null=True)
    field = models.CharField(_("field"), max_length=60, blank=True)
    value = UnescapedJSONField(_("text"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    decided_by = author_field(_("decided by"), blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["digest"], condition=Q(status="waiting"), name="suggestion_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "taken", "dismissed", "replaced", "undone"]),
                name="suggestion_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(article_uid__isnull=True) | ~Q(field=""),
                name="suggestion_has_place",
            ),
        ]

    def __str__(self):
        return f"{self.push}: {self.field}"
