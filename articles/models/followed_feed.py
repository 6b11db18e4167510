"""Feeds of others, from which candidates come."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField
from articles.rules.validators import MAX_URL_LENGTH, validate_web_address

DEAD_AFTER = 10  # failures in a row
MAX_ETAG, MAX_LAST_MODIFIED = 500, 100


class FollowedFeedQuerySet(models.QuerySet["FollowedFeed"]):
    def troubled(self) -> "FollowedFeedQuerySet":
        """Those that somebody should look at: moved for good, gone, or failing all the time."""
        is_dead = Q(is_active=True, failures__gte=DEAD_AFTER)
        return self.filter(~Q(moved_to="") | Q(is_gone=True) | is_dead)


class FollowedFeed(models.Model):
    """A feed that `run_due` polls. `next_at` is when it is due; while one process polls it, when
    others may. See `articles.inbox.polling`.

    `moved_to` is where it says that it has moved for good; `error` why the last poll failed;
    `failures` how many failed in a row.
    """

    name = LineField(_("name"), max_length=120)
    address = LineField(
        _("address"), max_length=MAX_URL_LENGTH, unique=True, validators=[validate_web_address]
    )
    is_active = models.BooleanField(_("on"), default=True)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    next_at = models.DateTimeField(_("next poll"))
    polled_at = models.DateTimeField(_("last poll"), null=True)
    answered_at = models.DateTimeField(_("last answer"), null=True)
    etag = models.CharField("ETag", max_length=MAX_ETAG, blank=True)
    last_modified = models.CharField("Last-Modified", max_length=MAX_LAST_MODIFIED, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    error = models.CharField(_("what failed"), max_length=500, blank=True)
    is_gone = models.BooleanField(_("gone"), default=False)
    moved_to = LineField(_("moved to"), max_length=MAX_URL_LENGTH, blank=True)

    objects = FollowedFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("followed feed")
        verbose_name_plural = _("followed feeds")
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(is_active=True), name="followed_feed_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="followed_feed_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
