"""One article in a digest."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from articles.fields import (
    IMPLICATION_FIELDS,
    LineField,
    MarkdownField,
    PointsField,
    UnescapedJSONField,
)
from articles.models.digest import Digest
from articles.models.picture import Picture
from articles.models.tag import TaggedArticle, TagManager
from articles.querysets import ArticleQuerySet
from articles.rules import nameless
from articles.rules.hidden_text import shown, shown_line
from articles.rules.lengths import LONGEST_LINE, LONGEST_TEXT
from articles.rules.paths import path_to
from articles.rules.rendering import plain
from articles.rules.text import composed, language_of
from articles.rules.validators import validate_points


class Article(models.Model):
    class Drafting(models.TextChoices):
        PERSON = "person", _("by a person")
        AI = "ai", _("with AI help")

    digest = models.ForeignKey(
        Digest, on_delete=models.CASCADE, related_name="articles", verbose_name=_("digest")
    )
    uid = models.UUIDField(
        _("permanent id"),
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text=_("The same through moves, deletion and restoring."),
    )
    position = models.PositiveIntegerField(_("position"), editable=False)
    headline = LineField(_("headline"), max_length=LONGEST_LINE, blank=True)
    slug = models.SlugField(
        _("slug"), max_length=80, allow_unicode=True, editable=False, db_index=False
    )
    points = PointsField(
        _("summary points"), default=list, blank=True, validators=[validate_points]
    )
    technical_significance = MarkdownField(
        _("technical significance"), blank=True, max_length=LONGEST_TEXT
    )
    industry_impact = MarkdownField(_("industry impact"), blank=True, max_length=LONGEST_TEXT)
    outlook = MarkdownField(_("outlook"), blank=True, max_length=LONGEST_TEXT)
    picture = models.ForeignKey(
        Picture,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name=_("picture"),
    )
    picture_alt = LineField(
        _("description of the picture"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("What it shows, for those who do not see it. A picture needs one."),
    )
    picture_caption = LineField(_("caption"), max_length=300, blank=True, default="", db_default="")
    picture_credit = LineField(
        _("picture credit"),
        max_length=150,
        blank=True,
        default="",
        db_default="",
        help_text=_("Who made it or gave it: the name readers see."),
    )
    drafted_by = models.CharField(
        _("drafted"),
        max_length=6,
        choices=Drafting,
        blank=True,
        default="",
        db_default="",
        help_text=_("Shown to readers under the article."),
    )
    read_by = LineField(
        _("read by"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("Who read it against its citations: the name that readers see."),
    )
    other = models.JSONField(
        _("other text"),
        default=list,
        db_default=Value([], models.JSONField()),
        blank=True,
        help_text=_("Markdown that fits no other field, each with the part that it follows."),
    )
    layout = models.JSONField(
        _("layout"),
        default=dict,
        db_default=Value({}, models.JSONField()),
        blank=True,
        editable=False,
        help_text=_("How its imported post is written; see docs/document-format.md."),
    )
    unread_citations = UnescapedJSONField(
        _("citations that are not understood"),
        default=list,
        db_default=Value([], models.JSONField()),
        blank=True,
        editable=False,
        help_text=_("Lines as typed, each with its place among all citations, from 0."),
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_articles",
        verbose_name=_("assigned to"),
    )
    is_ready = models.BooleanField(_("ready"), default=False, db_default=False)
    feed_id = models.CharField(_("feed id"), max_length=200, blank=True, editable=False)
    tags = TaggableManager(
        through=TaggedArticle, manager=TagManager, blank=True, verbose_name=_("tags"), help_text=""
    )

    objects = ArticleQuerySet.as_manager()

    # The names of those who signed its present text, if `pages.parts` loaded them.
    signers: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["digest", "position"]
        constraints = [
            models.UniqueConstraint(fields=["digest", "position"], name="article_position_unique"),
            models.UniqueConstraint(fields=["digest", "slug"], name="article_slug_unique"),
            models.UniqueConstraint(
                fields=["feed_id"], condition=~Q(feed_id=""), name="article_feed_id_unique"
            ),
            # Drafts may lack a headline. An article gets its feed id when it is published.
            models.CheckConstraint(
                condition=~Q(headline="") | Q(feed_id=""), name="article_has_headline"
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="article_has_slug"),
            models.CheckConstraint(
                condition=Q(picture__isnull=True) | ~Q(picture_alt=""),
                name="article_picture_has_description",
            ),
            models.CheckConstraint(
                condition=Q(drafted_by__in=["", "person", "ai"]), name="article_drafting_is_known"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """The address of the article's own page."""
        return path_to("article", self.digest.date, self.slug)

    def get_anchor_url(self):
        """The address of the article on the page of its digest."""
        return f"{self.digest.get_absolute_url()}#{self.slug}"

    @property
    def name(self):
        """The headline, or words that say that there is none."""
        return nameless.shown_headline(self.headline)

    @property
    def shown_headline(self):
        """The headline as readers see it. Only drafts have none."""
        return composed(shown_line(self.name))

    @property
    def summary(self):
        """The summary points as one paragraph of plain text."""
        return " ".join(filter(None, map(plain, self.points)))

    @property
    def headline_language(self):
        """The language of the headline, by its script: a digest in Korean may have a Chinese
        headline."""
        return language_of(self.shown_headline, default=self.digest.language)

    @property
    def implications(self):
        """The label and Markdown text of each implication that is not empty, in order."""
        return [
            (self._meta.get_field(name).verbose_name, getattr(self, name))
            for name in IMPLICATION_FIELDS
            if shown(getattr(self, name)).strip()
        ]
