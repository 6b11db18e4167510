"""Storylines: news over several days. An article belongs to at most one."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField
from articles.models.article import Article
from articles.models.by_name import rows_by_name
from articles.querysets import StorylineQuerySet
from articles.rules.hidden_text import shown_line
from articles.rules.lengths import LONGEST_STORYLINE
from articles.rules.lines import storyline_errors
from articles.rules.paths import path_to
from articles.rules.text import fold, tidy_name, unique_slug

# A new storyline is named after the first words of an article.
LONGEST_NEW_NAME = 60


class Storyline(models.Model):
    """A storyline. `folded` (NFKC, case-folded) must be unique. Until readers know it (`is_known`),
    its spelling and slug matter to the desk only; see `articles.digests.naming`."""

    name = LineField(_("name"), max_length=LONGEST_STORYLINE)
    folded = models.CharField(max_length=200, unique=True, editable=False)
    slug = models.SlugField(
        _("slug"), max_length=100, unique=True, allow_unicode=True, editable=False
    )
    is_known = models.BooleanField(
        _("known to readers"), default=False, db_default=False, editable=False
    )

    objects = StorylineQuerySet.as_manager()

    class Meta:
        verbose_name = _("storyline")
        verbose_name_plural = _("storylines")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="storyline_has_name"),
            models.CheckConstraint(condition=~Q(slug=""), name="storyline_has_slug"),
            models.CheckConstraint(condition=~Q(folded=""), name="storyline_has_folded_name"),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.name = tidy_name(self.name)
        self.folded = fold(self.name)
        if not self.slug:
            rivals = type(self).objects.exclude(pk=self.pk).values_list("slug", flat=True)
            # An old address that leads to another storyline is not free either.
            old = StorylineRedirect.objects.values_list("slug", flat=True)
            self.slug = unique_slug(self.name, [*rivals, *old])
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return path_to("storyline", self.slug)


class StorylineEntry(models.Model):
    """The link from an article to its storyline. `typed_as` is the spelling in this article, used
    while readers do not know the storyline."""

    article = models.OneToOneField(
        Article,
        on_delete=models.CASCADE,
        related_name="storyline_entry",
        verbose_name=_("article"),
    )
    storyline = models.ForeignKey(
        Storyline, on_delete=models.CASCADE, related_name="entries", verbose_name=_("storyline")
    )
    typed_as = LineField(
        _("as typed"),
        max_length=LONGEST_STORYLINE,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )

    class Meta:
        verbose_name = _("entry of a storyline")
        verbose_name_plural = _("entries of storylines")
        default_permissions = ()

    def __str__(self):
        return f"{self.article_id}: {self.name}"

    @property
    def name(self):
        """The name of the storyline in this article."""
        is_typed = self.typed_as and not self.storyline.is_known
        return self.typed_as if is_typed else self.storyline.name


class StorylineRedirect(models.Model):
    """A former slug of a storyline, or the slug of one from which it was split. Readers can use it
    only if they knew a storyline by it (`is_known`), and only while no other one has it."""

    slug = models.SlugField(_("slug"), max_length=100, unique=True, allow_unicode=True)
    storyline = models.ForeignKey(
        Storyline, on_delete=models.CASCADE, related_name="redirects", verbose_name=_("storyline")
    )
    is_known = models.BooleanField(_("known to readers"), default=True, db_default=True)

    class Meta:
        verbose_name = _("old address of a storyline")
        verbose_name_plural = _("old addresses of storylines")
        default_permissions = ()

    def __str__(self):
        return self.slug


def storylines_by_name(typed: Iterable[str]) -> dict[str, Storyline]:
    """The storyline for each name as typed, created if it is new. A blank name has none."""
    return rows_by_name(Storyline, typed)


def name_to_follow(article: Article) -> str:
    """The name of the storyline of an article, or the one that a new storyline would get from
    it."""
    entry: StorylineEntry | None = getattr(article, "storyline_entry", None)
    if entry:
        return entry.name
    headline = tidy_name(shown_line(article.headline))[:LONGEST_NEW_NAME].strip()
    return "" if storyline_errors(headline) else headline


def entry_of(
    article: Article, typed: str, storylines: dict[str, Storyline]
) -> StorylineEntry | None:
    """The unsaved link from an article to the storyline of a name; None for a blank name."""
    storyline = storylines.get(typed)
    if storyline is None:
        return None
    typed_as = "" if storyline.is_known else tidy_name(typed)
    return StorylineEntry(article=article, storyline=storyline, typed_as=typed_as)
