"""One day's digest."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField, MarkdownField
from articles.querysets import DigestQuerySet
from articles.rules import nameless
from articles.rules.hidden_text import shown_line
from articles.rules.lengths import LONGEST_LINE, LONGEST_TEXT
from articles.rules.paths import path_to
from articles.rules.rendering import plain
from articles.rules.text import composed
from articles.rules.validators import validate_day

# Ids of an old site are addresses, and a Korean letter in them takes nine characters.
MAX_FEED_ID_LENGTH = 1000


def site_language() -> str:
    return settings.LANGUAGE_CODE


class Digest(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        SCHEDULED = "scheduled", _("Scheduled")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Language(models.TextChoices):
        KOREAN = "ko", _("Korean")
        ENGLISH = "en", _("English")

    date = models.DateField(
        _("date"),
        unique=True,
        validators=[validate_day],
        help_text=_("The day this digest is for. One digest a day; it is part of the address."),
        error_messages={
            "unique": _(
                "There already is a digest for this day. Choose another date or edit that one."
            )
        },
    )
    title = LineField(_("title"), max_length=LONGEST_LINE, blank=True)
    introduction = MarkdownField(
        _("introduction"),
        blank=True,
        max_length=LONGEST_TEXT,
        help_text=_("Shown above the articles. May stay empty."),
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=site_language
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False
    )
    publish_at = models.DateTimeField(
        _("visible from"),
        null=True,
        editable=False,
        help_text=_("When readers see it, or will see it."),
    )
    published_at = models.DateTimeField(
        _("first published"), null=True, editable=False, help_text=_("Never moves once set.")
    )
    revised_at = models.DateTimeField(_("last corrected"), null=True, editable=False)
    feed_id = models.CharField(
        _("feed id"),
        max_length=MAX_FEED_ID_LENGTH,
        blank=True,
        editable=False,
        help_text=_(
            "A tag URI or the id of an old site, fixed when the digest is first published."
        ),
    )
    has_spread_articles = models.BooleanField(
        _("articles a second apart in feeds"),
        default=True,
        db_default=True,
        editable=False,
        help_text=_("Off for digests whose feed items had one moment before, so that none moves."),
    )
    front_matter = models.JSONField(
        _("front matter"),
        default=dict,
        blank=True,
        editable=False,
        help_text=_("Keys of the imported post that have no field of their own."),
    )
    layout = models.JSONField(
        _("layout"),
        default=dict,
        db_default=Value({}, models.JSONField()),
        blank=True,
        editable=False,
        help_text=_("How its imported post is written; see docs/document-format.md."),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-date"]
        permissions = [
            ("publish_digest", _("Can publish digests")),
            ("withdraw_digest", _("Can withdraw digests")),
        ]
        indexes = [
            models.Index(fields=["status", "publish_at"], name="digest_status_publish_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") | Q(status__in=["draft", "in_review"]),
                name="digest_has_title",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["draft", "in_review", "scheduled", "published", "withdrawn"]
                ),
                name="digest_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["ko", "en"]), name="digest_language_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(publish_at__isnull=False) & ~Q(feed_id=""),
                name="digest_scheduled_has_time_and_feed_id",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["published", "withdrawn"])
                | Q(publish_at__isnull=False, published_at__isnull=False) & ~Q(feed_id=""),
                name="digest_published_has_times_and_feed_id",
            ),
            models.CheckConstraint(
                condition=Q(revised_at__isnull=True) | Q(revised_at__gte=F("published_at")),
                name="digest_revised_after_published",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="digest_version_positive"),
            models.UniqueConstraint(
                fields=["feed_id"], condition=~Q(feed_id=""), name="digest_feed_id_unique"
            ),
        ]

    def __str__(self):
        day = f"{self.date:%Y-%m-%d}"
        return self.title if day in self.title else f"{day} {self.name}"

    def get_absolute_url(self):
        return path_to("day", self.date)

    @property
    def is_public(self):
        """Whether readers may see the digest now. It asks the database, whose clock decides."""
        return type(self).objects.published().filter(pk=self.pk).exists()

    @property
    def first_public_at(self):
        """When readers first saw it or will see it: an aware datetime, or None for a draft."""
        return self.published_at or self.publish_at

    @property
    def last_changed_at(self):
        """The last intended change of the public text: the last correction, else the
        publication."""
        return self.revised_at or self.first_public_at

    @property
    def name(self):
        """The title, or words that say that there is none."""
        return nameless.shown_title(self.title)

    @property
    def shown_title(self):
        """The title as readers see it. Only drafts have none."""
        return composed(shown_line(self.name))

    @property
    def summary(self):
        """One paragraph of plain text: the introduction, else the headlines."""
        if introduction := plain(self.introduction):
            return introduction
        return " · ".join(article.shown_headline for article in self.articles.all())
