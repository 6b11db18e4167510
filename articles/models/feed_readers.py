"""How often each feed was requested, by day and reader."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedReading(models.Model):
    """The number of requests for one feed on one day by one kind of reader. Individual clients are
    not stored.

    `feed_id` is an aggregator's number for the feed, if it sends one. `subscribers` is the highest
    number that it reported that day.
    """

    day = models.DateField(_("day"), help_text=_("In the site's time zone."))
    feed = models.CharField(_("feed"), max_length=200, help_text=_("The path of its address."))
    reader = models.CharField(_("reader"), max_length=40)
    feed_id = models.CharField(_("feed id"), max_length=24, blank=True)
    requests = models.PositiveIntegerField(_("requests"), default=0)
    subscribers = models.PositiveIntegerField(_("subscribers"), null=True)

    class Meta:
        verbose_name = _("feed reading")
        verbose_name_plural = _("feed readings")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["day", "feed", "reader", "feed_id"], name="feed_reading_once"
            ),
        ]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.feed} {self.reader}"
