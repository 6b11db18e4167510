"""How often feeds were asked for, by day and reader."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedReading(models.Model):
    """The requests of one day for one feed by one kind of reader. Who asked is not kept.

    `feed_id` is the number that an aggregator has for the feed, where it says one; `subscribers`
    the most that it reported that day.
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
