"""Comments of editors."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.author import author_field


class Comment(models.Model):
    """What one editor says to the others about an article. Readers never see it.

    It belongs to the article's permanent id and not to its row, so that it stays with the
    article through moves, deletion and restoring.
    """

    article_uid = models.UUIDField(_("article"), db_index=True)
    text = models.TextField(_("comment"), max_length=1_000)
    author = author_field()
    created_at = models.DateTimeField(_("written"))
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    resolved_by = author_field(_("resolved by"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        default_permissions = ()
        ordering = ["created_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_has_text")]

    def __str__(self):
        return self.text
