"""The citations of an article: where its facts come from."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField
from articles.models.article import Article
from articles.models.publisher import Publisher
from articles.rules.addresses import comparison_key
from articles.rules.validators import MAX_URL_LENGTH, is_web_address, validate_web_address


class Citation(models.Model):
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="citations", verbose_name=_("article")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    publisher = models.ForeignKey(
        Publisher, on_delete=models.PROTECT, related_name="citations", verbose_name=_("publisher")
    )
    url = LineField(_("address"), max_length=MAX_URL_LENGTH, validators=[validate_web_address])
    url_key = models.CharField(
        _("comparison key"),
        max_length=64,
        editable=False,
        default="",
        db_default="",
        help_text=_("The same for all addresses of one page."),
    )
    published_on = models.DateField(_("publication date"), null=True, blank=True)

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["article", "position"]
        indexes = [
            models.Index(fields=["url_key"], name="citation_url_key"),
            models.Index(fields=["publisher", "article"], name="citation_publisher_article"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "position"], name="citation_position_unique"
            ),
            models.CheckConstraint(
                condition=Q(url__startswith="http://") | Q(url__startswith="https://"),
                name="citation_url_is_http",
            ),
        ]

    def __str__(self):
        return f"{self.publisher} | {self.url}"

    def save(self, *args, **kwargs):
        self.url_key = comparison_key(self.url)
        super().save(*args, **kwargs)

    @property
    def href(self):
        """The address if it is safe in a link, else an empty text.

        It is checked on output as well as on input: rows can enter a database in other ways.
        """
        return self.url if is_web_address(self.url) else ""
