"""What a cited page says, as a program or a candidate has it: for editors only."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.push import Push

MAX_EXCERPT = 4_000


class Excerpt(models.Model):
    """A plain text from a page that an article cites. Readers never get it.

    It belongs to the article's permanent id and to the comparison key of the page's address, so
    that it stays with the article through moves and other spellings of the address. Without
    `article_uid` it belongs to an article that waits as a suggestion. It came with a push, or with
    the candidate that the article was made from.
    """

    article_uid = models.UUIDField(_("article"), null=True)
    url_key = models.CharField(_("comparison key"), max_length=64)
    text = models.TextField(_("excerpt"), max_length=MAX_EXCERPT)
    push = models.ForeignKey(
        Push, on_delete=models.CASCADE, null=True, related_name="excerpts", verbose_name=_("push")
    )
    candidate = models.ForeignKey(
        "articles.Candidate",
        on_delete=models.CASCADE,
        null=True,
        related_name="excerpts",
        verbose_name=_("candidate"),
    )

    class Meta:
        verbose_name = _("excerpt")
        verbose_name_plural = _("excerpts")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["article_uid", "url_key"], name="excerpt_once_for_a_page"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="excerpt_has_text"),
            models.CheckConstraint(
                condition=Q(push__isnull=False) ^ Q(candidate__isnull=False),
                name="excerpt_came_with_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.push or self.candidate}: {self.url_key[:8]}"
