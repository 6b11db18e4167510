"""Tags, based on django-taggit. Names that count as equal are one tag."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from taggit.managers import _TaggableManager
from taggit.models import ItemBase, NaturalKeyManager, TagBase

from articles.fields import LineField
from articles.models.author import author_field
from articles.models.by_name import rows_by_name
from articles.querysets import TagQuerySet
from articles.rules.paths import path_to
from articles.rules.text import fold, tidy_name, unique_slug


class Tag(TagBase):
    """A tag. `folded` (NFKC, case-folded) must be unique. Until readers know the tag (`is_known`),
    its spelling and slug matter to the desk only; see `articles.digests.naming`."""

    folded = models.CharField(max_length=200, unique=True, editable=False)
    description = LineField(
        _("description"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("One sentence for readers, on the page of the tag."),
    )
    is_known = models.BooleanField(
        _("known to readers"), default=False, db_default=False, editable=False
    )

    objects = NaturalKeyManager.from_queryset(TagQuerySet)()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="tag_has_name"),
            models.CheckConstraint(condition=~Q(slug=""), name="tag_has_slug"),
            models.CheckConstraint(condition=~Q(folded=""), name="tag_has_folded_name"),
        ]

    def save(self, *args, **kwargs):
        self.name = tidy_name(self.name)
        self.folded = fold(self.name)
        if not self.slug:
            rivals = type(self).objects.exclude(pk=self.pk).values_list("slug", flat=True)
            # An old address that leads to another tag is not free either.
            old = TagRedirect.objects.values_list("slug", flat=True)
            self.slug = unique_slug(self.name, [*rivals, *old])
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return path_to("tag", self.slug)


class TaggedArticle(ItemBase):
    """The link from an article to a tag. `typed_as` is the spelling in this article, used while
    readers do not know the tag."""

    tag = models.ForeignKey(
        Tag, on_delete=models.CASCADE, related_name="tagged_articles", verbose_name=_("tag")
    )
    content_object = models.ForeignKey(
        "Article",
        on_delete=models.CASCADE,
        related_name="tagged_articles",
        verbose_name=_("article"),
    )
    typed_as = models.CharField(
        _("as typed"), max_length=100, blank=True, default="", db_default="", editable=False
    )

    class Meta:
        verbose_name = _("tagged article")
        verbose_name_plural = _("tagged articles")
        constraints = [
            models.UniqueConstraint(fields=["tag", "content_object"], name="article_tagged_once")
        ]

    @property
    def name(self):
        """The name of the tag in this article."""
        return self.typed_as if self.typed_as and not self.tag.is_known else self.tag.name


class TagRedirect(models.Model):
    """A former slug of a tag, so that its old address still leads to it. Readers can use it only if
    they knew the tag by it (`is_known`)."""

    slug = models.SlugField(_("slug"), max_length=100, unique=True, allow_unicode=True)
    tag = models.ForeignKey(
        Tag, on_delete=models.CASCADE, related_name="redirects", verbose_name=_("tag")
    )
    is_known = models.BooleanField(_("known to readers"), default=True, db_default=True)

    class Meta:
        verbose_name = _("old address of a tag")
        verbose_name_plural = _("old addresses of tags")
        default_permissions = ()

    def __str__(self):
        return self.slug


class TagAlias(models.Model):
    """Another name of a tag, by which texts and editors mean it. `folded` is as in Tag.

    An alias that is the name of a tag as well means that tag: an import may make such a tag, since
    it never replaces what a post says.
    """

    tag = models.ForeignKey(
        Tag, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("tag")
    )
    name = LineField(_("name"), max_length=100)
    folded = models.CharField(max_length=200, unique=True, editable=False)

    class Meta:
        verbose_name = _("alias of a tag")
        verbose_name_plural = _("aliases of tags")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(folded=""), name="tag_alias_has_name"),
        ]

    def __str__(self):
        return self.name


class TagProposal(models.Model):
    """A tag whose words occur in a stored article that does not have it.

    It waits until an editor decides. What was decided is kept, so that nobody is asked twice.
    Confirmations of one press of the button share `decided_at`. `weight` is that of
    `articles.recognising.tag_words`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")

    tag = models.ForeignKey(
        Tag, on_delete=models.CASCADE, related_name="proposals", verbose_name=_("tag")
    )
    article_uid = models.UUIDField(_("article"), db_index=True)
    weight = models.PositiveIntegerField(_("weight"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.OPEN, db_index=True
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = author_field(_("decided by"))

    class Meta:
        verbose_name = _("proposed tag")
        verbose_name_plural = _("proposed tags")
        ordering = ["-weight", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["tag", "article_uid"], name="tag_proposed_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "confirmed", "refused"]),
                name="tag_proposal_state_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.tag} {self.article_uid}"


class TagManager(_TaggableManager):
    """taggit's manager, except that it matches names by their folded form.

    taggit compares with `iexact`. On SQLite that folds only ASCII. On no database does it match a
    name in decomposed Hangul or full-width letters.
    """

    def get_prefetch_querysets(self, instances, querysets=None):
        """Keep the order in which the tags were given. taggit does that only without a prefetch."""
        tags, *rest = super().get_prefetch_querysets(instances, querysets)
        return tags.order_by("tagged_articles__pk"), *rest

    def _to_tag_model_instances(self, tags, tag_kwargs):
        known = tags_by_name(tag for tag in tags if isinstance(tag, str))
        found = (known.get(tag) if isinstance(tag, str) else tag for tag in tags)
        return list(dict.fromkeys(tag for tag in found if tag is not None))


def tags_by_name(typed: Iterable[str]) -> dict[str, Tag]:
    """The tag for each name as typed, created if it is new. A blank name has no tag."""
    return rows_by_name(Tag, typed)


def links_of(article, typed: Iterable[str], tags: dict[str, Tag]) -> list[TaggedArticle]:
    """Unsaved links from an article to the tags of the typed names, without duplicates."""
    links: dict[int, TaggedArticle] = {}
    for name in typed:
        tag = tags.get(name)
        if tag is not None and tag.pk not in links:
            typed_as = "" if tag.is_known else tidy_name(name)
            links[tag.pk] = TaggedArticle(content_object=article, tag=tag, typed_as=typed_as)
    return list(links.values())
