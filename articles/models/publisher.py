"""The publishers that articles cite."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField
from articles.querysets import PublisherQuerySet
from articles.rules.paths import path_to
from articles.rules.text import language_of
from articles.rules.validators import (
    MAX_URL_LENGTH,
    is_web_address,
    validate_domain,
    validate_web_address,
)


class Publisher(models.Model):
    """A publisher. Until readers know it (`is_known`), its slug may be given to another publisher;
    see `articles.digests.naming`."""

    name = LineField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("slug"), max_length=80, unique=True, allow_unicode=True)
    home_page = LineField(
        _("home page"), max_length=MAX_URL_LENGTH, blank=True, validators=[validate_web_address]
    )
    is_portal = models.BooleanField(
        _("portal"),
        default=False,
        help_text=_("A site that carries other publishers' articles rather than its own."),
    )
    is_known = models.BooleanField(
        _("known to readers"), default=False, db_default=False, editable=False
    )

    objects = PublisherQuerySet.as_manager()

    class Meta:
        verbose_name = _("publisher")
        verbose_name_plural = _("publishers")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="publisher_has_name"),
            models.CheckConstraint(condition=~Q(slug=""), name="publisher_has_slug"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return path_to("publisher", self.slug)

    @property
    def language(self):
        """The language of the name, by its script; an empty text if it has none."""
        return language_of(self.name, default="")

    @property
    def home_page_href(self):
        """The home page if it is safe in a link, else an empty text."""
        return self.home_page if is_web_address(self.home_page) else ""


class PublisherRedirect(models.Model):
    """A former slug of a publisher, so that its old address still leads to it. Readers can use it
    only if they knew the publisher by it (`is_known`). A publisher that has the slug now takes
    precedence."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True, allow_unicode=True)
    publisher = models.ForeignKey(
        Publisher, on_delete=models.CASCADE, related_name="redirects", verbose_name=_("publisher")
    )
    is_known = models.BooleanField(_("known to readers"), default=True, db_default=True)

    class Meta:
        verbose_name = _("old address of a publisher")
        verbose_name_plural = _("old addresses of publishers")
        default_permissions = ()

    def __str__(self):
        return self.slug


class PublisherDomain(models.Model):
    """A host name that belongs to one publisher."""

    publisher = models.ForeignKey(
        Publisher, on_delete=models.CASCADE, related_name="domains", verbose_name=_("publisher")
    )
    domain = LineField(_("domain"), max_length=253, unique=True, validators=[validate_domain])

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        ordering = ["domain"]
        constraints = [
            models.CheckConstraint(condition=~Q(domain=""), name="domain_not_empty"),
            models.CheckConstraint(
                condition=Q(domain=Lower("domain")), name="domain_in_small_letters"
            ),
        ]

    def __str__(self):
        return self.domain
